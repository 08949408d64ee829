using CsCheck;
using Microsoft.Extensions.Time.Testing;
using Openclawssy.Runtime.Channels;
using Xunit;

namespace Openclawssy.Tests.Channels;

public sealed class ChatLimitsTests
{
    readonly FakeTimeProvider clock = new();
    ChatLimits Limits => field ??= new(clock);

    [Fact]
    public void The_message_after_the_limit_waits_until_the_first_one_is_a_minute_old()
    {
        Assert.Null(Limits.Admit("t", "ann", 2, 100));
        clock.Advance(TimeSpan.FromSeconds(10));
        Assert.Null(Limits.Admit("t", "ann", 2, 100));
        clock.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal(("sender", TimeSpan.FromSeconds(40)), Limits.Admit("t", "ann", 2, 100));
        clock.Advance(TimeSpan.FromSeconds(40) - TimeSpan.FromTicks(1));
        Assert.Equal(("sender", TimeSpan.FromMilliseconds(1)), Limits.Admit("t", "ann", 2, 100));
        clock.Advance(TimeSpan.FromTicks(1));
        Assert.Null(Limits.Admit("t", "ann", 2, 100));
        Assert.Equal("sender", Limits.Admit("t", "ann", 2, 100)!.Value.Scope);
    }

    [Fact]
    public void Senders_and_tokens_are_counted_apart_and_all_are_counted_together()
    {
        Assert.Null(Limits.Admit("t", "ann", 1, 3));
        Assert.Null(Limits.Admit("t", "bob", 1, 3));
        Assert.Null(Limits.Admit("u", "ann", 1, 3));
        Assert.Equal("sender", Limits.Admit("t", "ann", 1, 3)!.Value.Scope);
        Assert.Equal(("global", TimeSpan.FromSeconds(60)), Limits.Admit("t", "cem", 1, 3));
    }

    [Fact]
    public void A_refused_message_costs_nothing()
    {
        Assert.Null(Limits.Admit("t", "ann", 1, 1));
        clock.Advance(TimeSpan.FromSeconds(30));
        for (var i = 0; i < 50; i++) Assert.NotNull(Limits.Admit("t", "ann", 1, 1));
        for (var i = 0; i < 50; i++) Assert.Equal("global", Limits.Admit("t", "bob", 1, 1)!.Value.Scope);
        clock.Advance(TimeSpan.FromSeconds(30));
        Assert.Null(Limits.Admit("t", "bob", 1, 1));
    }

    [Theory]
    [InlineData("ANN")]
    [InlineData(" ann\t")]
    public void One_name_in_another_spelling_is_no_new_sender(string spelled)
    {
        Assert.Null(Limits.Admit("t", "ann", 1, 100));
        Assert.Equal("sender", Limits.Admit("t", spelled, 1, 100)!.Value.Scope);
    }

    [Fact]
    public void A_limit_that_was_lowered_holds_at_once()
    {
        for (var i = 0; i < 5; i++)
        {
            Assert.Null(Limits.Admit("t", "ann", 5, 100));
            clock.Advance(TimeSpan.FromSeconds(1));
        }
        // Four of the five have to be a minute old.
        Assert.Equal(("sender", TimeSpan.FromSeconds(59)), Limits.Admit("t", "ann", 1, 100));
    }

    [Fact]
    public void What_it_remembers_is_bounded_and_goes_with_time()
    {
        var limits = new ChatLimits(clock, maxSenders: 10);
        for (var i = 0; i < 1000; i++) limits.Admit("t", $"user {i}", 1, 1_000_000);
        Assert.Equal(10, limits.Remembered);
        // The ones that wrote last are the ones that are remembered.
        Assert.NotNull(limits.Admit("t", "user 999", 1, 1_000_000));
        clock.Advance(ChatLimits.Window);
        Assert.Null(limits.Admit("t", "somebody", 1, 1_000_000));
        Assert.Equal(1, limits.Remembered);
    }

    delegate bool Limiter(string user, string room);

    /// <summary>True when some minute lets more through than the limit, or a message is refused that fits.</summary>
    bool IsWrong(Func<Limiter> make, int limit)
    {
        var wrong = false;
        Gen.Select(Gen.Int[0, 2], Gen.Int[0, 2], Gen.Int[0, 30]).Array[1, 60].Sample(messages =>
        {
            var limiter = make();
            var passed = new List<(int User, long At)>();
            var now = 0L;
            foreach (var (user, room, pause) in messages)
            {
                clock.Advance(TimeSpan.FromSeconds(pause));
                now += pause;
                var fits = passed.Count(one => one.User == user && now - one.At < 60) < limit;
                if (limiter($"user {user}", $"room {room}") != fits) wrong = true;
                if (fits) passed.Add((user, now));
            }
        }, iter: 300, threads: 1);
        return wrong;
    }

    [Fact]
    public void No_minute_lets_more_through_than_the_limit_and_none_lets_less() => Assert.False(IsWrong(() =>
    {
        var limits = new ChatLimits(clock);
        return (user, _) => limits.Admit("t", user, 3, 1_000_000) is null;
    }, 3));

    // The controls: a budget for each room, and one that is filled up at each full minute.
    [Fact]
    public void Limiters_that_can_be_evaded_are_caught()
    {
        Assert.True(IsWrong(() =>
        {
            var limits = new ChatLimits(clock);
            return (user, room) => limits.Admit("t", user + room, 3, 1_000_000) is null;
        }, 3));
        Assert.True(IsWrong(() =>
        {
            var counts = new Dictionary<(string, long), int>();
            return (user, _) => (counts[(user, clock.GetUtcNow().ToUnixTimeSeconds() / 60)] = counts.GetValueOrDefault((user, clock.GetUtcNow().ToUnixTimeSeconds() / 60)) + 1) <= 3;
        }, 3));
    }
}
