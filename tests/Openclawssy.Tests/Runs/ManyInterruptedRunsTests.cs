using System.Text.Json;
using Openclawssy.Runtime.Journal;
using Openclawssy.Runtime.Runs;
using Openclawssy.Runtime.Sessions;
using Openclawssy.Runtime.Storage;
using Openclawssy.Runtime.Text;
using Openclawssy.Tests.Journal;
using Xunit;

namespace Openclawssy.Tests.Runs;

/// <summary>However many runs were interrupted, each segment of the audit is read once for all of them.</summary>
public sealed class ManyInterruptedRunsTests : IDisposable
{
    readonly Stories stories = new();

    static string Id(int n) => $"run_{n:d4}";

    string Processes => Path.Combine(stories.State, "processes");

    /// <summary>Runs that were cut off, on several days and thus in several segments; the audit lacks the last events of most.</summary>
    async Task InterruptAsync(int runs, int processes)
    {
        for (var n = 0; n < runs; n++)
        {
            if (n % 10 == 0) stories.Clock.Advance(TimeSpan.FromDays(1));
            using var journal = RunJournal.Create(stories.RunFolder(Id(n)), stories.Clock, [new Until(stories.Audit(), n % 4)], []);
            await journal.WriteAsync(Stories.Created(Id(n)), default);
            await journal.WriteAsync(Stories.Call("c1", $$"""{"run_id":"{{Id(runs - 1 - n)}}"}"""), default);
            await journal.WriteAsync(Stories.Verdict("c1"), default);
        }
        stories.Close();
        Directory.CreateDirectory(Processes);
        for (var p = 0; p < processes; p++)
            File.WriteAllLines(Path.Combine(Processes, $"p{processes - p}.lock"), Enumerable.Range(0, runs).Where(n => n % processes == p).Select(n => $"default {Id(n)}"));
    }

    Task<IReadOnlyList<(RunId Run, IReadOnlyList<string> OutcomeUnknown)>> CloseAsync(IJournalWitness witness) =>
        new OrphanedRuns(stories.State, _ => [witness], new SessionStore(stories.State, stories.Clock, new(stories.Clock, bytes => bytes.Clear())), stories.Clock).CloseAsync();

    int Segments => Directory.GetFiles(stories.AuditFolder(), "*.jsonl").Length;

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public async Task Each_segment_is_read_once_and_every_run_gets_what_it_lacks(int processes)
    {
        const int Runs = 40;
        await InterruptAsync(Runs, processes);
        var segments = Segments;
        Assert.InRange(segments, 3, Runs);
        var audit = stories.Audit();
        Assert.Equal(Runs, (await CloseAsync(audit)).Count);
        Assert.InRange(audit.SegmentsRead, 1, segments);
        stories.Close();
        Complete(Runs);
        Assert.Empty(Directory.GetFiles(Processes, "*.lock"));
    }

    // The control is told of one run after the other, and looks back for each.
    [Fact]
    public async Task Who_looks_back_for_each_run_is_caught()
    {
        const int Runs = 40;
        await InterruptAsync(Runs, 1);
        var (segments, audit) = (Segments, stories.Audit());
        Assert.Equal(Runs, (await CloseAsync(new OneByOne(audit))).Count);
        Assert.True(audit.SegmentsRead > segments && audit.SegmentsRead >= Runs, $"{audit.SegmentsRead} of {segments}");
        stories.Close();
        Complete(Runs);
    }

    [Fact]
    public async Task A_run_that_two_dead_processes_name_is_not_recorded_twice()
    {
        await InterruptAsync(4, 1);
        File.Copy(Path.Combine(Processes, "p1.lock"), Path.Combine(Processes, "p2.lock"));
        Assert.Equal(4, (await CloseAsync(stories.Audit())).Count);
        stories.Close();
        Complete(4);
    }

    [Fact]
    public async Task Where_nothing_was_interrupted_no_audit_is_read()
    {
        await InterruptAsync(4, 1);
        foreach (var file in Directory.GetFiles(Processes)) File.Delete(file);
        Assert.Empty(await CloseAsync(stories.Audit()));
        Assert.Equal(0, stories.Audit().SegmentsRead);
    }

    void Complete(int runs)
    {
        var recorded = Directory.GetFiles(stories.AuditFolder(), "*.jsonl").SelectMany(File.ReadLines).Select(line => JsonDocument.Parse(line).RootElement)
            .Where(line => line.TryGetProperty("event_hash", out var hash) && hash.ValueKind == JsonValueKind.String)
            .ToLookup(line => line.GetProperty("run_id").GetString()!, line => line.GetProperty("event_hash").GetString()!);
        for (var n = 0; n < runs; n++)
        {
            var story = JournalReader.Read(Path.Combine(stories.RunFolder(Id(n)), JournalReader.FileName)).ToList();
            Assert.IsType<RunEnded>(story[^1].Event);
            Assert.Equal(story.Select(entry => entry.Hash), recorded[Id(n)]);
        }
        Assert.Equal(AuditVerdict.Intact, stories.Verify(null).ExitCode);
    }

    public void Dispose() => stories.Dispose();

    /// <summary>A process that dies after so many events reached the audit; the journal is ahead of it.</summary>
    sealed class Until(IJournalWitness inner, int events) : IJournalWitness
    {
        int left = events;

        public ValueTask<long> AppendAsync(RunCreated run, JournalEntry entry, CancellationToken cancellationToken) => left-- > 0 ? inner.AppendAsync(run, entry, cancellationToken) : new(0);
        public ValueTask SyncAsync(long position, CancellationToken cancellationToken) => inner.SyncAsync(position, cancellationToken);
        public ValueTask CatchUpAsync(RunCreated run, IReadOnlyList<JournalEntry> story, CancellationToken cancellationToken) => default;
    }

    sealed class OneByOne(IJournalWitness inner) : IJournalWitness
    {
        public ValueTask<long> AppendAsync(RunCreated run, JournalEntry entry, CancellationToken cancellationToken) => inner.AppendAsync(run, entry, cancellationToken);
        public ValueTask SyncAsync(long position, CancellationToken cancellationToken) => inner.SyncAsync(position, cancellationToken);
        public ValueTask CatchUpAsync(RunCreated run, IReadOnlyList<JournalEntry> story, CancellationToken cancellationToken) => inner.CatchUpAsync(run, story, cancellationToken);
    }
}
