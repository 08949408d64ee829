namespace Openclawssy.Runtime.Journal;

/// <summary>
/// Somebody who must have written an event down before the run goes on: the audit, the conversation. What it throws stops the
/// run. It is told one event of a run at a time, in order; several runs may tell it things at once.
/// </summary>
public interface IJournalWitness
{
    /// <summary>Writes down what the event means to this witness, one <c>write(2)</c>. Returns a position for <see cref="SyncAsync"/>, 0 when it wrote nothing.</summary>
    /// <param name="run">The run's first event: which run, whose agent, who caused it.</param>
    ValueTask<long> AppendAsync(RunCreated run, JournalEntry entry, CancellationToken cancellationToken);

    /// <summary>A <see cref="SyncAsync"/> follows at once: a witness may begin the writing, and must not wait for it.</summary>
    void BeginSync() { }

    /// <summary>Returns when everything up to that position is on disk. Waits together with others who wait.</summary>
    ValueTask SyncAsync(long position, CancellationToken cancellationToken);

    /// <summary>These runs of an agent are caught up from now on, each once: what has to be looked up for that may be looked up for all together. Only this process writes of them.</summary>
    void Expect(IReadOnlySet<string> runs) { }

    /// <summary>Writes down what a crash kept it from writing down, before the run gets its honest end.</summary>
    /// <param name="story">Everything the journal holds, in order.</param>
    ValueTask CatchUpAsync(RunCreated run, IReadOnlyList<JournalEntry> story, CancellationToken cancellationToken);
}
