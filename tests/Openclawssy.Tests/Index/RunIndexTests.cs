using CsCheck;
using Openclawssy.Index;
using Openclawssy.Runtime.Journal;
using Openclawssy.Runtime.Records;
using Openclawssy.Runtime.Storage;
using Openclawssy.Runtime.Text;
using Openclawssy.Runtime.Toolkit;
using Openclawssy.TestKit;
using Xunit;

namespace Openclawssy.Tests.Index;

[System.Runtime.Versioning.SupportedOSPlatform("linux")]
public sealed class RunIndexTests
{
    static string Id(int n) => $"run_{1_780_000_000_000 + n}_{n:x10}";

    static Gen<T> Among<T>(params IReadOnlyList<T> values) => Gen.Int[0, values.Count - 1].Select(i => values[i]);

    /// <summary>A run that got as far as it got: begun, maybe started, some calls, maybe ended.</summary>
    static Gen<IReadOnlyList<RunEvent>> Stories(string run, string agent) =>
        Gen.Select(
            Gen.Bool, Gen.Select(Gen.Int[0, 5_000], Among("fs.read", "fs.write", "time.now"), Gen.Bool).List[0, 6],
            Among<string?>(null, "completed", "failed", "cancelled"), Among<decimal?>(null, 0m, 0.0123m), Gen.String)
            .Select((started, calls, state, cost, message) => (IReadOnlyList<RunEvent>)[
                IndexHouse.Created(run, agent, WellFormed.Of(message)), .. started ? new RunEvent[] { IndexHouse.Started() } : [],
                .. calls.Select((call, i) => IndexHouse.Answered($"c{i}", call.Item1, call.Item2, call.Item3 ? null : "timeout")),
                .. state is null ? Array.Empty<RunEvent>() : [IndexHouse.Ended(state, calls.Count, cost)]]);

    [Fact]
    public async Task An_index_written_along_the_way_and_one_made_from_the_journals_are_the_same() => await Gen
        .Bool.Select(first => first ? "default" : "research").SelectMany(agent => Stories("run_1", agent).Select(story => (agent, story))).List[1, 8]
        .SampleAsync(async stories =>
        {
            using var house = new IndexHouse();
            IReadOnlyList<RunSummary> along;
            RunFigures figures;
            using (var index = house.Open())
            {
                for (var i = 0; i < stories.Count; i++)
                {
                    var (agent, story) = stories[i];
                    await house.WriteAsync(Id(i), agent, index, [((RunCreated)story[0]) with { RunId = Id(i) }, .. story.Skip(1)]);
                }
            }
            using (var settled = house.Open())
            {
                along = await IndexHouse.AllAsync(settled);
                figures = await settled.MeasureAsync(new(), 1000, 0, default);
            }
            File.Delete(house.DatabasePath);
            File.Delete(house.DatabasePath + "-wal");
            File.Delete(house.DatabasePath + "-shm");
            using var rebuilt = house.Open();
            Assert.Equal(stories.Count, along.Count);
            Assert.Equal(along, await IndexHouse.AllAsync(rebuilt));
            var again = await rebuilt.MeasureAsync(new(), 1000, 0, default);
            Assert.Equal(figures.Tools, again.Tools);
            Assert.Equal(figures.Statuses, again.Statuses);
            Assert.Equal(stories.Select((story, i) => (i, story.story.OfType<RunEnded>().FirstOrDefault()?.State ?? (story.story.Any(e => e is RunStarted) ? "running" : "queued"))).OrderByDescending(pair => pair.i).Select(pair => pair.Item2),
                along.Select(line => line.Status));
        }, iter: Campaign.Scale(25, 500), threads: 1);

    [Fact]
    public async Task Beginning_and_end_stand_in_the_index_before_they_are_acknowledged()
    {
        using var house = new IndexHouse();
        using var index = house.Open();
        using var journal = RunJournal.Create(Path.Combine(house.State.Path, "agents", "default", "runs", Id(1)), house.Clock, [new IndexFollower(index)], []);
        await journal.WriteAsync(IndexHouse.Created(Id(1)), default);
        Assert.Equal("queued", Assert.Single(await IndexHouse.AllAsync(index)).Status);
        await journal.WriteAsync(IndexHouse.Ended(), default);
        var run = Assert.Single(await IndexHouse.AllAsync(index));
        Assert.Equal(("completed", 0.25m, 15L, 2), (run.Status, run.CostUsd, run.TotalTokens, run.Turns));
    }

