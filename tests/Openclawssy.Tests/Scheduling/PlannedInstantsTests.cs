using Microsoft.Data.Sqlite;
using Openclawssy.Index;
using Openclawssy.Runtime.Records;
using Openclawssy.Runtime.Scheduling;
using Openclawssy.Runtime.Text;
using Xunit;

namespace Openclawssy.Tests.Scheduling;

/// <summary>The ledgers in <c>state.db</c>.</summary>
public sealed class PlannedInstantsTests : IDisposable
{
    static readonly JobId A = JobId.Parse("a"), B = JobId.Parse("b");
    static readonly DateTimeOffset Noon = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    readonly JobHouse house = new();
    public void Dispose() => house.Dispose();

    LedgerFile File => new(new(house.State, null));

    [Fact]
    public void An_instant_is_claimed_once()
    {
        Assert.True(house.Ledger.TryClaim(A, Noon));
        Assert.False(house.Ledger.TryClaim(A, Noon));
        Assert.False(new PlannedInstants(File).TryClaim(A, Noon));
        Assert.True(house.Ledger.TryClaim(A, Noon.AddTicks(1)));
        Assert.True(house.Ledger.TryClaim(B, Noon));
    }

    [Fact]
    public void What_was_put_back_may_be_claimed_again_and_what_was_settled_may_not()
    {
        house.Ledger.TryClaim(A, Noon);
        house.Ledger.PutBack(A, Noon);
        Assert.Equal([new(A, Noon, true)], house.Ledger.Open());
        Assert.True(house.Ledger.TryClaim(A, Noon));
        Assert.Equal([new(A, Noon, false)], house.Ledger.Open());
        house.Ledger.Settle(A, Noon, RunId.Parse("run_1"));
        house.Ledger.PutBack(A, Noon);
        Assert.Empty(house.Ledger.Open());
        Assert.False(house.Ledger.TryClaim(A, Noon));
    }

    [Fact]
    public async Task Ledgers_stay_when_the_index_is_made_anew()
    {
        house.Ledger.TryClaim(A, Noon);
        var deliveries = new Deliveries(File);
        deliveries.Put(new(RunId.Parse("run_1"), "discord", "u", "r", null));
        using (var connection = new SqliteConnection($"Data Source={house.DatabasePath};Pooling=False"))
        {
            connection.Open();
            // As a program with other tables of the index would find it.
            connection.Do("PRAGMA user_version=99");
        }
        using (var index = new RunIndex(new(house.State, null), new(house.State.Path), "boot-1", TimeProvider.System, problem => throw problem))
            Assert.Empty((await index.ListAsync(new(), 10, 0, TestContext.Current.CancellationToken)).Runs);
        Assert.False(house.Ledger.TryClaim(A, Noon));
        Assert.Single(deliveries.Pending("discord", 10));
    }

    [Fact]
    public void A_broken_file_is_an_error_and_no_empty_ledger()
    {
        house.Ledger.TryClaim(A, Noon);
        System.IO.File.WriteAllText(house.DatabasePath, new string('x', 10_000));
        System.IO.File.Delete(house.DatabasePath + "-wal");
        System.IO.File.Delete(house.DatabasePath + "-shm");
        Assert.Throws<IOException>(() => house.Ledger.TryClaim(A, Noon));
        Assert.Throws<IOException>(() => house.Ledger.Open());
    }

    [Fact]
    public void A_ledger_of_a_newer_program_is_left_alone()
    {
        house.Ledger.TryClaim(A, Noon);
        using (var connection = new SqliteConnection($"Data Source={house.DatabasePath};Pooling=False"))
        {
            connection.Open();
            connection.Do("UPDATE ledger SET version=2");
        }
        Assert.Contains("newer", Assert.Throws<IOException>(() => house.Ledger.TryClaim(B, Noon)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Without_the_ledger_the_file_of_jobs_still_knows_what_is_done_with()
    {
        house.Put("a", "@every 1m");
        house.Put("b", "2026-03-01T12:00:30Z");
        var loop = house.Loop();
        loop.Look();
        house.Pass(loop, TimeSpan.FromSeconds(90));
        var before = house.Asked.Count;
        foreach (var end in new[] { "", "-wal", "-shm" }) System.IO.File.Delete(house.DatabasePath + end);
        loop = house.Loop();
        for (var i = 0; i < 3; i++) loop.Look();
        Assert.Equal(before, house.Asked.Count);
    }

    [Fact]
    public void A_delivery_waits_until_it_is_confirmed_and_is_there_once()
    {
        var deliveries = new Deliveries(File);
        for (var i = 1; i <= 3; i++) deliveries.Put(new(RunId.Parse($"run_{i}"), i == 2 ? "dashboard" : "discord", "user \"1\"", "room", i == 1 ? SessionId.Parse("chat_1") : null));
        deliveries.Put(new(RunId.Parse("run_1"), "discord", "somebody else", "room", null));

        Assert.Equal(
            [new(RunId.Parse("run_1"), "discord", "user \"1\"", "room", SessionId.Parse("chat_1")), new(RunId.Parse("run_3"), "discord", "user \"1\"", "room", null)],
            new Deliveries(File).Pending("discord", 10));
        Assert.Single(deliveries.Pending("discord", 1));
        deliveries.Confirm(RunId.Parse("run_1"));
        deliveries.Confirm(RunId.Parse("run_1"));
        Assert.Equal([new(RunId.Parse("run_3"), "discord", "user \"1\"", "room", null)], deliveries.Pending("discord", 10));
    }
}
