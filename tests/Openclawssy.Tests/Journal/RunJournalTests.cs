using System.Text.Json;
using Openclawssy.Runtime.Journal;
using Openclawssy.Runtime.Storage;
using Xunit;

namespace Openclawssy.Tests.Journal;

public sealed class RunJournalTests : IDisposable
{
    readonly Stories stories = new();
    public void Dispose() => stories.Dispose();

    string Events(string run) => Path.Combine(stories.RunFolder(run), "events.jsonl");

    [Fact]
    public async Task An_event_is_one_chained_line_with_its_name_first_and_reads_back_equal()
    {
        var said = new ModelText(1, "two\nlines, \"quotes\" and é 😀");
        JournalEntry entry;
        using (var journal = stories.NewJournal("run_1"))
        {
            await journal.WriteAsync(Stories.Created("run_1"), default);
            entry = await journal.WriteAsync(said, default);
        }
        var lines = File.ReadAllLines(Events("run_1"));
        Assert.Equal(2, lines.Length);
        Assert.StartsWith("""{"v":1,"seq":2,"ts":"2026-03-01T12:00:00.0000000Z","event":"model.text","turn":1,"text":"two\nlines""", lines[1]);
        Assert.EndsWith($"\"hash\":\"{entry.Hash}\"}}", lines[1]);
        var read = JournalReader.Read(Events("run_1")).ToList();
        Assert.Equal(entry.Hash, read[1].Hash);
        Assert.Equal(JsonSerializer.Serialize(said, RunEventJson.Default.RunEvent), JsonSerializer.Serialize(read[1].Event, RunEventJson.Default.RunEvent));
    }

    [Fact]
    public async Task A_story_begins_with_its_creation_and_nothing_follows_its_end()
    {
        using var journal = stories.NewJournal("run_1");
        await Assert.ThrowsAsync<InvalidOperationException>(async () => await journal.WriteAsync(Stories.Call("c1"), default));
        await journal.WriteAsync(Stories.Created("run_1"), default);
        await Assert.ThrowsAsync<InvalidOperationException>(async () => await journal.WriteAsync(Stories.Created("run_1"), default));
        await journal.WriteAsync(stories.Ended(), default);
        await Assert.ThrowsAsync<InvalidOperationException>(async () => await journal.WriteAsync(Stories.Call("c1"), default));
        Assert.Null(await journal.TryWriteLastAsync(stories.Ended()));
        Assert.Equal(2, File.ReadAllLines(Events("run_1")).Length);
        Assert.Throws<DiskException>(() => stories.NewJournal("run_1"));
    }

