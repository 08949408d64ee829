using Openclawssy.Discord;
using Openclawssy.Runtime.Records;
using Openclawssy.Runtime.Text;
using Openclawssy.TestKit;
using Xunit;

namespace Openclawssy.Tests.Discord;

public sealed class OwedRunsTests : IDisposable
{
    static readonly RunId run = RunId.Parse("run_1");

    readonly TempFolder folder = new();
    public void Dispose() => folder.Dispose();

    string File => DiscordLedger.PathIn(folder["discord"]);

    [Fact]
    public async Task What_the_channel_owes_is_read_while_it_is_on_and_while_it_is_off()
    {
        Assert.Empty(OwedRuns.Now(new None(), File));
        using (var ledger = new DiscordLedger(File))
        {
            await ledger.PutAsync(new("1", "100", "201", OwedFor.Message, run));
            await ledger.PutAsync(new("2", "100", "201", OwedFor.Command));
            Assert.Equal(run, Assert.Single(OwedRuns.Now(new None(), File)));
        }
        var content = await System.IO.File.ReadAllBytesAsync(File, TestContext.Current.CancellationToken);
        Assert.Equal(run, Assert.Single(OwedRuns.Now(new None(), File)));
        Assert.Equal(content, await System.IO.File.ReadAllBytesAsync(File, TestContext.Current.CancellationToken));
        using (var ledger = new DiscordLedger(File)) await ledger.DoneAsync("1");
        Assert.Empty(OwedRuns.Now(new None(), File));
    }

    [Fact]
    public void A_row_that_is_taken_over_meanwhile_is_seen()
    {
        using var ledger = new DiscordLedger(File);
        Assert.Equal(run, Assert.Single(OwedRuns.Now(new TakenOver(ledger), File)));
    }

    // The control asks the other way round, and sees the row in neither.
    [Fact]
    public void Who_asks_the_other_way_round_is_caught()
    {
        using var ledger = new DiscordLedger(File);
        var first = DiscordLedger.RunsOwedIn(File);
        Assert.Empty(first.Concat(new TakenOver(ledger).Owed()));
    }

    class None : IDeliveries
    {
        public void Put(Delivery delivery) => throw new NotSupportedException();
        public IReadOnlyList<Delivery> Pending(string channel, int limit) => throw new NotSupportedException();
        public void Confirm(RunId run) => throw new NotSupportedException();
        public virtual IReadOnlyList<RunId> Owed() => [];
    }

    /// <summary>Its one row goes to the channel at the moment somebody asks.</summary>
    sealed class TakenOver(DiscordLedger ledger) : None
    {
        public override IReadOnlyList<RunId> Owed()
        {
            ledger.PutAsync(new("job1", "100", "201", OwedFor.Job, run)).AsTask().GetAwaiter().GetResult();
            return [];
        }
    }
}
