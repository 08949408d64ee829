using System.Collections.Concurrent;
using Openclawssy.Runtime.Journal;
using Openclawssy.Runtime.Text;

namespace Openclawssy.Runtime.Feed;

/// <summary>The runs that go on in this process, and who listens to each. Safe for several threads.</summary>
public sealed class LiveRuns
{
    readonly ConcurrentDictionary<string, LiveRun> running = new(StringComparer.Ordinal);
    readonly ConcurrentDictionary<string, bool> unstored = new(StringComparer.Ordinal);

    /// <summary>A listener for one run that is about to begin; give it to the run, and dispose it when the run is over.</summary>
    public LiveRun Begin() => new(this);

    /// <summary>Listens to a run from now on; null when it does not go on in this process.</summary>
    /// <param name="queue">Events kept for the listener, at least 1; of a longer delay it learns from the file.</param>
    internal LiveFollower? Listen(RunId run, int queue) => running.TryGetValue(run.ToString(), out var live) ? live.Listen(queue) : null;

    internal bool IsRunning(RunId run) => running.ContainsKey(run.ToString());

    /// <summary>True when the run is over in this process and its end could not be stored.</summary>
    internal bool IsUnstored(RunId run) => unstored.ContainsKey(run.ToString());

    internal void Started(string run, LiveRun live) => running[run] = live;

    internal void Ended(string run, bool stored)
    {
        if (!stored) unstored[run] = true;
        running.TryRemove(run, out _);
    }
}
