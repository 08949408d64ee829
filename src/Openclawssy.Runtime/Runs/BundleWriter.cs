using Openclawssy.Runtime.Journal;

namespace Openclawssy.Runtime.Runs;

/// <summary>
/// Writes a run's bundle with its end, before the other witnesses, so that whoever hears or reads of the end finds it. The bundle is rebuilt from the journal; that it
/// cannot be written is a report and not the run's failure.
/// </summary>
/// <param name="story">What happened before the end.</param>
sealed class BundleWriter(string folder, Story story, Action<string, Exception> report) : IJournalWitness
{
    public ValueTask<long> AppendAsync(RunCreated run, JournalEntry entry, CancellationToken cancellationToken)
    {
        if (entry.Event is not RunEnded) return new(0);
        try { BundleFiles.Write(folder, Story.Of([.. story.Entries, entry])); }
        catch (IOException problem) { report($"the bundle of {run.RunId}", problem); }
        return new(0);
    }

    public ValueTask SyncAsync(long position, CancellationToken cancellationToken) => default;

    /// <summary>Nothing: who closes a run that died writes its bundle.</summary>
    public ValueTask CatchUpAsync(RunCreated run, IReadOnlyList<JournalEntry> story, CancellationToken cancellationToken) => default;
}
