using System.Net;
using Microsoft.Extensions.Time.Testing;
using Openclawssy.Gateway.Doors;
using Openclawssy.Gateway.Tokens;
using Xunit;

namespace Openclawssy.Tests.Gateway;

/// <summary>How many tokens can be tried (S24).</summary>
public sealed class GuessLimitTests
{
    readonly FakeTimeProvider clock = new();

    /// <summary>Tries different wrong tokens and counts those that were looked at.</summary>
    static int Looked(GuessLimit limit, Func<int, IPAddress> from, int tries, int seed = 0)
    {
        var looked = 0;
        for (var i = 0; i < tries; i++)
            limit.TryAdmit<object>(from(i), $"wrong {seed} {i}", () => { looked++; return null; }, out _, out _);
        return looked;
    }

    static bool Right(GuessLimit limit, IPAddress from) => limit.TryAdmit(from, "right", () => "somebody", out _, out _);

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("::1")]
    [InlineData("::ffff:127.0.0.1")]
    [InlineData("203.0.113.7")]
    [InlineData("2001:db8::1")]
    public void No_address_is_exempt(string address)
    {
        var limit = new GuessLimit(clock);
        Assert.Equal(GuessLimit.FromOne, Looked(limit, _ => IPAddress.Parse(address), 1000));
        // Who waits is not looked at, right or wrong: else guessing would go on.
        Assert.False(Right(limit, IPAddress.Parse(address)));
        clock.Advance(GuessLimit.Window);
        Assert.True(Right(limit, IPAddress.Parse(address)));
        Assert.Equal(GuessLimit.FromOne, Looked(limit, _ => IPAddress.Parse(address), 1000, seed: 1));
    }

    [Fact]
    public void A_host_has_one_budget_however_its_address_is_written()
    {
        var spellings = new[] { "127.0.0.1", "::1", "::ffff:127.0.0.1", "127.0.0.2", "::ffff:127.9.9.9" }.Select(IPAddress.Parse).ToArray();
        var known = new GuessLimit(clock);
        Assert.True(Right(known, IPAddress.Loopback));
        Assert.Equal(GuessLimit.FromOne, Looked(known, i => spellings[i % spellings.Length], 1000));

        var six = new GuessLimit(clock);
        Assert.True(Right(six, IPAddress.Parse("2001:db8::1")));
        Assert.Equal(GuessLimit.FromOne, Looked(six, i => IPAddress.Parse($"2001:db8::{i + 1:x}"), 1000));
        Assert.Equal(IPAddress.Parse("203.0.113.7"), GuessLimit.Canonical(IPAddress.Parse("::ffff:203.0.113.7")));
    }

    [Fact]
    public void Many_addresses_together_have_one_budget_and_do_not_lock_out_who_was_right_before()
    {
        var limit = new GuessLimit(clock);
        Assert.True(Right(limit, IPAddress.Parse("192.0.2.1")));
        Assert.Equal(GuessLimit.FromAll, Looked(limit, i => new(new byte[] { 203, 0, (byte)(i / 256), (byte)i }), 5000));
        Assert.False(Right(limit, IPAddress.Parse("198.51.100.1")));
        Assert.True(Right(limit, IPAddress.Parse("192.0.2.1")));
        // Having been right is no leave to guess.
        Assert.Equal(GuessLimit.FromOne, Looked(limit, _ => IPAddress.Parse("192.0.2.1"), 1000, seed: 1));
    }

    [Fact]
    public void A_client_that_repeats_its_old_token_guesses_once()
    {
        var limit = new GuessLimit(clock);
        var looked = 0;
        for (var i = 0; i < 1000; i++) limit.TryAdmit<object>(IPAddress.Loopback, "old", () => { looked++; return null; }, out _, out _);
        Assert.Equal(1000, looked);
        Assert.True(Right(limit, IPAddress.Loopback));
    }

    [Fact]
    public void A_clock_that_is_set_back_or_forward_changes_nothing()
    {
        var turned = new TurnedClock();
        var limit = new GuessLimit(turned);
        Looked(limit, _ => IPAddress.Loopback, 10);
        turned.Wall = turned.Wall.AddYears(1);
        Assert.Equal(0, Looked(limit, _ => IPAddress.Loopback, 10, seed: 1));
        turned.Wall = turned.Wall.AddYears(-2);
        turned.Passed += GuessLimit.Window;
        Assert.Equal(10, Looked(limit, _ => IPAddress.Loopback, 100, seed: 2));
    }

    sealed class TurnedClock : TimeProvider
    {
        public DateTimeOffset Wall { get; set; } = DateTimeOffset.UnixEpoch;
        public TimeSpan Passed { get; set; }
        public override DateTimeOffset GetUtcNow() => Wall;
        public override long GetTimestamp() => Passed.Ticks;
        public override long TimestampFrequency => TimeSpan.TicksPerSecond;
    }

    // The control asks whether there is room, looks, and counts afterwards, as three steps.
    [Fact]
    public void However_many_come_at_once_no_more_are_looked_at()
    {
        const int Threads = 32;
        var (limit, looked) = (new GuessLimit(clock), 0);
        AtOnce(i =>
        {
            for (var n = 0; n < 50; n++) limit.TryAdmit<object>(IPAddress.Loopback, $"{i} {n}", () => { Interlocked.Increment(ref looked); return null; }, out _, out _);
        });
        Assert.Equal(GuessLimit.FromOne, looked);

        var (wrong, lookedByNaive, gate) = (0, 0, new Lock());
        using var asked = new Barrier(Threads);
        AtOnce(_ =>
        {
            bool room;
            lock (gate) room = wrong < GuessLimit.FromOne;
            asked.SignalAndWait();
            if (!room) return;
            Interlocked.Increment(ref lookedByNaive);
            lock (gate) wrong++;
        });
        Assert.Equal(Threads, lookedByNaive);

        static void AtOnce(Action<int> attempt)
        {
            using var together = new Barrier(Threads);
            var threads = Enumerable.Range(0, Threads).Select(i => new Thread(() =>
            {
                together.SignalAndWait();
                attempt(i);
            })).ToList();
            threads.ForEach(thread => thread.Start());
            threads.ForEach(thread => thread.Join());
        }
    }

    [Fact]
    public async Task Over_HTTP_the_eleventh_token_is_not_looked_at_and_the_audit_says_so()
    {
        var time = new FakeTimeProvider(DateTimeOffset.UtcNow);
        await using var house = await GatewayHouse.OpenAsync(clock: time);
        var statuses = new List<int>();
        for (var i = 0; i < 12; i++)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, "/v1/runs");
            // What else a client says about who it is changes nothing.
            request.Headers.TryAddWithoutValidation("Authorization", $"Bearer wrong-{i}");
            request.Headers.TryAddWithoutValidation("X-Forwarded-For", $"10.0.0.{i}");
            request.Headers.TryAddWithoutValidation("X-Device-Token", GatewayHouse.Token);
            using var answer = await house.Client.SendAsync(request);
            statuses.Add((int)answer.StatusCode);
            if (answer.StatusCode == HttpStatusCode.TooManyRequests) Assert.InRange(answer.Headers.RetryAfter!.Delta!.Value.TotalSeconds, 1, 60);
        }
        Assert.Equal([.. Enumerable.Repeat(401, 10), 429, 429], statuses);
        Assert.Equal(429, (await house.GetAsync("/v1/runs")).Status);
        time.Advance(GuessLimit.Window);
        Assert.Equal(200, (await house.GetAsync("/v1/runs")).Status);
        Assert.Equal(200, (await house.GetAsync("/v1/runs")).Status);

        await house.RestartAsync(time);
        var audit = string.Concat(Directory.GetFiles(house.State.Of("audit")).Order().Select(File.ReadAllText));
        Assert.Equal((1, 1), (Count(audit, Logins.Locked), Count(audit, Logins.Succeeded)));
        Assert.DoesNotContain("wrong-", audit, StringComparison.Ordinal);
        Assert.DoesNotContain(GatewayHouse.Token, audit, StringComparison.Ordinal);

        static int Count(string text, string word) => text.Split($"\"{word}\"").Length - 1;
    }

    // What decides is a comparison of hashes that takes the same time for each pair: neither the length nor a common beginning of
    // what is presented can show in it. `make campaign` measures it (TokenTimingTests).
    [Fact]
    public void Tokens_are_compared_by_their_hashes_in_constant_time()
    {
        var fields = typeof(BearerToken).GetFields(System.Reflection.BindingFlags.Instance | System.Reflection.BindingFlags.NonPublic | System.Reflection.BindingFlags.Public);
        Assert.Equal([typeof(byte[])], fields.Select(field => field.FieldType));
        var calls = House.CallsOf.Method(typeof(BearerToken).GetMethod(nameof(BearerToken.Accepts))!);
        Assert.Contains("CryptographicOperations.FixedTimeEquals", calls);
        Assert.Contains("SHA256.HashData", calls);
        Assert.DoesNotContain(calls, call => call.Contains("Equals", StringComparison.Ordinal) && call != "CryptographicOperations.FixedTimeEquals" || call.Contains("SequenceEqual", StringComparison.Ordinal) || call.Contains("op_Equality", StringComparison.Ordinal));
        // The control compares texts.
        Assert.Contains("String.op_Equality", House.CallsOf.Method(((Func<string, string, bool>)Naive).Method));

        static bool Naive(string held, string presented) => held == presented;
    }
}
