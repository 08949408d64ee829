using Openclawssy.Discord;
using Xunit;

namespace Openclawssy.Tests.Discord;

public sealed class RouteLimitsTests
{
    /// <summary>A clock somebody sets back an hour in the middle of it; time passes all the same.</summary>
    sealed class SetBack : TimeProvider
    {
        public bool IsBack { get; set; }

        public override DateTimeOffset GetUtcNow() => base.GetUtcNow() - (IsBack ? TimeSpan.FromHours(1) : TimeSpan.Zero);
    }

    [Fact]
    public async Task A_clock_that_is_set_back_closes_nothing()
    {
        var clock = new SetBack();
        var limits = new RouteLimits(clock, TimeSpan.FromMinutes(2));
        // More than fit into a second.
        for (var i = 0; i < 60; i++)
        {
            using var turn = await limits.EnterAsync("POST", $"{i}", isCounted: true, TestContext.Current.CancellationToken);
            clock.IsBack = i > 20;
        }
    }

    [Fact]
    public async Task Whoever_would_wait_too_long_is_sent_away_at_once()
    {
        var limits = new RouteLimits(TimeProvider.System, TimeSpan.FromSeconds(5));
        using (var answer = new HttpResponseMessage())
        using (var turn = await limits.EnterAsync("POST", "1", isCounted: true, TestContext.Current.CancellationToken))
            turn.Learn(answer.Headers, TimeSpan.FromSeconds(60));
        await Assert.ThrowsAsync<DiscordUnavailableException>(() => limits.EnterAsync("POST", "1", isCounted: true, TestContext.Current.CancellationToken).AsTask());
        using var other = await limits.EnterAsync("POST", "2", isCounted: true, TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task A_shorter_refusal_of_everything_does_not_open_what_a_longer_one_closed()
    {
        var limits = new RouteLimits(TimeProvider.System, TimeSpan.FromSeconds(5));
        using var answer = new HttpResponseMessage();
        using (var first = await limits.EnterAsync("POST", "1", isCounted: true, TestContext.Current.CancellationToken))
        using (var second = await limits.EnterAsync("POST", "2", isCounted: true, TestContext.Current.CancellationToken))
        {
            first.Learn(answer.Headers, TimeSpan.FromSeconds(60), isGlobal: true);
            second.Learn(answer.Headers, TimeSpan.FromMilliseconds(1), isGlobal: true);
        }
        await Assert.ThrowsAsync<DiscordUnavailableException>(() => limits.EnterAsync("POST", "3", isCounted: true, TestContext.Current.CancellationToken).AsTask());
    }
}
