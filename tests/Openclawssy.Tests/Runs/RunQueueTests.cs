using System.Collections.Concurrent;
using Openclawssy.Runtime.Journal;
using Openclawssy.Runtime.Runs;
using Openclawssy.Runtime.Text;
using Openclawssy.TestKit;
using Openclawssy.Tests.Gateway;
using Xunit;

namespace Openclawssy.Tests.Runs;

/// <summary>The queue over real runs: limits, order within a conversation, nothing lost.</summary>
public sealed class RunQueueTests
{
    /// <summary>What was seen of all runs while they went on.</summary>
    sealed class Watch
    {
        readonly Lock gate = new();
        readonly Dictionary<string, string> going = [];
        public int Most { get; private set; }
        public List<string> Wrong { get; } = [];
        public ConcurrentDictionary<string, ConcurrentQueue<string>> Order { get; } = new();
        public ConcurrentDictionary<string, int> Ends { get; } = new();

        public IReadOnlyList<IJournalListener> Listeners() => [new Ear(this)];

        sealed class Ear(Watch watch) : IJournalListener
        {
            public void Hear(RunCreated run, JournalEntry entry)
            {
                lock (watch.gate)
                {
                    if (entry.Event is RunStarted)
                    {
                        if (run.SessionId is { } session)
                        {
                            if (watch.going.ContainsValue(session)) watch.Wrong.Add($"two runs of {session} at once");
                            watch.Order.GetOrAdd(session, _ => new()).Enqueue(run.Message);
                        }
                        watch.going[run.RunId] = run.SessionId ?? run.RunId;
                        watch.Most = Math.Max(watch.Most, watch.going.Count);
                    }
                    if (entry.Event is RunEnded)
                    {
                        watch.going.Remove(run.RunId);
                        watch.Ends.AddOrUpdate(run.RunId, 1, (_, count) => count + 1);
                    }
                }
            }
        }
    }

    [Fact]
    public async Task Whatever_comes_and_is_cancelled_limits_hold_order_is_kept_and_every_run_ends_once()
    {
        await using var house = await GatewayHouse.OpenAsync();
        var random = new Random(Campaign.Seed);
        var watch = new Watch();
        var limits = new QueueLimits(3, 20);
        var queue = new RunQueue(house.Installation.Runner, house.Installation.SettingsOf, () => limits, watch.Listeners);
        var agent = AgentId.Parse("default");
        var sessions = Enumerable.Range(0, 5).Select(i => house.Installation.Sessions.Create(agent, new("test", $"u{i}", "r")).Id).ToList();
        var accepted = new ConcurrentDictionary<RunId, Task<RunResult>>();
        var asked = sessions.ToDictionary(session => session.ToString(), _ => new List<string>());
        var (refused, most) = (0, 0);
        for (var i = 0; i < Campaign.Scale(150, 3000); i++)
        {
            SessionId? session = random.Next(4) == 0 ? null : sessions[random.Next(sessions.Count)];
            var message = $$"""/tool time.now {"x":{{i}}}""";
            try
            {
                var taken = await queue.TakeAsync(new(agent, message, "http", Openclawssy.Runtime.Policy.Authority.Sent("http", "t", agent), new("user"), Session: session), default);
                accepted[taken.Run] = taken.Ended;
                if (session is { } known) asked[known.ToString()].Add(message);
            }
            catch (QueueFullException)
            {
                refused++;
                // Whoever is refused comes back when something ended.
                await Task.WhenAny(accepted.Values.Where(run => !run.IsCompleted).Append(Task.CompletedTask).Take(1));
            }
            var load = queue.Load;
            most = Math.Max(most, load.Waiting);
            if (load.Running > limits.Running) watch.Wrong.Add($"{load.Running} at once");
            if (random.Next(5) == 0 && accepted.Keys.ElementAtOrDefault(random.Next(accepted.Count)) is { } one && accepted.ContainsKey(one)) house.Installation.Runner.Tracker.Cancel(one, "a test");
        }
        await queue.CloseAsync();
        var left = queue.LeaveWaiting();
        var ends = new List<RunResult>();
        foreach (var run in accepted.Values)
        {
            try { ends.Add(await run); }
            catch (OperationCanceledException) { /* It waits for the next start. */ }
        }
        Assert.Empty(watch.Wrong);
        Assert.InRange(watch.Most, 2, limits.Running);
        Assert.True(most <= limits.Waiting, $"{most} waited");
        Assert.Equal(accepted.Count, ends.Count + left);
        Assert.Equal(ends.Count, watch.Ends.Count);
        Assert.All(watch.Ends.Values, count => Assert.Equal(1, count));
        // What was cancelled while it waited never started; what started did so in the order it came.
        foreach (var (session, order) in watch.Order) Assert.Equal(asked[session].Where(order.Contains), order);
        TestContext.Current.SendDiagnosticMessage($"seed {Campaign.Seed}: {accepted.Count} accepted, {refused} refused, {ends.Count} ended");
        Assert.Equal(new QueueLoad(0, 0), queue.Load);
        house.Installation.Process.LeaveForNextStart();
    }

