using Openclawssy.Runtime.Journal;

namespace Openclawssy.Runtime.Feed;

/// <summary>One run of this process: hears its journal and tells everybody who listens by now.</summary>
public sealed class LiveRun : IJournalListener, IDisposable
{
    readonly LiveRuns runs;
    readonly HashSet<LiveFollower> followers = [];
    readonly Lock gate = new();
    string? run;
    long heard;
    bool over;

    internal LiveRun(LiveRuns runs) => this.runs = runs;

    public void Hear(RunCreated run, JournalEntry entry)
    {
        // A live event has no number; it cannot be replayed, so it is not followed either.
        if (entry.Seq == 0) return;
        lock (gate)
        {
            heard = entry.Seq;
            if (this.run is null) runs.Started(this.run = run.RunId, this);
            foreach (var follower in followers) follower.Entries.Hear(run, entry);
            if (entry.Event is RunEnded) Finish(stored: true);
        }
    }

    /// <summary>Null when the run is over: then the file has everything.</summary>
    internal LiveFollower? Listen(int queue)
    {
        lock (gate)
        {
            if (over) return null;
            var follower = new LiveFollower(this, new(queue), heard);
            followers.Add(follower);
            return follower;
        }
    }

    internal void Leave(LiveFollower follower)
    {
        lock (gate) followers.Remove(follower);
    }

    /// <summary>The run is over. If its end was not heard by now, it is not stored.</summary>
    public void Dispose()
    {
        lock (gate) Finish(stored: false);
    }

    void Finish(bool stored)
    {
        if (over) return;
        over = true;
        if (run is not null) runs.Ended(run, stored);
        foreach (var follower in followers) follower.Entries.Complete();
        followers.Clear();
    }
}

/// <summary>One listener of a live run.</summary>
/// <param name="heardBefore">Number of the last event that was told before it listened: up to there the file is read.</param>
sealed class LiveFollower(LiveRun run, BoundedListener entries, long heardBefore) : IDisposable
{
    public BoundedListener Entries { get; } = entries;
    public long HeardBefore { get; } = heardBefore;

    public void Dispose() => run.Leave(this);
}
