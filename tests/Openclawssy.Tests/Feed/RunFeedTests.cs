using System.Text.Json;
using CsCheck;
using Openclawssy.Runtime.Config;
using Openclawssy.Runtime.Feed;
using Openclawssy.Runtime.Journal;
using Openclawssy.Runtime.Policy;
using Openclawssy.Runtime.Text;
using Openclawssy.TestKit;
using Openclawssy.Tests.Journal;
using Xunit;

namespace Openclawssy.Tests.Feed;

[Collection(MeasuresMemory.Name)]
public sealed class RunFeedTests(ITestOutputHelper output) : IDisposable
{
    readonly FeedHouse house = new();
    public void Dispose() => house.Dispose();

    static string Field(FeedEvent shown, string name)
    {
        using var json = JsonDocument.Parse(shown.Json);
        return json.RootElement.TryGetProperty(name, out var value) ? value.ToString() : "";
    }

    /// <summary>What somebody who appends has in the end: every partial text, and the rest that the final one brings.</summary>
    static string Appended(IEnumerable<FeedEvent> events) =>
        string.Concat(events.Where(e => e.Type == FeedTypes.ModelText).Select(e => Field(e, Field(e, "partial") == "True" ? "text" : "rest")));

    [Fact]
    public async Task From_every_last_id_exactly_the_rest_follows()
    {
        var words = new[] { "the ", "password", " = ", "hunter22secret", "\n", "ghp_16C7e42F292c", "6912E7710c838347Ae178B4a", " key ", "point is\n", "-----BEGIN PRIVATE KEY-----\n", "MIIEpAIBAAKCAQEA7bq1k9sX2Qm4v8Zt0Lw3", "\n-----END", "é", "😀" };
        var stories = new List<string[]>();
        Gen.Int[0, words.Length - 1].Array[0, 12].Sample(picked => stories.Add([.. picked.Select(i => words[i])]), iter: Campaign.Scale(12, 300), threads: 1);
        foreach (var (number, pieces) in stories.Index())
        {
            var run = $"run_{number}";
            using (var journal = house.Journal(run)) await FeedHouse.SayAsync(journal, run, pieces);
            var all = await house.AllAsync(run);
            var whole = Redactor.Redact(string.Concat(pieces)).Text;
            Assert.Equal(whole, Appended(all));
            Assert.Equal(whole, Field(all[^1], "output"));
            Assert.Equal(all.Select(e => e.Id).Distinct().Order(), all.Select(e => e.Id));
            for (var after = 0L; after <= all[^1].Id + 1; after++)
            {
                var rest = await house.AllAsync(run, after);
                Assert.Equal(all.Where(e => e.Id > after || e.IsTerminal), rest);
                Assert.Equal(whole, Appended(all.Where(e => e.Id <= after).Concat(rest.Where(e => e.Id > after))));
            }
        }
    }

    [Fact]
    public async Task A_run_has_begun_when_its_first_line_is_there()
    {
        var run = Runtime.Text.RunId.Parse("run_1");
        Assert.False(house.Feed().HasBegun(run));
        using var journal = house.Journal("run_1");
        Assert.False(house.Feed().HasBegun(run));
        await journal.WriteAsync(Stories.Created("run_1"), default);
        Assert.True(house.Feed().HasBegun(run));
    }