    [Fact]
    public async Task Only_events_that_ask_for_it_wait_for_the_disk()
    {
        var witness = new CountingWitness();
        using var journal = RunJournal.Create(stories.RunFolder("run_1"), stories.Clock, [witness], []);
        await journal.WriteAsync(Stories.Created("run_1"), default);
        Assert.Equal((1, 1), (witness.Appends, witness.Syncs));
        await journal.WriteAsync(Stories.Call("c1"), default);
        await journal.WriteAsync(Stories.Verdict("c1", effect: "pure_read"), default);
        Assert.Equal((3, 1), (witness.Appends, witness.Syncs));
        await journal.WriteAsync(Stories.Verdict("c1", "deny"), default);
        Assert.Equal((4, 2), (witness.Appends, witness.Syncs));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task After_a_witness_failed_nothing_is_taken_but_the_runs_end(bool onSync)
    {
        var witness = new CountingWitness();
        var heard = new BoundedListener(100);
        using var journal = RunJournal.Create(stories.RunFolder("run_1"), stories.Clock, [witness], [heard]);
        await journal.WriteAsync(Stories.Created("run_1"), default);
        (witness.FailAppend, witness.FailSync) = (!onSync, onSync);
        await Assert.ThrowsAsync<AuditLostException>(async () => await journal.WriteAsync(Stories.Verdict("c1"), default));
        (witness.FailAppend, witness.FailSync) = (false, false);
        Assert.NotNull(journal.Lost);
        await Assert.ThrowsAsync<AuditLostException>(async () => await journal.WriteAsync(Stories.Call("c2"), default));
        var last = await journal.TryWriteLastAsync(stories.Ended("failed", "audit_lost"));
        Assert.NotNull(last);
        Assert.Equal([typeof(RunCreated), typeof(PolicyVerdict), typeof(RunEnded)], JournalReader.Read(Events("run_1")).Select(e => e.Event.GetType()));
        // What was not kept was not shown.
        Assert.Equal([1, last.Seq], Drain(heard).Select(e => e.Seq));
    }

    [Fact]
    public async Task A_listener_can_neither_break_nor_slow_a_run_and_hears_in_order()
    {
        var (small, large) = (new BoundedListener(5), new BoundedListener(1000));
        using var journal = stories.NewJournal("run_1", "default", new Rude(), small, large);
        await journal.WriteAsync(Stories.Created("run_1"), default);
        await Task.WhenAll(Enumerable.Range(0, 4).Select(thread => Task.Run(async () =>
        {
            for (var i = 0; i < 20; i++) await journal.WriteAsync(Stories.Verdict($"c{thread}.{i}", effect: i % 3 == 0 ? "workspace_write" : "pure_read"), default);
        })));
        Assert.Equal(Enumerable.Range(1, 81).Select(i => (long)i), Drain(large).Select(e => e.Seq));
        Assert.Equal(76, small.Missed);
        Assert.Equal([77, 78, 79, 80, 81], Drain(small).Select(e => e.Seq));
        Assert.Equal(81, JournalReader.Read(Events("run_1")).Count());
    }

    [Fact]
    public async Task A_dead_runs_story_is_continued_to_an_honest_end()
    {
        using (var journal = stories.NewJournal("run_1"))
        {
            await journal.WriteAsync(Stories.Created("run_1"), default);
            await journal.WriteAsync(Stories.Call("c1"), default);
        }
        File.AppendAllText(Events("run_1"), "{\"v\":1,\"seq\":3,\"to");
        var reopened = await RunJournal.ReopenAsync(stories.RunFolder("run_1"), stories.Clock, [stories.Audit()], [], default);
        using (reopened.Journal)
        {
            Assert.Equal(2, reopened.Story.Count);
            Assert.Equal(18, reopened.Torn?.Bytes);
            Assert.Equal("{\"v\":1,\"seq\":3,\"to", File.ReadAllText(Events("run_1") + ".quarantine"));
            Assert.Equal(3, (await reopened.Journal.WriteAsync(stories.Ended("failed", "interrupted"), default)).Seq);
        }
        Assert.Equal(3, JournalReader.Read(Events("run_1")).Count());
        var again = await RunJournal.ReopenAsync(stories.RunFolder("run_1"), stories.Clock, [stories.Audit()], [], default);
        using (again.Journal) await Assert.ThrowsAsync<InvalidOperationException>(async () => await again.Journal.WriteAsync(Stories.Call("c2"), default));
        stories.Close();
        Assert.Equal(0, stories.Verify("run_1").ExitCode);
    }

    [Fact]
    public async Task A_run_that_died_before_its_first_line_has_no_story()
    {
        stories.NewJournal("run_1").Dispose();
        File.AppendAllText(Events("run_1"), "{\"v\"");
        var reopened = await RunJournal.ReopenAsync(stories.RunFolder("run_1"), stories.Clock, [stories.Audit()], [], default);
        using (reopened.Journal) Assert.Empty(reopened.Story);
    }

    [Fact]
    public async Task The_reader_names_the_line_that_is_wrong_and_forgives_only_a_torn_end()
    {
        await stories.RunAsync("run_1", 2);
        var lines = File.ReadAllLines(Events("run_1"));
        File.WriteAllText(Events("run_1"), string.Join("\n", lines) + "\n{\"v\"");
        (long Offset, long Bytes) torn = default;
        Assert.Equal(lines.Length, JournalReader.Read(Events("run_1"), (offset, bytes) => torn = (offset, bytes)).Count());
        Assert.Equal(4, torn.Bytes);

        File.WriteAllLines(Events("run_1"), lines[..3].Concat(lines[4..]));
        var broken = Assert.Throws<ChainBrokenException>(() => JournalReader.Read(Events("run_1")).Count());
        Assert.Equal(4, broken.Line);
        await Assert.ThrowsAsync<ChainBrokenException>(async () => await RunJournal.ReopenAsync(stories.RunFolder("run_1"), stories.Clock, [], [], default));
    }

    [Fact]
    public void An_event_of_a_newer_program_is_still_shown()
    {
        Directory.CreateDirectory(stories.RunFolder("run_1"));
        File.WriteAllBytes(Events("run_1"), new ChainedLineWriter().Compose(stories.Clock.GetUtcNow(), """{"event":"run.levitated","height":3}"""u8));
        var unknown = Assert.IsType<UnknownEvent>(JournalReader.Read(Events("run_1")).Single().Event);
        Assert.Equal("run.levitated", unknown.Name);
    }

    static List<JournalEntry> Drain(BoundedListener listener)
    {
        var heard = new List<JournalEntry>();
        while (listener.Reader.TryRead(out var entry)) heard.Add(entry);
        return heard;
    }

    sealed class Rude : IJournalListener
    {
        public void Hear(RunCreated run, JournalEntry entry) => throw new InvalidOperationException("rude");
    }

    sealed class CountingWitness : IJournalWitness
    {
        public int Appends, Syncs;
        public bool FailAppend, FailSync;

        public ValueTask<long> AppendAsync(RunCreated run, JournalEntry entry, CancellationToken cancellationToken) =>
            FailAppend ? throw new IOException("full") : new(++Appends);

        public ValueTask SyncAsync(long position, CancellationToken cancellationToken)
        {
            if (FailSync) throw new IOException("lost");
            Syncs++;
            return default;
        }

        public ValueTask CatchUpAsync(RunCreated run, IReadOnlyList<JournalEntry> story, CancellationToken cancellationToken) => default;
    }
}
