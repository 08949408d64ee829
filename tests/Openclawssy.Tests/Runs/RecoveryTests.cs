using Microsoft.Extensions.AI;
using Openclawssy.Runtime.Journal;
using Openclawssy.Runtime.Runs;
using Openclawssy.Runtime.Toolkit;
using Openclawssy.Tests.House;
using Xunit;

namespace Openclawssy.Tests.Runs;

/// <summary>The seed's sentences on staged failure handling and no-progress guarding, one test each.</summary>
public sealed class RecoveryTests
{
    static (string, string) Broken(int i) => ("fs.read", $$"""{"path":"missing-{{i}}.txt"}""");

    [Fact]
    public async Task After_two_consecutive_failures_the_next_turn_is_in_recovery_mode()
    {
        await using var house = new TestHouse();
        house.Model.Calls(Broken(1)).Calls(Broken(2)).Says("I give up");
        var run = await house.AskAsync("go");
        Assert.DoesNotContain(house.Model.Heard[1], message => message.Text.Contains("Recovery", StringComparison.Ordinal));
        Assert.Contains("materially different approach", house.Model.Heard[2][^1].Text, StringComparison.Ordinal);
        Assert.Equal(ChatRole.User, house.Model.Heard[2][^1].Role);
        Assert.Single(TestHouse.Read(run).Entries, entry => entry.Event is GuidanceGiven { Kind: "recovery" });
    }

    [Fact]
    public async Task Three_more_failures_also_with_successes_between_end_the_run_with_what_was_tried_numbered()
    {
        await using var house = new TestHouse();
        house.Model.Calls(Broken(1)).Calls(Broken(2)).Calls(Broken(3)).Calls("fs.list", "{}").Calls(Broken(4)).Calls("time.now", "{}").Calls(Broken(5));
        var run = await house.AskAsync("read the five files");
        Assert.Equal(RunStates.NeedsInput, run.State);
        Assert.Equal(7, house.Model.Heard.Count);
        for (var i = 1; i <= 5; i++) Assert.Contains($"{i}. fs.read {{\"path\":\"missing-{i}.txt\"}}", run.Output, StringComparison.Ordinal);
        Assert.Contains("error: tool.input_invalid", run.Output, StringComparison.Ordinal);
        Assert.Contains("read the five files", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Benign_duplicates_end_with_one_last_answer_without_tools()
    {
        await using var house = new TestHouse();
        house.Place("a.txt", "x");
        for (var i = 0; i < 7; i++) house.Model.Calls("fs.read", """{"path":"a.txt"}""");
        house.Model.Says("it says x");
        var run = await house.AskAsync("go");
        Assert.Equal((RunStates.Completed, RunReasons.NoProgress, "it says x"), (run.State, run.Reason, run.Output));
        Assert.IsType<NoneChatToolMode>(house.Model.Options[7]!.ToolMode);
    }

    [Fact]
    public async Task Without_a_last_answer_the_run_fails_with_its_latest_results_and_says_why()
    {
        await using var house = new TestHouse();
        house.Place("a.txt", "x");
        for (var i = 0; i < 7; i++) house.Model.Calls("fs.read", """{"path":"a.txt"}""");
        house.Model.Says("");
        var run = await house.AskAsync("go");
        Assert.Equal((RunStates.Failed, RunReasons.NoProgress), (run.State, run.Reason));
        Assert.Contains("fs.read", run.Output, StringComparison.Ordinal);
        Assert.Contains("no last answer came", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Waiting_for_a_change_is_progress_as_long_as_results_change()
    {
        await using var house = new TestHouse();
        var polls = 0;
        house.With(new ProbeTool(Reach.Clock, (_, _) => Task.FromResult($"{++polls} %")));
        house.GrantEverything();
        for (var i = 0; i < 40; i++) house.Model.Calls("probe.act", "{}");
        house.Model.Says("ready");
        Assert.Equal((RunStates.Completed, null), (await house.AskAsync("go")) is var run ? (run.State, run.Reason) : default);
    }
}
