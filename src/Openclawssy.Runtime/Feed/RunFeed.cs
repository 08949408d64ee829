using System.Runtime.CompilerServices;
using Openclawssy.Runtime.Agents;
using Openclawssy.Runtime.Config;
using Openclawssy.Runtime.Journal;
using Openclawssy.Runtime.Storage;
using Openclawssy.Runtime.Text;

namespace Openclawssy.Runtime.Feed;

/// <summary>
/// Follows runs: what happened, then what happens, each event once and in order. A run of this process is heard through a bounded
/// queue, and what a slow reader missed there is read from the journal; a run of another process is looked at four times a second.
/// A follower costs its queue and some kilobytes, and for a moment of reading a window of the file.
/// </summary>
/// <param name="queue">Journal events kept for one follower of a run of this process, at least 1.</param>
public sealed class RunFeed(string stateFolder, LiveRuns live, TimeProvider clock, int queue = 64)
{
    /// <summary>How often the journal of another process is looked at.</summary>
    public static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(250);

    /// <summary>
    /// The run's events with an id above <paramref name="afterId"/>, and in any case its end, after which the sequence ends. The end
    /// is only told when it is on disk. A run whose process died gets it at the next start; until then nothing more comes.
    /// </summary>
    /// <param name="afterId">The last id that was seen, 0 for none.</param>
    /// <exception cref="FeedException">At once: there is no such run. While following: it is over, and its end could not be stored.</exception>
    /// <exception cref="ChainBrokenException">While following: the journal was altered.</exception>
    public IAsyncEnumerable<FeedEvent> FollowAsync(RunId run, long afterId, ThinkingMode thinking, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(afterId);
        return FollowAsync(run, JournalOf(run), afterId, thinking, cancellationToken);
    }

    /// <summary>True when the run's story has begun. A process that dies while it begins one can leave an empty journal, to which nothing is ever added.</summary>
    /// <exception cref="ChainBrokenException">The journal was altered.</exception>
    public bool HasBegun(RunId run) => live.IsRunning(run) || FindJournal(run) is { } path && new JournalTail(path).Read(0, 1).Count > 0;

    /// <summary>True when the run has no end and its process is gone: the next start closes it.</summary>
    /// <exception cref="FeedException">There is no such run.</exception>
    public bool IsAbandoned(RunId run)
    {
        if (live.IsRunning(run)) return false;
        var tail = new JournalTail(JournalOf(run));
        if (tail.Read(0, 1) is not [{ Event: RunCreated created }]) return false;
        if (ProcessLock.IsHeld(Path.Combine(stateFolder, "processes"), created.Process)) return false;
        // It may have ended after all, just before its process did.
        while (tail.Read(0, long.MaxValue) is { Count: > 0 } entries)
            if (entries[^1].Event is RunEnded) return false;
        return true;
    }

    string JournalOf(RunId run) => FindJournal(run) ?? throw new FeedException(FeedException.RunNotFound, $"there is no run {run} here");

    string? FindJournal(RunId run) => AgentFolder.Existing(stateFolder)
        .Select(agent => Path.Combine(new AgentFolder(stateFolder, agent).Run(run), JournalReader.FileName))
        .FirstOrDefault(path => Posix.Facts(path) is not null);

    async IAsyncEnumerable<FeedEvent> FollowAsync(RunId run, string path, long afterId, ThinkingMode thinking, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var projection = new FeedProjection(thinking);
        await foreach (var entry in EntriesAsync(run, path, cancellationToken))
            if (projection.Next(entry) is { } shown && (shown.Id > afterId || shown.IsTerminal)) yield return shown;
    }

    /// <summary>Every event of the journal once, in order, up to and with the run's end.</summary>
    async IAsyncEnumerable<JournalEntry> EntriesAsync(RunId run, string path, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var tail = new JournalTail(path);
        var seen = 0L;
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            using var listening = live.Listen(run, queue);
            if (listening is not null)
            {
                foreach (var entry in Missing(tail, seen, listening.HeardBefore))
                {
                    cancellationToken.ThrowIfCancellationRequested();
                    seen = entry.Seq;
                    yield return entry;
                }
                await foreach (var heard in listening.Entries.Reader.ReadAllAsync(cancellationToken))
                {
                    // What the queue dropped is in the file: all before an event that was told is settled there.
                    foreach (var entry in Missing(tail, seen, heard.Seq - 1))
                    {
                        cancellationToken.ThrowIfCancellationRequested();
                        seen = entry.Seq;
                        yield return entry;
                    }
                    if (heard.Seq <= seen) continue;
                    seen = heard.Seq;
                    yield return heard;
                    if (heard.Event is RunEnded) yield break;
                }
                throw EndNotStored(run);
            }

            var isNew = false;
            foreach (var entry in tail.Read(seen, long.MaxValue))
            {
                cancellationToken.ThrowIfCancellationRequested();
                isNew = true;
                if (entry.Event is RunEnded)
                {
                    if (live.IsRunning(run))
                    {
                        // It went on here after all, and its end may be written and not yet stored: heard, not read.
                        tail = new(path);
                        break;
                    }
                    if (live.IsUnstored(run)) throw EndNotStored(run);
                    DurableFile.Sync(path);
                }
                seen = entry.Seq;
                yield return entry;
                if (entry.Event is RunEnded) yield break;
            }
            if (!isNew) await Task.Delay(PollInterval, clock, cancellationToken);
        }
    }

    static IEnumerable<JournalEntry> Missing(JournalTail tail, long seen, long upTo)
    {
        while (seen < upTo)
        {
            var entries = tail.Read(seen, upTo);
            if (entries.Count == 0) yield break;
            foreach (var entry in entries)
            {
                seen = entry.Seq;
                yield return entry;
            }
        }
    }

    static FeedException EndNotStored(RunId run) =>
        new(FeedException.EndNotStored, $"{run} is over and its end could not be stored; the next start of the program closes it");
}
