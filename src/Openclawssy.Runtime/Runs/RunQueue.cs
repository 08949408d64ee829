using Openclawssy.Runtime.Journal;
using Openclawssy.Runtime.Text;

namespace Openclawssy.Runtime.Runs;

/// <summary>How many runs go on and how many wait. Both at least 1; what is there already when they shrink stays.</summary>
public readonly record struct QueueLimits(int Running, int Waiting);

/// <summary>How full the queue is.</summary>
public readonly record struct QueueLoad(int Running, int Waiting);

/// <summary>
/// The runs of one process in the order they came: so many go on at once, so many wait, more are refused. Of one conversation one
/// run goes on at a time. A run is on disk before its id is given away, and keeps its place while it gets there.
/// </summary>
/// <param name="settings">What a run of this agent goes by, asked when it comes in.</param>
/// <param name="limits">Asked at each arrival and each end.</param>
/// <param name="listeners">Who hears a run, made for each; those that can be disposed are, when it is over.</param>
public sealed class RunQueue(Runner runner, Func<AgentId, RunSettings> settings, Func<QueueLimits> limits, Func<IReadOnlyList<IJournalListener>> listeners) : IRunIntake
{
    /// <summary>What is said to who came when everything was full.</summary>
    public static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(1);

    readonly Lock gate = new();
    readonly LinkedList<Place> places = [];
    readonly HashSet<SessionId> talking = [];
    readonly TaskCompletionSource still = new(TaskCreationOptions.RunContinuationsAsynchronously);
    int running;
    bool closed;

    /// <summary>True from when nothing comes in any more.</summary>
    public bool IsClosed { get { lock (gate) return closed; } }

    /// <summary>The runs that go on; those that wait are not among them.</summary>
    public IReadOnlyList<RunId> Running { get { lock (gate) return [.. places.Where(place => place is { IsRunning: true, Run: not null }).Select(place => place.Run!.Id)]; } }

    public QueueLoad Load { get { lock (gate) return new(running, places.Count - running); } }

    public async ValueTask<RunId> AcceptAsync(RunRequest request, CancellationToken cancellationToken) => (await TakeAsync(request, cancellationToken)).Run;

    /// <summary>The same, with the run's end to wait for.</summary>
    public async ValueTask<AcceptedRun> TakeAsync(RunRequest request, CancellationToken cancellationToken)
    {
        var place = Reserve(request.Session);
        // Whoever hangs up while the record is written has given the run away: it is on disk, so it runs.
        return await SettleAsync(place, heard => runner.OpenAsync(request, settings(request.Agent), heard, CancellationToken.None));
    }

    /// <summary>Takes up a run that waited when its process died, whether there is room or not: it was accepted once.</summary>
    public async Task TakeUpAsync(AgentId agent, RunId run)
    {
        Place place;
        lock (gate)
        {
            // Else it would be ours, and nobody would leave it to the next start.
            if (closed) throw new IntakeClosedException();
            place = Add(null);
        }
        await SettleAsync(place, heard => runner.TakeUpAsync(agent, run, settings(agent), heard, CancellationToken.None));
    }

    /// <summary>Nothing comes in any more, and nothing that waits begins. Returns when nothing goes on.</summary>
    public Task CloseAsync()
    {
        lock (gate)
        {
            closed = true;
            Rest();
            return still.Task;
        }
    }

    /// <summary>Lets go of what waits, after <see cref="CloseAsync"/>: it is on disk, and the next start takes it up.</summary>
    /// <returns>How many runs that are; the process must leave its list behind for them.</returns>
    public int LeaveWaiting()
    {
        List<Place> waiting;
        int left;
        lock (gate)
        {
            waiting = [.. places.Where(place => place is { Run: not null, IsStarted: false })];
            foreach (var place in waiting) place.IsStarted = true;
            // Who is being written down even now waits too, though there is nothing to let go of yet.
            left = places.Count(place => place is { Run: null, IsRunning: false });
        }
        foreach (var place in waiting)
        {
            place.WhenWished.Dispose();
            place.Run!.Dispose();
            place.Ended.TrySetCanceled();
            Leave(place);
        }
        return waiting.Count + left;
    }

    /// <summary>Wishes the end of runs that go on or wait here.</summary>
    /// <param name="by">Who wishes it, for people.</param>
    /// <returns>Those that were meant.</returns>
    public IReadOnlyList<RunId> Stop(Predicate<RunRequest> which, string by)
    {
        List<RunId> meant;
        lock (gate) meant = [.. places.Where(place => place.Run is { } run && which(run.Request)).Select(place => place.Run!.Id)];
        return [.. meant.Where(run => runner.Tracker.Cancel(run, by))];
    }

