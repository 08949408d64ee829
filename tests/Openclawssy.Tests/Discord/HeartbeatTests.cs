using System.Buffers.Binary;
using Openclawssy.Discord;
using Openclawssy.Egress;
using Openclawssy.TestKit;
using Openclawssy.Tests.House;
using Xunit;

namespace Openclawssy.Tests.Discord;

/// <summary>What has to do with chance: a story can only see that it works, not that it is spread.</summary>
public sealed class HeartbeatTests
{
    [Theory]
    [InlineData(0.25, 10_000)]
    [InlineData(0.75, 30_000)]
    public async Task The_first_beat_comes_at_a_random_part_of_the_interval_and_the_others_after_whole_ones(double fraction, int first)
    {
        await using var discord = await FakeDiscord.StartAsync();
        discord.HeartbeatInterval = 40_000;
        using var client = EgressClient.OfSystem(TimeProvider.System);
        var address = new Uri(discord.GatewayUrl + "/?v=10&encoding=json");
        var socket = await client.OpenSocketAsync(address, EgressPolicy.Only(EgressClient.AsHttp(address)).Allow(EgressClient.AsHttp(address)), TestContext.Current.CancellationToken);
        var clock = new SignallingClock();
        using var stopping = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        using var connection = new GatewayConnection(socket, new(FakeDiscord.Token, "the test"), clock, Fixed(fraction));
        var running = connection.RunAsync(null, TimeSpan.FromSeconds(20), static _ => default, stopping.Token);

        Assert.Equal(TimeSpan.FromSeconds(20), await clock.NextWaitAsync());
        Assert.Equal(TimeSpan.FromMilliseconds(first), await clock.NextWaitAsync());
        clock.Advance(TimeSpan.FromMilliseconds(first));
        await discord.UntilAsync(now => now.Heartbeats == 1, TestContext.Current.CancellationToken);
        Assert.Equal(TimeSpan.FromSeconds(40), await clock.NextWaitAsync());
        await stopping.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
    }

    [Fact]
    public void Attempts_are_further_and_further_apart_up_to_a_limit_and_never_at_the_same_time_for_everybody()
    {
        var (first, longest) = (TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(2));
        var (least, most) = (new Backoff(first, longest, Fixed(0)), new Backoff(first, longest, Fixed(0.5)));
        Assert.Equal([0.5, 1, 2, 4, 8], Enumerable.Range(1, 5).Select(failures => least.After(failures).TotalSeconds));
        Assert.Equal([0.75, 1.5, 3, 6, 12], Enumerable.Range(1, 5).Select(failures => most.After(failures).TotalSeconds));
        Assert.Equal((60, 90), (least.After(1000).TotalSeconds, most.After(1000).TotalSeconds));
    }

    static Runtime.Text.Randomness Fixed(double fraction) => bytes => BinaryPrimitives.WriteUInt64LittleEndian(bytes, (ulong)(fraction * Math.Pow(2, 64)));
}
