using Openclawssy.Runtime.Journal;
using Openclawssy.Runtime.Runs;
using Openclawssy.Runtime.Toolkit;
using Openclawssy.Tests.House;
using Xunit;

namespace Openclawssy.Tests.Runs;

public sealed class CallBatchTests
{
    static string Key(string key) => $$"""{"key":"{{key}}"}""";

    static List<RunEvent> Events(RunResult run) => [.. TestHouse.Read(run).Entries.Select(entry => entry.Event)];

    [Fact]
    public async Task All_calls_of_a_turn_are_asked_and_decided_in_order_before_the_first_starts()
    {
        await using var house = new TestHouse();
        var seenAtStart = -1;
        house.With(new ProbeTool(Reach.WritesFiles, (_, key, _) =>
        {
            if (seenAtStart < 0) seenAtStart = File.ReadLines(Directory.GetFiles(house.State.Of("agents"), "events.jsonl", SearchOption.AllDirectories)[0]).Count(line => line.Contains("\"policy.verdict\"", StringComparison.Ordinal));
            return Task.FromResult(key);
        }));
        house.GrantEverything();
        house.Model.Calls(("probe.act", Key("1")), ("fs.list", "{}"), ("probe.act", Key("2")), ("no.tool", "{}")).Says("done");
        var run = await house.AskAsync("go");
        Assert.Equal(3, seenAtStart);
        var asked = Events(run).OfType<ToolRequested>().Select(call => call.CallId);
        Assert.Equal(["c1", "c2", "c3", "c4"], asked);
        Assert.True(Events(run).FindLastIndex(happened => happened is PolicyVerdict) < Events(run).FindIndex(happened => happened is ToolAnswered));
    }

    [Fact]
    public async Task Pure_reads_of_a_turn_run_side_by_side_and_are_told_in_call_order()
    {
        await using var house = new TestHouse();
        var both = new CountdownEvent(2);
        var second = new TaskCompletionSource();
        house.With(new ProbeTool(Reach.ReadsFiles, async (_, key, token) =>
        {
            both.Signal();
            both.Wait(token);
            // The first one answers only after the second one did.
            if (key == "1") await second.Task.WaitAsync(token);
            else second.SetResult();
            return key;
        }));
        house.GrantEverything();
        house.Model.Calls(("probe.act", Key("1")), ("probe.act", Key("2"))).Says("done");
        var run = await house.AskAsync("go");
        Assert.Equal(RunStates.Completed, run.State);
        var told = house.Model.Heard[1].Where(message => message.Role.Value == "tool").Select(message => Spoken.Text(message.Contents[0]));
        Assert.Equal(["""{"said":"1"}""", """{"said":"2"}"""], told);
    }

    [Fact]
    public async Task At_most_four_reads_run_at_once()
    {
        await using var house = new TestHouse();
        var (now, most) = (0, 0);
        house.With(new ProbeTool(Reach.ReadsFiles, async (_, key, token) =>
        {
            InterlockedMax(ref most, Interlocked.Increment(ref now));
            await Task.Yield();
            Interlocked.Decrement(ref now);
            return key;
        }));
        house.GrantEverything();
        house.Model.Calls([.. Enumerable.Range(1, 12).Select(i => ("probe.act", Key($"{i}")))]).Says("done");
        Assert.Equal(12, (await house.AskAsync("go")).ToolCalls);
        Assert.InRange(most, 1, CallBatch.MaxParallel);
    }

    static void InterlockedMax(ref int most, int value)
    {
        for (var seen = most; value > seen && Interlocked.CompareExchange(ref most, value, seen) is var found && found != seen; seen = found) { }
    }

    [Fact]
    public async Task A_call_with_an_effect_is_a_barrier()
    {
        await using var house = new TestHouse();
        house.Place("a.txt", "old");
        house.Model.Calls(("fs.read", """{"path":"a.txt"}"""), ("fs.write", """{"path":"a.txt","content":"new"}"""), ("fs.read", """{"path":"a.txt"}""")).Says("done");
        var run = await house.AskAsync("go");
        var outputs = Events(run).OfType<ToolAnswered>().ToDictionary(result => result.CallId, result => result.Output);
        Assert.Contains("\"old\"", outputs["c1"], StringComparison.Ordinal);
        Assert.Contains("\"new\"", outputs["c3"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_thirteenth_call_in_one_turn_is_answered_not_dropped()
    {
        await using var house = new TestHouse();
        house.Model.Calls([.. Enumerable.Repeat(("time.now", "{}"), CallBatch.MaxCalls + 1)]).Says("done");
        var run = await house.AskAsync("go");
        var results = Events(run).OfType<ToolAnswered>().ToList();
        Assert.Equal(CallBatch.MaxCalls + 1, results.Count);
        Assert.Equal("tool.input_invalid", results[^1].Error!.Code);
        Assert.All(results[..^1], result => Assert.Null(result.Error));
    }

    [Fact]
    public async Task Cancelling_in_the_middle_of_a_turn_answers_every_call_and_starts_no_further_one()
    {
        await using var house = new TestHouse();
        using var stop = new CancellationTokenSource();
        var ran = new List<string>();
        house.With(new ProbeTool(Reach.WritesFiles, async (_, key, token) =>
        {
            ran.Add(key);
            await stop.CancelAsync();
            await Task.Delay(Timeout.Infinite, token);
            return key;
        }));
        house.GrantEverything();
        house.Model.Calls(("probe.act", Key("1")), ("probe.act", Key("2")), ("fs.list", "{}"));
        var run = await house.AskAsync("go", cancellationToken: stop.Token);
        Assert.Equal(RunStates.Cancelled, run.State);
        Assert.Equal(["1"], ran);
        Assert.Equal(["cancelled", "cancelled", "cancelled"], Events(run).OfType<ToolAnswered>().Select(result => result.Error!.Code));
    }
}
