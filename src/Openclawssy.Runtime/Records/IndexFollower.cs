using System.Collections.Concurrent;
using Openclawssy.Runtime.Journal;
using Openclawssy.Runtime.Toolkit;

namespace Openclawssy.Runtime.Records;

/// <summary>
/// Brings runs into the index while they happen. A run's beginning and its end are there before anybody is told of them;
/// what lies between follows without being waited for. It never stops a run.
/// </summary>
public sealed class IndexFollower(IRunIndex index) : IJournalWitness
{
    readonly ConcurrentDictionary<string, RunSummary> open = new(StringComparer.Ordinal);

    public ValueTask<long> AppendAsync(RunCreated run, JournalEntry entry, CancellationToken cancellationToken)
    {
        var before = open.GetValueOrDefault(run.RunId);
        var after = RunFold.After(before, entry);
        if (after is null || ReferenceEquals(after, before)) return new(0);
        if (entry.Event is RunEnded) open.TryRemove(run.RunId, out _);
        else open[run.RunId] = after;
        var ticket = index.Put(after, RunFold.CallOf(entry));
        return new(entry.Event is RunCreated or RunEnded ? ticket : 0);
    }

    public ValueTask SyncAsync(long position, CancellationToken cancellationToken) => new(index.SettledAsync(position));

    public async ValueTask CatchUpAsync(RunCreated run, IReadOnlyList<JournalEntry> story, CancellationToken cancellationToken)
    {
        RunSummary? line = null;
        foreach (var entry in story)
        {
            line = RunFold.After(line, entry);
            if (line is not null && RunFold.CallOf(entry) is { } call) index.Put(line, call);
        }
        if (line is null) return;
        if (!line.HasEnded) open[run.RunId] = line;
        await index.SettledAsync(index.Put(line));
    }
}
