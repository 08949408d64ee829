using System.Text;
using Openclawssy.Runtime.Storage;

namespace Openclawssy.Runtime.Journal;

/// <summary>
/// The one ordered story of a run, written ahead. An event is numbered and chained, written to the journal and by every
/// witness, made as durable as it asks to be, and then told to the listeners. If any of them fails, so does the write, and the
/// journal takes nothing more but the run's end. Safe for several threads.
/// </summary>
public sealed class RunJournal : IDisposable
{
    readonly TimeProvider clock;
    readonly IReadOnlyList<IJournalWitness> witnesses;
    readonly ListenerOrder listeners;
    readonly AppendFile file;
    readonly ChainedLineWriter line = new();
    readonly SemaphoreSlim turn = new(1);
    readonly long[] positions;
    RunCreated? run;
    Exception? lost;
    bool ended;

    RunJournal(AppendFile file, TimeProvider clock, IReadOnlyList<IJournalWitness> witnesses, IReadOnlyList<IJournalListener> listeners)
    {
        (this.file, this.clock, this.witnesses) = (file, clock, witnesses);
        this.listeners = new(listeners);
        positions = new long[witnesses.Count];
    }

    /// <summary>Begins a new run's story in a folder of its own, made when missing. A journal that is there is never continued this way.</summary>
    public static RunJournal Create(string runFolder, TimeProvider clock, IReadOnlyList<IJournalWitness> witnesses, IReadOnlyList<IJournalListener> listeners)
    {
        DurableFile.EnsureFolder(runFolder);
        return new(AppendFile.CreateNew(Path.Combine(runFolder, JournalReader.FileName)), clock, witnesses, listeners);
    }