    [Fact]
    public async Task Lists_are_newest_first_in_pages_and_filtered()
    {
        using var house = new IndexHouse();
        using var index = house.Open();
        for (var i = 0; i < 10; i++) await house.WriteWholeAsync(Id(i), i % 2 == 0 ? "default" : "research", index, i == 4 ? "failed" : "completed", i == 6 ? "cli.ask" : "cli.run");
        var page = await index.ListAsync(new(), 3, 2, default);
        Assert.Equal(10, page.Total);
        Assert.Equal([Id(7), Id(6), Id(5)], page.Runs.Select(run => run.Id.ToString()));
        Assert.Equal(5, (await index.ListAsync(new(AgentId.Parse("research")), 50, 0, default)).Total);
        Assert.Equal(Id(4), Assert.Single(await IndexHouse.AllAsync(index, new(Status: "FAILED"))).Id.ToString());
        Assert.Equal(Id(6), Assert.Single(await IndexHouse.AllAsync(index, new(AgentId.Parse("default"), Source: "cli.ask"))).Id.ToString());
        Assert.Empty((await index.ListAsync(new(), 3, 10, default)).Runs);
    }

    [Fact]
    public async Task Figures_are_those_of_the_page_with_nearest_rank_percentiles()
    {
        using var house = new IndexHouse();
        using var index = house.Open();
        await house.WriteWholeAsync(Id(1), "default", index, calls: [9_000]);
        await house.WriteAsync(Id(2), "default", index,
            [IndexHouse.Created(Id(2)), .. Enumerable.Range(1, 20).Select(i => IndexHouse.Answered($"c{i}", i * 10, error: i > 18 ? "timeout" : null)), IndexHouse.Answered("w", 2_000_000, "fs.write"), IndexHouse.Ended(calls: 21)]);
        var figures = await index.MeasureAsync(new(), 1, 0, default);
        Assert.Equal((2L, 1, 1), (figures.Total, figures.Runs, figures.Statuses["completed"]));
        Assert.Equal([new("fs.read", 20, 2, 2_100, 200, 100, 190), new("fs.write", 1, 0, 2_000_000, 2_000_000, 2_000_000, 2_000_000)], figures.Tools);
        Assert.Equal((0.1, 105L), (figures.Tools[0].ErrorRate, figures.Tools[0].AverageMs));
    }

    [Fact]
    public async Task A_late_line_never_replaces_a_younger_one()
    {
        using var house = new IndexHouse();
        using var index = house.Open();
        await house.WriteWholeAsync(Id(1), "default", index);
        var ended = Assert.Single(await IndexHouse.AllAsync(index));
        await index.SettledAsync(index.Put(ended with { Status = "running", Seq = 1 }));
        Assert.Equal(ended, Assert.Single(await IndexHouse.AllAsync(index)));
    }

    [Fact]
    public async Task What_a_power_cut_took_is_brought_in_by_the_machine_s_next_start()
    {
        using var house = new IndexHouse();
        using (var index = house.Open("boot-1")) await house.WriteWholeAsync(Id(1), "default", index);
        // Written without the index, as after a power cut that took the index's last pages.
        await house.WriteWholeAsync(Id(2), "default", null);
        Directory.Delete(Path.Combine(house.State.Path, "agents", "default", "runs", Id(1)), recursive: true);
        using (var same = house.Open("boot-1")) Assert.Equal(Id(1), Assert.Single(await IndexHouse.AllAsync(same)).Id.ToString());
        using var next = house.Open("boot-2");
        Assert.Equal(Id(2), Assert.Single(await IndexHouse.AllAsync(next)).Id.ToString());
    }

    [Fact]
    public async Task A_broken_index_is_moved_aside_and_made_again_from_the_journals()
    {
        using var house = new IndexHouse();
        using (var index = house.Open()) await house.WriteWholeAsync(Id(1), "default", index);
        File.WriteAllText(house.DatabasePath, new string('x', 8192));
        File.Delete(house.DatabasePath + "-wal");
        using (var index = house.Open())
        {
            await house.WriteWholeAsync(Id(2), "default", index);
            Assert.Equal([Id(2), Id(1)], (await IndexHouse.AllAsync(index)).Select(run => run.Id.ToString()));
        }
        Assert.StartsWith("xxx", File.ReadAllText(house.DatabasePath + ".broken"), StringComparison.Ordinal);
        Assert.Empty(house.Behind);
    }

    [Fact]
    public async Task A_broken_index_stays_while_another_process_lives_and_no_run_minds()
    {
        using var house = new IndexHouse();
        File.WriteAllText(house.DatabasePath, new string('x', 8192));
        using (ProcessLock.Create(house.State.ProcessesFolder, "other"))
        {
            using var index = house.Open(process: "mine");
            await house.WriteWholeAsync(Id(1), "default", index);
            await Assert.ThrowsAsync<IndexException>(() => index.ListAsync(new(), 1, 0, default));
            // Told once: the process then leaves its list of runs for the next start.
            Assert.Single(house.Behind);
        }
        Assert.False(File.Exists(house.DatabasePath + ".broken"));
        using var later = house.Open(process: "mine");
        Assert.Single(await IndexHouse.AllAsync(later));
    }

