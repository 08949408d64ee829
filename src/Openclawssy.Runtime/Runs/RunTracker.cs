using System.Collections.Concurrent;
using Openclawssy.Runtime.Journal;
using Openclawssy.Runtime.Records;
using Openclawssy.Runtime.Text;

namespace Openclawssy.Runtime.Runs;

/// <summary>The runs of this process, each of which can be cancelled from here, or from elsewhere by a <see cref="CancelRequest"/>.</summary>
public sealed class RunTracker(TimeProvider clock)
{
    /// <summary>How often a run looks for a request while nothing happens in it.</summary>
    public static readonly TimeSpan LookInterval = TimeSpan.FromMilliseconds(250);

    readonly ConcurrentDictionary<RunId, TrackedRun> runs = new();

    /// <summary>The runs going on here now.</summary>
    public ICollection<RunId> Running => runs.Keys;

    public bool IsRunning(RunId run) => runs.ContainsKey(run);

    /// <summary>Cancels a run of this process. False when it is none, or over.</summary>
    /// <param name="by">Who wishes it, for people.</param>
    public bool Cancel(RunId run, string by)
    {
        if (!runs.TryGetValue(run, out var tracked)) return false;
        tracked.Cancel(by);
        return true;
    }

    internal TrackedRun Track(RunId run, string folder) => runs[run] = new(folder, clock, () => runs.TryRemove(run, out _));
}

/// <summary>One run of this process, while it goes on.</summary>
sealed class TrackedRun : IJournalListener, IDisposable
{
    readonly string folder;
    readonly Action forget;
    readonly CancellationTokenSource wished = new();
    readonly ITimer timer;
    readonly Lock gate = new();
    bool over;

    public TrackedRun(string folder, TimeProvider clock, Action forget)
    {
        (this.folder, this.forget) = (folder, forget);
        timer = clock.CreateTimer(static run => ((TrackedRun)run!).Look(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        timer.Change(RunTracker.LookInterval, RunTracker.LookInterval);
    }

    /// <summary>Cancelled when somebody wishes the run's end.</summary>
    public CancellationToken Token => wished.Token;

    /// <summary>Who wished it; null while nobody did.</summary>
    public string? By { get; private set; }

    public void Hear(RunCreated run, JournalEntry entry) => Look();

    public void Cancel(string by)
    {
        lock (gate)
        {
            if (over || By is not null) return;
            By = by;
            // Not on this thread: what was waiting goes on there, and it may be the one that told us.
            _ = wished.CancelAsync();
        }
    }

    void Look()
    {
        if (CancelRequest.Find(folder) is { } by) Cancel(by);
    }

    public void Dispose()
    {
        lock (gate) over = true;
        timer.Dispose();
        forget();
    }
}
