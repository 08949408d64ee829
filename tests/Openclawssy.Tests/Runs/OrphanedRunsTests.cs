using System.Text;
using Openclawssy.Runtime.Journal;
using Openclawssy.Runtime.Runs;
using Openclawssy.Runtime.Storage;
using Openclawssy.Runtime.Toolkit;
using Openclawssy.Tests.House;
using Xunit;

namespace Openclawssy.Tests.Runs;

public sealed class OrphanedRunsTests
{
    /// <summary>A finished run cut back to what a crash after <paramref name="keep"/> events would have left, and its process dead.</summary>
    static async Task<RunResult> CrashAfterAsync(TestHouse house, Func<RunEvent, bool> last, bool torn = false)
    {
        house.Model.Calls("fs.write", """{"path":"a.txt","content":"x"}""").Says("done");
        var run = await house.AskAsync("go");
        var journal = Path.Combine(run.Folder, "events.jsonl");
        var lines = File.ReadAllLines(journal);
        var keep = TestHouse.Read(run).Entries.First(entry => last(entry.Event)).Seq;
        File.WriteAllText(journal, string.Concat(lines.Take((int)keep).Select(line => line + "\n")) + (torn ? lines[keep][..(lines[keep].Length / 2)] : ""));
        foreach (var file in Directory.EnumerateFiles(run.Folder).Where(file => file != journal)) File.Delete(file);
        house.LeaveProcessBehind(run);
        return run;
    }

    [Fact]
    public async Task A_run_whose_process_died_is_closed_as_interrupted_and_gets_its_bundle()
    {
        await using var house = new TestHouse();
        var run = await CrashAfterAsync(house, happened => happened is ModelAnswered);
        File.WriteAllText(Path.Combine(run.Folder, ".meta.json.1a2b.replacing"), "half");
        var closed = await house.CloseOrphansAsync();
        Assert.Equal(run.Id, Assert.Single(closed).Run);
        var end = TestHouse.Read(run).First<RunEnded>()!;
        Assert.Equal((RunStates.Failed, RunReasons.Interrupted), (end.State, end.Reason));
        Assert.True(File.Exists(Path.Combine(run.Folder, "meta.json")));
        Assert.Empty(Directory.EnumerateFiles(run.Folder, "*.replacing"));
        Assert.Empty(await house.CloseOrphansAsync());
    }

    [Fact]
    public async Task An_allowed_effect_without_a_result_is_outcome_unknown_and_is_never_repeated()
    {
        await using var house = new TestHouse();
        var run = await CrashAfterAsync(house, happened => happened is PolicyVerdict { Verdict: "allow" });
        File.Delete(house.PathOf("a.txt"));
        var closed = await house.CloseOrphansAsync();
        Assert.Contains("fs.write", Assert.Single(Assert.Single(closed).OutcomeUnknown), StringComparison.Ordinal);
        Assert.NotNull(TestHouse.Read(run).First<RunEnded>()!.OutcomeUnknown);
        Assert.False(File.Exists(house.PathOf("a.txt")));
    }

    [Fact]
    public async Task A_torn_last_line_is_set_aside_and_the_chain_goes_on()
    {
        await using var house = new TestHouse();
        var run = await CrashAfterAsync(house, happened => happened is ModelAnswered, torn: true);
        Assert.Single(await house.CloseOrphansAsync());
        Assert.Equal(RunReasons.Interrupted, TestHouse.Read(run).First<RunEnded>()!.Reason);
    }

    [Fact]
    public async Task A_living_process_keeps_its_runs()
    {
        await using var house = new TestHouse();
        house.Model.Calls("probe.act", "{}").Says("done");
        IReadOnlyList<(Openclawssy.Runtime.Text.RunId Run, IReadOnlyList<string> OutcomeUnknown)>? closed = null;
        house.Authority = Openclawssy.Runtime.Policy.Authority.Operator(0, null);
        house.With(new ProbeTool(Reach.Nothing, async (_, _) =>
        {
            closed = await house.CloseOrphansAsync();
            return "x";
        }));
        var run = await house.AskAsync("go");
        Assert.Empty(closed!);
        Assert.Equal(RunStates.Completed, run.State);
    }
}
