using Openclawssy.Runtime.Config;
using Openclawssy.Runtime.Policy;
using Openclawssy.Runtime.Records;
using Openclawssy.Runtime.Text;
using Openclawssy.TestKit;
using Xunit;

namespace Openclawssy.Tests.Discord;

public sealed class JobResultsTests
{
    static Task<DiscordHouse> StartAsync(Due due, Action<DiscordHouse>? arrange = null) => DiscordHouse.StartAsync(house =>
    {
        (house.Runs, house.Deliveries) = (run => run.SayAsync($"report {run.Number}"), due);
        arrange?.Invoke(house);
    });

    static ValueTask<RunId> RunAsync(DiscordHouse house) => house.AcceptAsync(
        new(AgentId.Parse("default"), "report", "scheduler/discord", Authority.Agent(AgentId.Parse("default")), new("user", "scheduler")), TestContext.Current.CancellationToken);

    static Task SaidAsync(DiscordHouse house, params string[] texts) => house.UntilAsync(discord => discord.Messages.Select(said => said.Text).Order().SequenceEqual(texts.Order()));

    [Fact]
    public async Task The_result_is_said_in_its_channel_once_also_when_the_row_stays()
    {
        using var due = new Due { Keeps = true };
        await using var house = await StartAsync(due);
        due.Put(new(await RunAsync(house), "discord", DiscordHouse.Ann, "100", null));
        due.Put(new(RunId.Parse("run_other"), "dashboard", "u", "r", null));
        await SaidAsync(house, "report 0");
        await due.UntilConfirmedAsync(3);
        await house.StopAsync();
        await house.ConnectAsync();
        await due.UntilConfirmedAsync(3);
        Assert.Equal("report 0", Assert.Single(house.Discord.Messages).Text);
        Assert.Single(due.Pending("dashboard", 10));
        house.Discord.AssertClean();
    }

    [Theory]
    [InlineData(DiscordHouse.Bob, "100")]
    [InlineData(DiscordHouse.Ann, "100/../200")]
    [InlineData(DiscordHouse.Ann, "666")]
    [InlineData(DiscordHouse.Ann, "300")]
    [InlineData(DiscordHouse.Ann, "403")]
    public async Task It_goes_only_where_the_lists_allow_it(string user, string channel)
    {
        using var due = new Due();
        await using var house = await StartAsync(due, house =>
        {
            house.Config = house.Config with { Discord = house.Config.Discord with { AllowGuilds = [FakeDiscord.Guild] } };
            (house.Discord.Guilds["666"], house.Discord.Guilds["300"], house.Discord.ForbiddenChannels["403"]) = ("667", null, true);
        });
        due.Put(new(await RunAsync(house), "discord", user, channel, null));
        await due.UntilConfirmedAsync(1);
        Assert.Contains(house.Reported, line => line.StartsWith("the result of run_", StringComparison.Ordinal));
        due.Put(new(await RunAsync(house), "discord", DiscordHouse.Ann, "100", null));
        await SaidAsync(house, "report 1");
    }

    [Fact]
    public async Task It_waits_while_the_channel_is_off()
    {
        using var due = new Due();
        await using var house = await StartAsync(due);
        var config = house.Config;
        house.Config = config with { Discord = config.Discord with { Enabled = false } };
        due.Put(new(await RunAsync(house), "discord", DiscordHouse.Ann, "100", null));
        await due.UntilLookedAtAsync(3);
        Assert.Single(due.Pending("discord", 10));
        house.Config = config;
        await SaidAsync(house, "report 0");
    }

    [Fact]
    public async Task A_channel_that_is_closed_for_long_holds_up_no_other()
    {
        using var due = new Due();
        await using var house = await StartAsync(due);
        house.Discord.Fault = request => request.Path == "/channels/101/messages" ? new(429, RetryAfter: 3600) : null;
        due.Put(new(await RunAsync(house), "discord", DiscordHouse.Ann, "101", null));
        await house.UntilReportedAsync("an answer for channel 101 waits");
        due.Put(new(await RunAsync(house), "discord", DiscordHouse.Ann, "100", null));
        await SaidAsync(house, "report 1");
        await house.UntilReportedAsync("takes no POST /channels/{channel}/messages for another");
    }

    sealed class Due : IDeliveries, IDisposable
    {
        readonly List<Delivery> rows = [];
        readonly SemaphoreSlim confirmed = new(0), looked = new(0);

        /// <summary>Nothing goes away: the disk is full.</summary>
        public bool Keeps { get; init; }

        public void Put(Delivery delivery) { lock (rows) rows.Add(delivery); }

        public IReadOnlyList<Delivery> Pending(string channel, int limit)
        {
            looked.Release();
            lock (rows) return [.. rows.Where(row => row.Channel == channel).Take(limit)];
        }

        public IReadOnlyList<RunId> Owed() { lock (rows) return [.. rows.Select(row => row.Run)]; }

        public void Confirm(RunId run)
        {
            if (!Keeps)
                lock (rows) rows.RemoveAll(row => row.Run == run);
            confirmed.Release();
            if (Keeps) throw new IOException("no space");
        }

        public void Dispose()
        {
            confirmed.Dispose();
            looked.Dispose();
        }

        public Task UntilConfirmedAsync(int times) => UntilAsync(confirmed, times);

        /// <summary>From now on.</summary>
        public Task UntilLookedAtAsync(int times)
        {
            while (looked.Wait(0)) { }
            return UntilAsync(looked, times);
        }

        static async Task UntilAsync(SemaphoreSlim happened, int times)
        {
            for (; times > 0; times--) await happened.WaitAsync(TestContext.Current.CancellationToken);
        }
    }
}
