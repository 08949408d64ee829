using Microsoft.Extensions.AI;
using Openclawssy.Runtime.Records;
using Openclawssy.Runtime.Runs;
using Openclawssy.Runtime.Storage;
using Openclawssy.Runtime.Text;
using Openclawssy.Runtime.Toolkit;
using Openclawssy.Tests.House;
using Openclawssy.Tests.Records;
using Xunit;

namespace Openclawssy.Tests.Runs;

public sealed class CancelledFromElsewhereTests
{
    static Viewer Person => new(AgentId.Parse("default"), "operator uid=7", _ => true);

    /// <summary>Answers nothing until its run is over, and says when it was asked.</summary>
    static async IAsyncEnumerable<ChatResponseUpdate> Silence(TaskCompletionSource asked, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        asked.SetResult();
        await Task.Delay(Timeout.Infinite, cancellationToken);
        yield break;
    }

    [Fact]
    public async Task A_run_that_waits_notices_a_request_and_ends_cancelled()
    {
        await using var house = new RecordsHouse();
        var asked = new TaskCompletionSource();
        house.House.Model.Does(token => Silence(asked, token));
        var running = house.House.AskAsync("wait");
        await asked.Task;
        var line = Assert.Single((await house.Index.ListAsync(new(Status: "running"), 10, 0, default)).Runs);

        // Another process has no more than this: the files.
        var answer = new RunControl(new(house.House.State.Path), Person, static () => { }).Cancel(line.Id);
        Assert.Equal(new("running", true), answer);
        var run = await running;
        Assert.Equal((RunStates.Cancelled, "the run was cancelled by operator uid=7"), (run.State, run.Error));
        Assert.Equal("cancelled", Assert.Single((await house.Index.ListAsync(new(), 10, 0, default)).Runs).Status);
        Assert.Equal(new("cancelled", false), new RunControl(house.Archive, Person, static () => { }).Cancel(run.Id));
    }

    [Fact]
    public async Task A_run_at_work_notices_a_request_with_its_next_event()
    {
        await using var house = new RecordsHouse();
        // This clock never moves, so only an event can be the occasion.
        house.House.Clock = new SignallingClock();
        house.House.Authority = Openclawssy.Runtime.Policy.Authority.Operator(0, null);
        house.House.With(new ProbeTool(Reach.Nothing, async (scope, token) =>
        {
            new RunControl(house.Archive, Person, static () => { }).Cancel(scope.Run);
            await Task.CompletedTask;
            return "x";
        }));
        house.House.Model.Calls("probe.act", "{}").Does(Endless);
        Assert.Equal(RunStates.Cancelled, (await house.House.AskAsync("go")).State);

        static async IAsyncEnumerable<ChatResponseUpdate> Endless([System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
        {
            await Task.Delay(Timeout.Infinite, cancellationToken);
            yield break;
        }
    }

    [Fact]
    public async Task An_unknown_run_and_one_whose_process_is_gone_are_not_cancelled()
    {
        await using var house = new RecordsHouse();
        var gone = house.Other("research", process: "gone");
        var control = new RunControl(house.Archive, Person, static () => { });
        Assert.Equal(new(null, false), control.Cancel(RunId.Parse("run_1")));
        Assert.Equal(new("queued", false, ProcessIsGone: true), control.Cancel(gone));
        Assert.Contains("\"found\":false,\"cancelled\":false,\"summary\":\"Run not found or already completed\"", (await house.CallAsync("run.cancel", """{"run_id":"run_1234567890"}""", asOperator: true)).Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_a_crash_kept_from_the_index_is_there_after_the_next_start()
    {
        await using var house = new RecordsHouse(indexed: false);
        Assert.Empty((await house.Index.ListAsync(new(), 1, 0, default)).Runs);
        house.House.Model.Says("done");
        var run = await house.House.AskAsync("go");
        Assert.Empty((await house.Index.ListAsync(new(), 1, 0, default)).Runs);
        house.House.LeaveProcessBehind(run);
        house.House.Witnesses.Add(new IndexFollower(house.Index));
        Assert.Empty(await house.House.CloseOrphansAsync());
        var line = Assert.Single((await house.Index.ListAsync(new(), 1, 0, default)).Runs);
        Assert.Equal((run.Id, RunStates.Completed, 1), (line.Id, line.Status, line.Turns));
    }
}