    [Fact]
    public async Task Who_is_still_being_written_down_keeps_its_place_in_its_conversation()
    {
        await using var house = await GatewayHouse.OpenAsync();
        var agent = AgentId.Parse("default");
        var session = house.Installation.Sessions.Create(agent, new("test", "u", "r")).Id;
        var watch = new Watch();
        var hold = new TaskCompletionSource();
        house.Model.Answers(FakeAnswer.Says("x").After(hold.Task));
        using var writing = new HeldListener("second");
        // Listeners are made before a run is written down: this one holds the second run there.
        var made = 0;
        var queue = new RunQueue(house.Installation.Runner, house.Installation.SettingsOf, () => new(1, 10), () => Interlocked.Increment(ref made) == 2 ? [writing, .. watch.Listeners()] : watch.Listeners());
        RunRequest Of(string message, SessionId? id) => new(agent, message, "http", Openclawssy.Runtime.Policy.Authority.Sent("http", "t", agent), new("user"), Session: id);
        var first = await queue.TakeAsync(Of("first", null), default);
        var second = Task.Run(async () => await queue.TakeAsync(Of("/tool time.now {\"n\":\"second\"}", session), default));
        await writing.Reached;
        hold.SetResult();
        await first.Ended;
        // There is room now, and the second run is not on disk yet. The third one must not pass it.
        var third = await queue.TakeAsync(Of("/tool time.now {\"n\":\"third\"}", session), default);
        Assert.Equal(0, queue.Load.Running);
        writing.Release();
        await (await second).Ended;
        await third.Ended;
        Assert.Equal(["second", "third"], watch.Order[session.ToString()].Select(message => message.Contains("second", StringComparison.Ordinal) ? "second" : "third"));
    }

    [Fact]
    public async Task A_run_is_called_what_its_request_says_and_never_takes_another_ones_place()
    {
        await using var house = await GatewayHouse.OpenAsync();
        var queue = new RunQueue(house.Installation.Runner, house.Installation.SettingsOf, () => new(1, 1), static () => []);
        var agent = AgentId.Parse("default");
        var request = new RunRequest(agent, "/tool time.now {}", "http", Openclawssy.Runtime.Policy.Authority.Sent("http", "t", agent), new("user"), Id: RunId.Parse("run_0000000000001_0123456789"));
        var taken = await queue.TakeAsync(request, default);
        Assert.Equal(request.Id, taken.Run);
        var ended = await taken.Ended;
        await Assert.ThrowsAnyAsync<IOException>(() => queue.TakeAsync(request, default).AsTask());
        Assert.Equal(new(0, 0), queue.Load);
        Assert.Equal("completed", ended.State);
    }

    [Fact]
    public async Task A_closed_queue_takes_nothing_in_and_leaves_what_waits_on_disk()
    {
        await using var house = await GatewayHouse.OpenAsync();
        var agent = AgentId.Parse("default");
        var hold = new TaskCompletionSource();
        house.Model.Answers(FakeAnswer.Says("x").After(hold.Task));
        var queue = new RunQueue(house.Installation.Runner, house.Installation.SettingsOf, () => new(1, 10), () => []);
        RunRequest Of(string message) => new(agent, message, "http", Openclawssy.Runtime.Policy.Authority.Sent("http", "t", agent), new("user"));
        var running = await queue.TakeAsync(Of("first"), default);
        var waiting = await queue.TakeAsync(Of("second"), default);
        var closed = queue.CloseAsync();
        Assert.False(closed.IsCompleted);
        await Assert.ThrowsAsync<IntakeClosedException>(async () => await queue.TakeAsync(Of("third"), default));
        await Assert.ThrowsAsync<IntakeClosedException>(() => queue.TakeUpAsync(agent, waiting.Run));
        hold.SetResult();
        await closed;
        Assert.Equal("completed", (await running.Ended).State);
        Assert.Equal(1, queue.LeaveWaiting());
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting.Ended);
        Assert.Equal(0, queue.LeaveWaiting());
        Assert.Equal(new QueueLoad(0, 0), queue.Load);
        Assert.Equal([typeof(RunCreated)], JournalReader.Read(Path.Combine(house.State.Path, "agents", "default", "runs", waiting.Run.ToString(), JournalReader.FileName)).Select(entry => entry.Event.GetType()));
        house.Installation.Process.LeaveForNextStart();
    }

    [Fact]
    public async Task Cancelling_what_waits_ends_it_at_once_and_takes_no_room()
    {
        await using var house = await GatewayHouse.OpenAsync();
        var agent = AgentId.Parse("default");
        var hold = new TaskCompletionSource();
        house.Model.Answers(FakeAnswer.Says("x").After(hold.Task));
        var queue = new RunQueue(house.Installation.Runner, house.Installation.SettingsOf, () => new(1, 1), () => []);
        RunRequest Of(string message) => new(agent, message, "http", Openclawssy.Runtime.Policy.Authority.Sent("http", "t", agent), new("user"));
        var running = await queue.TakeAsync(Of("first"), default);
        var waiting = await queue.TakeAsync(Of("second"), default);
        await Assert.ThrowsAsync<QueueFullException>(async () => await queue.TakeAsync(Of("third"), default));
        Assert.Equal([waiting.Run], queue.Stop(request => request.Message == "second", "a test"));
        Assert.Equal("cancelled", (await waiting.Ended).State);
        var next = await queue.TakeAsync(Of("/tool time.now {}"), default);
        hold.SetResult();
        Assert.Equal(("completed", "completed"), ((await running.Ended).State, (await next.Ended).State));
    }

    /// <summary>Holds a run while its record is written.</summary>
    sealed class HeldListener(string what) : IJournalListener, IDisposable
    {
        readonly TaskCompletionSource reached = new(TaskCreationOptions.RunContinuationsAsynchronously);
        readonly ManualResetEventSlim released = new();

        public Task Reached => reached.Task;

        public void Hear(RunCreated run, JournalEntry entry)
        {
            if (entry.Event is not RunCreated || !run.Message.Contains(what, StringComparison.Ordinal)) return;
            reached.SetResult();
            released.Wait();
        }

        public void Release() => released.Set();

        public void Dispose() => released.Set();
    }
}
