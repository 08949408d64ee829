using Openclawssy.Runtime.Runs;
using Xunit;

namespace Openclawssy.Tests.Runs;

/// <summary>Each case is a story of batches, turn by turn: <c>s</c> success, <c>f</c> failure, <c>r</c> reused; a letter after it tells calls apart.</summary>
public sealed class LoopGuardTests
{
    // Batches are separated by spaces; each call is a kind and a name for its signature. Results of a success count up unless the name is upper case.
    [Theory]
    [InlineData("sa sb sc", "GoOn")]
    [InlineData("fa", "GoOn")]
    [InlineData("fa fb", "Recover")]
    [InlineData("fa,fb", "Recover")]
    [InlineData("fa sb fc", "GoOn")]
    [InlineData("fa fb sc", "Recover")]
    [InlineData("fa fb fc fd", "Recover")]
    [InlineData("fa fb fc fd fe", "AskPerson")]
    [InlineData("fa fb fc sd fe sf fg", "AskPerson")]
    [InlineData("fa fb fc,fd,fe", "AskPerson")]
    [InlineData("fa,fb,fc,fd,fe", "Recover")]
    [InlineData("fa fb sc sd se", "GoOn")]
    [InlineData("fa fb sc sd fe sf sg", "Recover")]
    [InlineData("fa fb sc sd fe sf sg sh", "GoOn")]
    [InlineData("fa fb sc sd se ff", "GoOn")]
    [InlineData("fa fb sc sd se ff fg", "Recover")]
    [InlineData("fa fb sc ra ra rb", "Recover")]
    [InlineData("fa ra fb", "Recover")]
    public void Failures_lead_to_recovery_and_then_to_a_person(string story, string order) => Assert.Equal(order, Last(story).ToString());

    [Theory]
    [InlineData("sa rA rA rA rA rA", "GoOn")]
    [InlineData("sa rA rA rA rA rA rA", "AnswerNow")]
    [InlineData("sa rA rA rA sb rA rA rA", "GoOn")]
    [InlineData("sA sA sA sA sA sA sA sA sA", "GoOn")]
    [InlineData("sA sA sA sA sA sA sA sA sA sA", "AnswerNow")]
    [InlineData("sa sa sa sa sa sa sa sa sa sa sa sa", "GoOn")]
    [InlineData("sA sB sC sA sB sC sA sB sC sA sB sC", "GoOn")]
    [InlineData("sA sB sC sA sB sC sA sB sC sA sB sC sA", "AnswerNow")]
    [InlineData("sA sB sC sD sE sA sB sC sD sE sA sB sC sD sE sA sB sC sD sE", "GoOn")]
    [InlineData("sA sB sC sA sB sC sA sB sC sA sB sC sx", "GoOn")]
    public void Only_results_that_stay_the_same_count_as_no_progress(string story, string order) => Assert.Equal(order, Last(story).ToString());

    static LoopOrder Last(string story)
    {
        var guard = new LoopGuard();
        var (order, number) = (LoopOrder.GoOn, 0);
        foreach (var batch in story.Split(' '))
            order = guard.After([.. batch.Split(',').Select(call => new CallOutcome(
                call[1..], call[0] == 'f' ? "error" : char.IsUpper(call[1]) ? "same" : $"{number++}", call[0] != 'f', Fresh: call[0] != 'r'))]);
        return order;
    }

    [Fact]
    public void A_batch_of_failures_does_not_count_against_a_model_that_was_not_yet_told()
    {
        var guard = new LoopGuard();
        Assert.Equal(LoopOrder.Recover, guard.After([.. Enumerable.Range(0, 12).Select(i => new CallOutcome($"c{i}", "error", false, true))]));
        Assert.Equal(LoopOrder.Recover, guard.After([new("d", "error", false, true), new("e", "error", false, true)]));
        Assert.Equal(LoopOrder.AskPerson, guard.After([new("f", "error", false, true)]));
    }
}