    /// <summary>
    /// Continues the story of a run whose process died, so that it gets an honest end. Torn bytes go to
    /// <c>events.jsonl.quarantine</c>, and the witnesses write down what they missed. Only one process may do this (it holds the
    /// dead process' lock).
    /// </summary>
    /// <exception cref="ChainBrokenException">The journal was altered; it is left as it is.</exception>
    public static async ValueTask<ReopenedJournal> ReopenAsync(
        string runFolder, TimeProvider clock, IReadOnlyList<IJournalWitness> witnesses, IReadOnlyList<IJournalListener> listeners, CancellationToken cancellationToken)
    {
        var path = Path.Combine(runFolder, JournalReader.FileName);
        var sound = -1L;
        var story = JournalReader.Read(path, (offset, _) => sound = offset).ToList();
        var file = AppendFile.Open(path);
        try
        {
            var torn = sound < 0 ? null : TornTail.Quarantine(file, sound, file.Length);
            var journal = new RunJournal(file, clock, witnesses, listeners);
            if (story.Count > 0)
            {
                journal.run = story[0].Event as RunCreated ?? throw new ChainBrokenException(path, 1, 1, "is not \"run.created\"");
                journal.line.ContinueAfter(story[^1].Seq, Encoding.ASCII.GetBytes(story[^1].Hash));
                journal.ended = story[^1].Event is RunEnded;
                foreach (var witness in witnesses) await witness.CatchUpAsync(journal.run, story, cancellationToken);
            }
            return new(journal, story, torn);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>Number of the last event that was written.</summary>
    public long Seq => line.Seq;

    /// <summary>Why the story stopped being kept; null while it is.</summary>
    public Exception? Lost => Volatile.Read(ref lost);

    /// <summary>Writes an event down. When this returns, it is as durable as the event asks to be.</summary>
    /// <param name="cancellationToken">Looked at before anything is written; a write that has begun is finished.</param>
    /// <exception cref="AuditLostException">It could not be written down everywhere. Nothing may follow from it.</exception>
    public async ValueTask<JournalEntry> WriteAsync(RunEvent happened, CancellationToken cancellationToken)
    {
        if (happened.Durability == Durability.Live) return Announce(happened);
        using var fields = new LineFields();
        var bytes = RunEventJson.Write(fields, happened);
        await turn.WaitAsync(cancellationToken);
        JournalEntry entry;
        Synced synced;
        try
        {
            if (lost is not null) throw new AuditLostException(lost);
            Admit(happened);
            (entry, synced) = await AppendAsync(happened, bytes);
            listeners.Expect(entry);
        }
        finally { turn.Release(); }

        try
        {
            if (happened.Durability == Durability.Synced) await SyncAsync(synced);
        }
        catch
        {
            listeners.Drop(run!, entry);
            throw;
        }
        listeners.Tell(run!, entry);
        return entry;
    }

    /// <summary>
    /// Writes the run's end wherever that still works, after something stopped working. Returns null when not even the journal
    /// takes it; then the next start ends the run.
    /// </summary>
    public async ValueTask<JournalEntry?> TryWriteLastAsync(RunEnded end)
    {
        using var fields = new LineFields();
        var bytes = RunEventJson.Write(fields, end);
        await turn.WaitAsync(CancellationToken.None);
        try
        {
            if (ended || run is null) return null;
            var entry = AppendToJournal(end, bytes);
            ended = true;
            await BestEffort(() => file.SyncAsync(file.Length));
            for (var i = 0; i < witnesses.Count; i++)
            {
                var witness = witnesses[i];
                await BestEffort(async () => await witness.SyncAsync(await witness.AppendAsync(run, entry, CancellationToken.None), CancellationToken.None));
            }
            listeners.Expect(entry);
            listeners.Tell(run, entry);
            return entry;
        }
        catch (Exception failure) when (failure is IOException or ObjectDisposedException)
        {
            lost ??= failure;
            return null;
        }
        finally { turn.Release(); }
    }

    async ValueTask BestEffort(Func<ValueTask> act)
    {
        try { await act(); }
        catch (Exception failure) { lost ??= failure; }
    }

    // A live event is in no file, so it has no number; it comes between its neighbours.
    JournalEntry Announce(RunEvent happened)
    {
        var entry = new JournalEntry(0, clock.GetUtcNow(), happened, "");
        if (run is null) throw new InvalidOperationException("a run's story begins with run.created");
        listeners.Expect(entry);
        listeners.Tell(run, entry);
        return entry;
    }

    void Admit(RunEvent happened)
    {
        if (ended) throw new InvalidOperationException("the run has ended; nothing can follow in its journal");
        if (run is null != happened is RunCreated) throw new InvalidOperationException("a run's story begins with run.created, and has it once");
    }

    async ValueTask<(JournalEntry, Synced)> AppendAsync(RunEvent happened, byte[] fields)
    {
        try
        {
            var entry = AppendToJournal(happened, fields);
            if (happened is RunCreated created) run = created;
            if (happened is RunEnded) ended = true;
            for (var i = 0; i < witnesses.Count; i++)
                positions[i] = Math.Max(positions[i], await witnesses[i].AppendAsync(run!, entry, CancellationToken.None));
            return (entry, happened.Durability == Durability.Synced ? new(file.Length, [.. positions]) : default);
        }
        catch (Exception failure)
        {
            throw Lose(failure);
        }
    }

    JournalEntry AppendToJournal(RunEvent happened, ReadOnlySpan<byte> fields)
    {
        var now = clock.GetUtcNow();
        file.Append(line.Compose(now, fields));
        line.Commit();
        return new(line.Seq, now, happened, line.Hash);
    }

    // The journal and the witnesses are different files. Their writing is begun together and waited for in turn: that costs about
    // one sync, and no change of threads.
    async ValueTask SyncAsync(Synced upTo)
    {
        try
        {
            for (var i = 0; i < witnesses.Count; i++)
                if (upTo.Witnesses[i] != 0) witnesses[i].BeginSync();
            await file.SyncAsync(upTo.Journal);
            for (var i = 0; i < witnesses.Count; i++)
                if (upTo.Witnesses[i] != 0) await witnesses[i].SyncAsync(upTo.Witnesses[i], CancellationToken.None);
        }
        catch (Exception failure)
        {
            throw Lose(failure);
        }
    }

    AuditLostException Lose(Exception failure)
    {
        Interlocked.CompareExchange(ref lost, failure, null);
        return new(failure);
    }

    /// <summary>Closes the file. A run without an end is ended at the next start.</summary>
    public void Dispose()
    {
        file.Dispose();
        turn.Dispose();
    }

    readonly record struct Synced(long Journal, long[] Witnesses);
}

/// <summary>A dead process' run, ready to be told to its end.</summary>
/// <param name="Story">What happened until it died. Empty when it died before anything was written; then there is no run to end.</param>
/// <param name="Torn">The line that was being written when it died.</param>
public sealed record ReopenedJournal(RunJournal Journal, IReadOnlyList<JournalEntry> Story, TornTail? Torn);
