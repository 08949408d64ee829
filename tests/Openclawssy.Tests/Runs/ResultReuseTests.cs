using Openclawssy.Runtime.Journal;
using Openclawssy.Runtime.Runs;
using Openclawssy.Runtime.Toolkit;
using Openclawssy.Tests.House;
using Xunit;

namespace Openclawssy.Tests.Runs;

public sealed class ResultReuseTests
{
    static List<ToolAnswered> Results(RunResult run) => [.. TestHouse.Read(run).Entries.Select(entry => entry.Event).OfType<ToolAnswered>()];

    [Fact]
    public async Task An_identical_read_is_answered_from_the_run_and_the_model_is_told()
    {
        await using var house = new TestHouse();
        house.Place("a.txt", "content");
        house.Model.Calls("fs.read", """{"path":"a.txt"}""").Calls("fs.read", """{ "path" : "a.txt" }""").Says("done");
        var run = await house.AskAsync("go");
        var (first, second) = (Results(run)[0], Results(run)[1]);
        Assert.NotNull(second.OutputFrom);
        Assert.Null(second.Output);
        Assert.Equal(first.Summary, second.Summary);
        var told = Spoken.Text(house.Model.Heard[2][^1].Contents[0]);
        Assert.Contains("reused", told, StringComparison.Ordinal);
        Assert.Contains("\"content\":\"content\"", told, StringComparison.Ordinal);
        Assert.Contains("\"content\\\":\\\"content\\\"", File.ReadAllText(Path.Combine(run.Folder, "toolcalls.jsonl")).Split('\n')[1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_read_after_a_write_is_never_old()
    {
        await using var house = new TestHouse();
        house.Place("a.txt", "old");
        house.Model.Calls("fs.read", """{"path":"a.txt"}""").Calls("fs.write", """{"path":"a.txt","content":"new"}""").Calls("fs.read", """{"path":"a.txt"}""").Says("done");
        var run = await house.AskAsync("go");
        Assert.Contains("\"new\"", Results(run)[2].Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_read_after_another_run_changed_something_is_never_old()
    {
        await using var house = new TestHouse();
        var (reads, workspace) = (0, house);
        house.With(new ProbeTool(Reach.ReadsFiles, (_, _) => Task.FromResult($"{++reads}")));
        house.With(new ProbeTool(Reach.WritesFiles, (_, _) => Task.FromResult("wrote"), "probe.write"));
        house.GrantEverything();
        house.Model.Calls("probe.act", "{}").Calls("probe.act", "{}").Calls("probe.write", "{}").Calls("probe.act", "{}").Says("done");
        var run = await workspace.AskAsync("go");
        Assert.Equal(2, reads);
        Assert.Equal([null, 1L, null, null], Results(run).Select(result => result.OutputFrom is null ? (long?)null : 1L));
    }

    [Fact]
    public async Task A_failure_is_never_frozen()
    {
        await using var house = new TestHouse();
        house.Model.Calls("fs.read", """{"path":"a.txt"}""").Calls("fs.write", """{"path":"a.txt","content":"x"}""").Calls("fs.read", """{"path":"a.txt"}""").Says("done");
        var run = await house.AskAsync("go");
        Assert.NotNull(Results(run)[0].Error);
        Assert.Null(Results(run)[2].Error);
    }

    [Theory]
    [InlineData(Reach.WritesFiles)]
    [InlineData(Reach.Clock)]
    [InlineData(Reach.Configuration)]
    public async Task What_has_an_effect_or_reads_the_clock_runs_again_each_time(Reach reach)
    {
        await using var house = new TestHouse();
        var ran = 0;
        house.With(new ProbeTool(reach, (_, _) => Task.FromResult($"{++ran}")));
        house.GrantEverything();
        house.Model.Calls("probe.act", "{}").Calls("probe.act", "{}").Says("done");
        await house.AskAsync("go");
        Assert.Equal(2, ran);
    }

    [Fact]
    public void A_change_while_a_read_was_under_way_makes_its_result_old()
    {
        var changes = 0L;
        var memory = new ResultMemory(() => changes);
        var before = memory.Now;
        changes++;
        memory.Keep("s", new(7, "r", null), before);
        Assert.Null(memory.Find("s"));
        memory.Keep("s", new(8, "r", null), memory.Now);
        Assert.Equal(8, memory.Find("s")!.Seq);
        memory.Forget();
        Assert.Null(memory.Find("s"));
    }

    [Theory]
    [InlineData("""{"a":1,"b":[{"y":2,"x":"é"}]}""", """{ "b" : [ {"x":"\u00e9","y":2} ], "a": 1 }""", true)]
    [InlineData("""{"a":1}""", """{"a":1.0}""", false)]
    [InlineData("""{"a":1,"a":2}""", """{"a":2,"a":1}""", false)]
    [InlineData("not json", "not json", true)]
    [InlineData("""{"a":"\ud800"}""", """{"a":"\ud801"}""", false)]
    public void Inputs_are_equal_when_they_mean_the_same(string one, string other, bool same) =>
        Assert.Equal(same, CallSignature.Of("t", one) == CallSignature.Of("t", other));
}
