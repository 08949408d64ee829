using Microsoft.Data.Sqlite;
using Openclawssy.Runtime.Records;
using Openclawssy.Runtime.Toolkit;

namespace Openclawssy.Index;

/// <summary>
/// Brings an index up to what is on disk, a few journals at a time, so that a run never waits for all of them. Needed when the
/// index is new, and once after each start of the machine, because a power cut may have taken the last lines of it.
/// </summary>
sealed class IndexScan
{
    const string Complete = "complete";
    const int Step = 64;

    readonly RunArchive archive;
    readonly string boot;
    readonly Queue<RunPlace> missing;

    IndexScan(RunArchive archive, string boot, Queue<RunPlace> missing) => (this.archive, this.boot, this.missing) = (archive, boot, missing);

    /// <summary>What has to be done, or null when the index knows every run.</summary>
    public static IndexScan? Of(SqliteConnection connection, RunArchive archive, string boot)
    {
        var reads = new IndexReads(connection);
        if (reads.Mark(Complete) == boot) return null;
        // In this order: a run that is made between the two looks is missing here, and brings its own line.
        var known = reads.Known();
        var places = archive.All().ToList();
        Forget(connection, known.Keys.Except(places.Select(place => place.Run.ToString())));
        return new(archive, boot, new(places.Where(place => !known.GetValueOrDefault(place.Run.ToString()))));
    }

    /// <summary>Has the next look at the index take it for incomplete.</summary>
    public static void Mistrust(SqliteConnection connection) => new IndexWrites(connection).Mark(Complete, "");

    // Their folders are gone, so they are no more.
    static void Forget(SqliteConnection connection, IEnumerable<string> runs)
    {
        using var transaction = connection.BeginTransaction(deferred: false);
        var writes = new IndexWrites(connection);
        foreach (var run in runs) writes.Remove(run);
        transaction.Commit();
    }

    /// <summary>Takes the next journals. Returns whether that was all.</summary>
    public bool Next(SqliteConnection connection)
    {
        List<RunPlace> taken = [.. missing.Take(Step)];
        // Read before the index is locked: other processes write meanwhile.
        var found = taken.Select(archive.Read).ToList();
        using var transaction = connection.BeginTransaction(deferred: false);
        var writes = new IndexWrites(connection);
        foreach (var (line, calls) in found.OfType<(RunSummary, IReadOnlyList<CallLine>)>())
        {
            foreach (var call in calls) writes.Put(line, call);
            writes.Put(line);
        }
        var done = missing.Count == taken.Count;
        if (done) writes.Mark(Complete, boot);
        transaction.Commit();
        for (var i = 0; i < taken.Count; i++) missing.Dequeue();
        return done;
    }
}