    [Fact]
    public async Task A_slow_reader_of_a_tiny_queue_loses_nothing_and_sees_nothing_twice()
    {
        using var live = house.Live.Begin();
        var tiny = new BoundedListener(1);
        using var journal = house.Journal("run_1", [live, tiny]);
        await journal.WriteAsync(Stories.Created("run_1"), default);
        await using var events = house.Follow("run_1", queue: 1);
        Assert.True(await events.MoveNextAsync());
        var seen = new List<FeedEvent> { events.Current };

        for (var i = 0; i < 300; i++)
        {
            await journal.WriteAsync(new ModelText(1, $"word{i} {new string('x', 500)} "), default);
            if (i % 100 != 50) continue;
            Assert.True(await events.MoveNextAsync());
            seen.Add(events.Current);
        }
        await journal.WriteAsync(FeedHouse.Completed(), default);
        while (await events.MoveNextAsync()) seen.Add(events.Current);

        Assert.Equal(await house.AllAsync("run_1"), seen);
        Assert.Equal(302, seen.Count);
        // The control that reads the queue alone.
        tiny.Complete();
        Assert.Single(await tiny.Reader.ReadAllAsync(TestContext.Current.CancellationToken).ToListAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Whoever_comes_in_the_middle_of_a_run_misses_nothing()
    {
        using var live = house.Live.Begin();
        using var journal = house.Journal("run_1", [live]);
        await journal.WriteAsync(Stories.Created("run_1"), default);
        var followers = new List<Task<List<FeedEvent>>>();
        for (var i = 0; i < 60; i++)
        {
            followers.Add(Task.Run(() => house.AllAsync("run_1"), TestContext.Current.CancellationToken));
            for (var j = 0; j < 5; j++) await journal.WriteAsync(new ModelText(1, $"word{i} "), default);
        }
        await journal.WriteAsync(FeedHouse.Completed(), default);
        var whole = await house.AllAsync("run_1");
        foreach (var seen in await Task.WhenAll(followers)) Assert.Equal(whole, seen);
    }

    [Fact]
    public async Task A_run_of_another_process_is_followed_through_its_file()
    {
        using var journal = house.Journal("run_1");
        await journal.WriteAsync(Stories.Created("run_1"), default);
        await using var events = house.Follow("run_1");
        Assert.Equal(1, (await house.NextAsync(events))!.Id);
        for (var i = 2; i < 20; i++)
        {
            var next = house.NextAsync(events);
            await journal.WriteAsync(Stories.Call($"c{i}"), default);
            Assert.Equal(i, (await next)!.Id);
        }
        await journal.WriteAsync(FeedHouse.Completed(), default);
        Assert.Equal(FeedTypes.Completed, (await house.NextAsync(events))!.Type);
        Assert.Null(await house.NextAsync(events));
    }

    [Fact]
    public async Task The_end_is_told_when_it_is_stored_and_not_before()
    {
        using var live = house.Live.Begin();
        var witness = new Gate();
        using var journal = house.Journal("run_1", [live], [witness]);
        await journal.WriteAsync(Stories.Created("run_1"), default);
        await using var early = house.Follow("run_1");
        Assert.True(await early.MoveNextAsync());

        witness.Open = new();
        var writing = journal.WriteAsync(FeedHouse.Completed(), default).AsTask();
        await using var late = house.Follow("run_1");
        Assert.True(await late.MoveNextAsync());
        var (first, second) = (early.MoveNextAsync().AsTask(), late.MoveNextAsync().AsTask());
        // The control that believes the file would tell it now.
        Assert.IsType<RunEnded>(JournalReader.Read(house.FileOf("run_1")).Last().Event);
        house.Clock.Advance(TimeSpan.FromMinutes(1));
        Assert.False(writing.IsCompleted || first.IsCompleted || second.IsCompleted);

        witness.Open.SetResult();
        await writing;
        Assert.True(await first && await second);
        Assert.Equal((FeedTypes.Completed, FeedTypes.Completed), (early.Current.Type, late.Current.Type));
        Assert.False(await early.MoveNextAsync() || await late.MoveNextAsync());
    }

    [Fact]
    public async Task An_end_that_could_not_be_stored_is_never_told_as_one()
    {
        var live = house.Live.Begin();
        var witness = new Gate();
        using var journal = house.Journal("run_1", [live], [witness]);
        await journal.WriteAsync(Stories.Created("run_1"), default);
        await using var early = house.Follow("run_1");
        Assert.True(await early.MoveNextAsync());
        witness.Broken = true;
        await Assert.ThrowsAsync<AuditLostException>(async () => await journal.WriteAsync(FeedHouse.Completed(), default));
        live.Dispose();

        Assert.Equal(FeedException.EndNotStored, (await Assert.ThrowsAsync<FeedException>(async () => await early.MoveNextAsync())).Code);
        await using var late = house.Follow("run_1");
        Assert.Equal(1, (await house.NextAsync(late))!.Id);
        Assert.Equal(FeedException.EndNotStored, (await Assert.ThrowsAsync<FeedException>(() => house.NextAsync(late))).Code);
    }

    [Fact]
    public async Task A_run_whose_process_died_ends_when_the_next_start_closes_it()
    {
        using (var journal = house.Journal("run_1")) await journal.WriteAsync(Stories.Created("run_1"), default);
        File.AppendAllText(house.FileOf("run_1"), "{\"v\":1,\"seq\":2,\"ts\":\"torn");
        await using var events = house.Follow("run_1");
        Assert.Equal(1, (await house.NextAsync(events))!.Id);
        var next = events.MoveNextAsync().AsTask();
        for (var i = 0; i < 20; i++)
        {
            house.Clock.Advance(RunFeed.PollInterval);
            await Task.Yield();
        }
        Assert.False(next.IsCompleted);
        Assert.True(house.Feed().IsAbandoned(RunId.Parse("run_1")));

        var reopened = await RunJournal.ReopenAsync(house.FolderOf("run_1"), house.Clock, [], [], TestContext.Current.CancellationToken);
        using (reopened.Journal) await reopened.Journal.WriteAsync(FeedHouse.Completed() with { State = "failed", Reason = "interrupted" }, default);
        while (!next.IsCompleted)
        {
            house.Clock.Advance(RunFeed.PollInterval);
            await Task.Yield();
        }
        Assert.True(await next);
        Assert.Equal((FeedTypes.Failed, "interrupted"), (events.Current.Type, Field(events.Current, "reason")));
        Assert.False(house.Feed().IsAbandoned(RunId.Parse("run_1")));
    }

    [Fact]
    public async Task A_follower_stops_when_it_is_cancelled()
    {
        using var live = house.Live.Begin();
        using var here = house.Journal("run_1", [live]);
        using var elsewhere = house.Journal("run_2");
        await here.WriteAsync(Stories.Created("run_1"), default);
        await elsewhere.WriteAsync(Stories.Created("run_2"), default);
        foreach (var run in new[] { "run_1", "run_2" })
        {
            using var stop = new CancellationTokenSource();
            await using var events = house.Follow(run, cancellationToken: stop.Token);
            Assert.True(await events.MoveNextAsync());
            var next = events.MoveNextAsync().AsTask();
            await stop.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => next);
        }
    }

    [Fact]
    public void A_run_that_does_not_exist_is_refused_at_once()
    {
        var refused = Assert.Throws<FeedException>(() => { house.Feed().FollowAsync(RunId.Parse("run_9"), 0, ThinkingMode.Never, default); });
        Assert.Equal(FeedException.RunNotFound, refused.Code);
        Assert.Throws<ArgumentOutOfRangeException>(() => { house.Feed().FollowAsync(RunId.Parse("run_9"), -1, ThinkingMode.Never, default); });
    }

    [Fact]
    public async Task A_thousand_followers_of_one_run_all_see_all_of_it()
    {
        const int Followers = 1000;
        using var live = house.Live.Begin();
        using var journal = house.Journal("run_1", [live]);
        await journal.WriteAsync(Stories.Created("run_1"), default);
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var followers = new List<IAsyncEnumerator<FeedEvent>>();
        for (var i = 0; i < Followers; i++)
        {
            var events = house.Follow("run_1");
            Assert.True(await events.MoveNextAsync());
            followers.Add(events);
        }
        for (var i = 0; i < 200; i++) await journal.WriteAsync(new ModelText(1, $"{new string('x', 1000)} "), default);
        var waiting = (GC.GetTotalMemory(forceFullCollection: true) - before) / Followers;
        await journal.WriteAsync(FeedHouse.Completed(), default);

        var counts = await Task.WhenAll(followers.Select(async events =>
        {
            var count = 0;
            while (await events.MoveNextAsync()) count++;
            await events.DisposeAsync();
            return count;
        }));
        output.WriteLine($"{waiting} bytes for each stalled follower with a full queue");
        Assert.All(counts, count => Assert.Equal(201, count));
        // What earlier tests left may be freed meanwhile, so that there is no lower bound.
        Assert.True(waiting <= 32 * 1024);
    }

    /// <summary>A witness whose disk is as slow, or as broken, as a test wants.</summary>
    sealed class Gate : IJournalWitness
    {
        public TaskCompletionSource? Open { get; set; }
        public bool Broken { get; set; }

        public ValueTask<long> AppendAsync(RunCreated run, JournalEntry entry, CancellationToken cancellationToken) => new(entry.Seq);

        public async ValueTask SyncAsync(long position, CancellationToken cancellationToken)
        {
            if (Broken) throw new IOException("the disk is gone");
            if (Open is { } open) await open.Task;
        }

        public ValueTask CatchUpAsync(RunCreated run, IReadOnlyList<JournalEntry> story, CancellationToken cancellationToken) => default;
    }
}

/// <summary>Alone, because the memory of a process is counted for all its tests together.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public static class MeasuresMemory
{
    public const string Name = "measures memory";
}