    void Rest()
    {
        if (closed && running == 0 && places.All(place => place.Run is not null && !place.IsStarted)) still.TrySetResult();
    }

    Place Reserve(SessionId? session)
    {
        lock (gate)
        {
            if (closed) throw new IntakeClosedException();
            var room = limits();
            // Who came before and waits for its record keeps its place, in the conversation and in the line.
            var goesOn = running + Ready() < room.Running && (session is null || places.All(place => place.Session != session));
            if (!goesOn && places.Count - running >= room.Waiting) throw new QueueFullException(RetryAfter);
            var place = Add(session);
            if (goesOn) Begin(place);
            return place;
        }
    }

    /// <summary>How many of those that wait need nothing but room.</summary>
    int Ready()
    {
        if (places.Count == running) return 0;
        var before = new HashSet<SessionId>(talking);
        return places.Count(place => place is { IsRunning: false, IsStarted: false } && (place.Session is not { } session || before.Add(session)));
    }

    Place Add(SessionId? session)
    {
        var place = new Place(session);
        place.Node = places.AddLast(place);
        return place;
    }

    void Begin(Place place)
    {
        running++;
        place.IsRunning = true;
        if (place.Session is { } session) talking.Add(session);
    }

    async Task<AcceptedRun> SettleAsync(Place place, Func<IReadOnlyList<IJournalListener>, Task<OpenRun>> open)
    {
        OpenRun run;
        try
        {
            place.Listeners = listeners();
            run = await open(place.Listeners);
        }
        catch
        {
            Leave(place);
            throw;
        }
        lock (gate)
        {
            place.Session ??= run.Request.Session;
            place.Run = run;
            Rest();
        }
        place.WhenWished = run.Wished.Register(() => EndWaiting(place));
        Advance();
        return new(run.Id, place.Ended.Task);
    }

    /// <summary>Starts whatever can go on now, the oldest first.</summary>
    void Advance()
    {
        lock (gate)
        {
            var room = limits().Running;
            HashSet<SessionId>? before = null;
            for (var node = places.First; node is not null; node = node.Next)
            {
                var place = node.Value;
                if (place.IsRunning)
                {
                    Start(place);
                    continue;
                }
                var first = place.Session is not { } session || !talking.Contains(session) && (before ??= []).Add(session);
                if (!first || running >= room || closed) continue;
                // Who is still being written to disk keeps its turn in its conversation; the next of another one may go.
                if (place.Run is null || place.IsStarted) continue;
                Begin(place);
                Start(place);
            }
        }
    }

    void Start(Place place)
    {
        if (place.Run is not { } run || place.IsStarted) return;
        place.IsStarted = true;
        _ = GoOnAsync(place, run, CancellationToken.None);
    }

    /// <summary>Somebody wishes the end of a run that waits: it ends now, not when its turn comes.</summary>
    void EndWaiting(Place place)
    {
        lock (gate)
        {
            if (place.Run is not { } run || place.IsStarted) return;
            place.IsStarted = true;
            _ = GoOnAsync(place, run, CancellationToken.None);
        }
    }

    async Task GoOnAsync(Place place, OpenRun run, CancellationToken cancellationToken)
    {
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        try { place.Ended.SetResult(await runner.GoOnAsync(run, cancellationToken)); }
        catch (Exception ours) { place.Ended.SetException(ours); }
        finally
        {
            await place.WhenWished.DisposeAsync();
            Leave(place);
        }
    }

    void Leave(Place place)
    {
        foreach (var listener in place.Listeners.OfType<IDisposable>()) listener.Dispose();
        lock (gate)
        {
            if (place.Node is not { } node) return;
            place.Node = null;
            places.Remove(node);
            if (place.IsRunning)
            {
                running--;
                if (place.Session is { } session) talking.Remove(session);
            }
            Rest();
        }
        Advance();
    }

    sealed class Place(SessionId? session)
    {
        public SessionId? Session { get; set; } = session;
        public IReadOnlyList<IJournalListener> Listeners { get; set; } = [];
        public TaskCompletionSource<RunResult> Ended { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
        public LinkedListNode<Place>? Node { get; set; }
        public OpenRun? Run { get; set; }
        public bool IsRunning { get; set; }
        public bool IsStarted { get; set; }
        public CancellationTokenRegistration WhenWished { get; set; }
    }
}

/// <summary>A run the queue has taken in.</summary>
/// <param name="Ended">Completes with the run's end.</param>
public sealed record AcceptedRun(RunId Run, Task<RunResult> Ended);
