using Openclawssy.Discord;
using Openclawssy.Index;
using Openclawssy.Runtime.Records;
using Openclawssy.Runtime.Text;
using Xunit;

namespace Openclawssy.Tests.Index;

[System.Runtime.Versioning.SupportedOSPlatform("linux")]
public sealed class OldRunsTests
{
    static string Id(int n) => $"run_{1_780_000_000_000 + n}_{n:x10}";

    [Fact]
    public async Task The_newest_finished_runs_of_each_agent_stay_and_what_goes_is_on_record_first()
    {
        using var house = new IndexHouse();
        using var index = house.Open();
        for (var n = 0; n < 6; n++) await house.WriteWholeAsync(Id(n), "default", index);
        await house.WriteAsync(Id(6), "default", index, IndexHouse.Created(Id(6)), IndexHouse.Started());
        await house.WriteWholeAsync(Id(10), "research", index);
        await house.WriteWholeAsync(Id(11), "research", index, calls: [5, 6]);

        var told = new List<string>();
        Assert.Equal(4, await Old(house, index, keep: 2, (agent, runs) =>
        {
            Assert.All(runs, run => Assert.True(Directory.Exists(house.Archive.FolderOf(new(agent, run)))));
            told.AddRange(runs.Select(run => $"{agent} {run}"));
        }).RemoveAsync(default));
        Assert.Equal([$"default {Id(3)}", $"default {Id(2)}", $"default {Id(1)}", $"default {Id(0)}"], told);
        Assert.Equal([Id(11), Id(10), Id(6), Id(5), Id(4)], (await IndexHouse.AllAsync(index)).Select(run => run.Id.ToString()));
        Assert.Equal([Id(10), Id(11), Id(4), Id(5), Id(6)], house.Archive.All().Select(place => place.Run.ToString()).Order(StringComparer.Ordinal).OrderBy(run => run == Id(10) || run == Id(11) ? 0 : 1));
        Assert.Equal(0, await Old(house, index, keep: 2, (_, _) => Assert.Fail("nothing is left to remove")).RemoveAsync(default));
    }

    [Fact]
    public async Task A_run_that_was_altered_stays_as_evidence()
    {
        using var house = new IndexHouse();
        using var index = house.Open();
        for (var n = 0; n < 3; n++) await house.WriteWholeAsync(Id(n), "default", index);
        var journal = Path.Combine(house.Archive.FolderOf(new(AgentId.Parse("default"), RunId.Parse(Id(0)))), "events.jsonl");
        await File.WriteAllTextAsync(journal, (await File.ReadAllTextAsync(journal, TestContext.Current.CancellationToken)).Replace("hello", "hullo", StringComparison.Ordinal), TestContext.Current.CancellationToken);
        Assert.Equal(1, await Old(house, index, keep: 1, static (_, _) => { }).RemoveAsync(default));
        Assert.True(File.Exists(journal));
    }

    [Fact]
    public async Task What_could_not_be_recorded_is_not_removed()
    {
        using var house = new IndexHouse();
        using var index = house.Open();
        for (var n = 0; n < 3; n++) await house.WriteWholeAsync(Id(n), "default", index);
        await Assert.ThrowsAsync<IOException>(() => Old(house, index, keep: 1, static (_, _) => throw new IOException("the disk is full")).RemoveAsync(default));
        Assert.Equal(3, house.Archive.All().Count());
    }

    [Fact]
    public async Task What_an_interrupted_removal_left_is_taken_away()
    {
        using var house = new IndexHouse();
        using var index = house.Open();
        await house.WriteWholeAsync(Id(0), "default", index);
        var left = Path.Combine(house.State.Path, "agents", "default", "runs", $".removing-{Id(9)}");
        Directory.CreateDirectory(left);
        await File.WriteAllTextAsync(Path.Combine(left, "events.jsonl"), "half", TestContext.Current.CancellationToken);
        Assert.Equal(0, await Old(house, index, keep: 5, static (_, _) => { }).RemoveAsync(default));
        Assert.False(Directory.Exists(left));
    }

    [Fact]
    public async Task A_run_whose_answer_is_owed_stays_until_it_arrived() => Assert.Equal(("1 2 4", "4"), await StayingAsync(OwedRuns.Now));

    // The control thinks of no answer, or of one ledger alone.
    [Fact]
    public async Task Who_forgets_what_is_owed_is_caught()
    {
        Assert.NotEqual("1 2 4", (await StayingAsync((_, _) => new HashSet<RunId>())).Owed);
        Assert.NotEqual("1 2 4", (await StayingAsync((due, _) => due.Owed().ToHashSet())).Owed);
        Assert.NotEqual("1 2 4", (await StayingAsync((_, ledger) => DiscordLedger.RunsOwedIn(ledger).ToHashSet())).Owed);
    }

    // A job's answer that waits to be taken over, and one on its way through Discord.
    static async Task<(string Owed, string Arrived)> StayingAsync(Func<IDeliveries, string, IReadOnlySet<RunId>> owed)
    {
        using var house = new IndexHouse();
        using var index = house.Open();
        var (due, path) = (new Deliveries(new(new(house.State, null))), DiscordLedger.PathIn(house.State.Of("discord")));
        using var ledger = new DiscordLedger(path);
        for (var n = 0; n < 5; n++) await house.WriteWholeAsync(Id(n), "default", index);
        due.Put(new(RunId.Parse(Id(1)), "discord", "201", "100", null));
        await ledger.PutAsync(new("7", "100", "201", OwedFor.Message, RunId.Parse(Id(2))));
        var before = await LeftAsync();
        due.Confirm(RunId.Parse(Id(1)));
        await ledger.DoneAsync("7");
        return (before, await LeftAsync());

        async Task<string> LeftAsync()
        {
            await Old(house, index, keep: 1, static (_, _) => { }, () => owed(due, path)).RemoveAsync(default);
            return string.Join(' ', Enumerable.Range(0, 5).Where(n => house.Archive.All().Any(place => place.Run.ToString() == Id(n))));
        }
    }

    [Fact]
    public async Task Where_nobody_knows_what_is_owed_nothing_is_removed()
    {
        using var house = new IndexHouse();
        using var index = house.Open();
        for (var n = 0; n < 3; n++) await house.WriteWholeAsync(Id(n), "default", index);
        await Assert.ThrowsAsync<IOException>(() => Old(house, index, keep: 1, static (_, _) => Assert.Fail("it removes"), () => throw new IOException("unreadable")).RemoveAsync(default));
        Assert.Equal(3, house.Archive.All().Count());
    }

    static OldRuns Old(IndexHouse house, RunIndex index, int keep, Action<AgentId, IReadOnlyList<RunId>> record, Func<IReadOnlySet<RunId>>? owed = null) =>
        new(house.State.Path, index, house.Archive, keep, owed ?? (static () => new HashSet<RunId>()), record);
}