    // The index says of itself that it is complete, and is not: a process that only opened it again would list too little.
    [Fact]
    public async Task A_lost_index_is_tried_again_by_a_read_that_comes_later_and_has_lost_no_run()
    {
        using var house = new IndexHouse();
        using (var before = house.Open()) await house.WriteWholeAsync(Id(1), "default", before, calls: [1]);
        using (var whole = house.Open()) Assert.Single(await IndexHouse.AllAsync(whole));
        var aside = house.DatabasePath + ".aside";
        foreach (var end in new[] { "", "-wal", "-shm" })
            if (File.Exists(house.DatabasePath + end)) File.Move(house.DatabasePath + end, aside + end);
        Directory.CreateDirectory(house.DatabasePath);

        using var index = house.Open();
        await Assert.ThrowsAsync<IndexException>(() => index.ListAsync(new(), 1, 0, default));
        await house.WriteWholeAsync(Id(2), "default", index, calls: [1, 2]);
        await house.WriteAsync(Id(3), "default", index, IndexHouse.Created(Id(3)), IndexHouse.Started());
        Directory.Delete(house.DatabasePath);
        foreach (var end in new[] { "", "-wal", "-shm" })
            if (File.Exists(aside + end)) File.Move(aside + end, house.DatabasePath + end);

        // Not at once: a broken disk must not cost every read its patience.
        house.Clock.Advance(RunIndex.Rest - TimeSpan.FromSeconds(1));
        await Assert.ThrowsAsync<IndexException>(() => index.ListAsync(new(), 1, 0, default));
        // The control: a new look that trusts the file.
        using (var trusting = house.Open()) Assert.Equal([Id(1)], (await IndexHouse.AllAsync(trusting)).Select(run => run.Id.ToString()));

        house.Clock.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal([(Id(3), "running"), (Id(2), "completed"), (Id(1), "completed")], (await IndexHouse.AllAsync(index)).Select(run => (run.Id.ToString(), run.Status)));
        Assert.Equal(3, (await index.MeasureAsync(new(), 1000, 0, default)).Tools.Single().Calls);
        await house.WriteWholeAsync(Id(4), "default", index);
        Assert.Equal(4, (await IndexHouse.AllAsync(index)).Count);
        Assert.Single(house.Behind);
    }

    [Fact]
    public async Task An_index_that_stays_lost_is_tried_once_a_while_by_however_many_readers()
    {
        using var house = new IndexHouse();
        Directory.CreateDirectory(house.DatabasePath);
        using var index = house.Open();
        for (var round = 0; round < 3; round++)
        {
            await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Assert.ThrowsAsync<IndexException>(() => index.ListAsync(new(), 1, 0, default))));
            await house.WriteWholeAsync(Id(round), "default", index);
            house.Clock.Advance(RunIndex.Rest);
        }
        Directory.Delete(house.DatabasePath);
        // Readers and writers at once while it comes back.
        await Task.WhenAll(Enumerable.Range(10, 20).Select(i => house.WriteWholeAsync(Id(i), "default", index)).Concat(Enumerable.Range(0, 8).Select(_ => (Task)IndexHouse.AllAsync(index))));
        Assert.Equal(23, (await IndexHouse.AllAsync(index)).Count);
    }

    [Fact]
    public async Task A_surprise_in_the_writer_is_a_lost_index_that_is_tried_again_too()
    {
        using var house = new IndexHouse();
        Directory.CreateDirectory(house.DatabasePath);
        using var index = new RunIndex(new(house.State, null), house.Archive, "boot-1", house.Clock, _ => throw new InvalidOperationException("a surprise"));
        await Assert.ThrowsAsync<IndexException>(() => index.ListAsync(new(), 1, 0, default));
        await house.WriteWholeAsync(Id(1), "default", index);
        house.Clock.Advance(RunIndex.Rest);
        await Assert.ThrowsAsync<IndexException>(() => index.ListAsync(new(), 1, 0, default));
        Directory.Delete(house.DatabasePath);
        house.Clock.Advance(RunIndex.Rest);
        Assert.Equal(Id(1), Assert.Single(await IndexHouse.AllAsync(index)).Id.ToString());
    }

    [Fact]
    public async Task Two_writers_lose_nothing()
    {
        using var house = new IndexHouse();
        using RunIndex one = house.Open(), other = house.Open();
        await Task.WhenAll(Enumerable.Range(0, 40).Select(i => house.WriteWholeAsync(Id(i), "default", i % 2 == 0 ? one : other, calls: [1, 2])));
        Assert.Equal(40, (await one.ListAsync(new(), 1, 0, default)).Total);
        Assert.Equal(80, (await other.MeasureAsync(new(), 1000, 0, default)).Tools.Single().Calls);
        Assert.Empty(house.Behind);
    }

    [Fact]
    public async Task The_file_is_its_owner_s_alone_and_holds_no_credential()
    {
        using var house = new IndexHouse();
        using (var index = house.Open())
            await house.WriteAsync(Id(1), "default", index, IndexHouse.Created(Id(1), message: new string('m', 190) + " password=hunter22secret9\n" + new string('n', 300)), IndexHouse.Ended());
        Assert.False(OperatingSystem.IsWindows());
        foreach (var path in Directory.EnumerateFiles(house.State.Path, "state.db*"))
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(path));
            Assert.DoesNotContain("hunter22", File.ReadAllText(path), StringComparison.Ordinal);
        }
    }
}
