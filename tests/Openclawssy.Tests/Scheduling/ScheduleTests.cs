using System.Globalization;
using CsCheck;
using Openclawssy.Runtime.Scheduling;
using Xunit;

namespace Openclawssy.Tests.Scheduling;

public sealed class ScheduleTests
{
    static readonly DateTimeOffset Noon = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    static Schedule Parse(string text, string? zone = null) => Schedule.Parse(text, zone, TimeZoneNames.Find);

    static DateTimeOffset At(string text) => DateTimeOffset.Parse(text, CultureInfo.InvariantCulture);

    [Theory]
    [InlineData("1h", 3600)]
    [InlineData("1h30m", 5400)]
    [InlineData("1.5h", 5400)]
    [InlineData("90s", 90)]
    [InlineData(".5m", 30)]
    [InlineData("1500ms", 1.5)]
    [InlineData("1000000us", 1)]
    [InlineData("1000000µs", 1)]
    [InlineData("2000000000ns", 2)]
    [InlineData("168h", 604800)]
    public void An_interval_is_written_as_in_go(string text, double seconds)
    {
        var every = Parse($"@every {text}");
        Assert.Equal(Noon, every.NextAfter(Noon.AddTicks(-1), Noon));
        Assert.Equal(Noon.AddSeconds(seconds), every.NextAfter(Noon, Noon));
    }

    [Theory]
    [InlineData("@every")]
    [InlineData("@every 0s")]
    [InlineData("@every -1h")]
    [InlineData("@every 1")]
    [InlineData("@every h")]
    [InlineData("@every 1d")]
    [InlineData("@every 1h 30m")]
    [InlineData("@every 1..5h")]
    [InlineData("@every 999ms")]
    [InlineData("@every 99999999999999999999h")]
    [InlineData("@every 1h", "Europe/Berlin")]
    [InlineData("2030-01-31T09:00:00Z", "Europe/Berlin")]
    [InlineData("2030-01-31T09:00:00")]
    [InlineData("2030-01-31 09:00:00Z")]
    [InlineData("2030-02-30T09:00:00Z")]
    [InlineData("daily")]
    [InlineData("")]
    [InlineData("@daily @daily")]
    [InlineData("@never")]
    [InlineData("* * * *")]
    [InlineData("60 * * * *")]
    [InlineData("H * * * *")]
    [InlineData("0 9 * * *", "Europe/Atlantis")]
    [InlineData("0 9 * * *", "../../etc/localtime")]
    [InlineData("0 9 * * *", "/etc/localtime")]
    [InlineData("0 9 * * *", "")]
    public void What_is_no_schedule_is_refused_with_a_sentence(string text, string? zone = null)
    {
        var refusal = Assert.Throws<FormatException>(() => Parse(text, zone));
        Assert.DoesNotContain('\n', refusal.Message);
        Assert.True(refusal.Message.Length > 20);
    }

    [Fact]
    public void A_machine_without_time_zones_says_so()
    {
        Assert.Contains("tzdata", Assert.Throws<FormatException>(() => Schedule.Parse("0 9 * * *", "Europe/Berlin", _ => null)).Message, StringComparison.Ordinal);
        Schedule.Parse("0 9 * * *", null, _ => throw new InvalidOperationException("UTC needs none"));
    }

    [Theory]
    [InlineData("2030-01-31T09:00:00Z", "2030-01-31T09:00:00Z")]
    [InlineData("2030-01-31T09:00:00.25+01:00", "2030-01-31T08:00:00.25Z")]
    [InlineData("2030-01-31t09:00:00z", "2030-01-31T09:00:00Z")]
    public void One_instant_comes_once(string text, string instant)
    {
        var once = Parse(text);
        Assert.True(once.IsOnce);
        Assert.Equal(At(instant), once.NextAfter(Noon, Noon));
        Assert.Null(once.NextAfter(At(instant), Noon));
        Assert.Null(once.Last(Noon, At(instant).AddTicks(-1), Noon));
        Assert.Equal(At(instant), once.Last(Noon, At(instant).AddYears(10), Noon));
    }

    [Fact]
    public void An_interval_is_a_grid_that_never_drifts() => Gen.Select(Gen.Long[10_000_000, 10_000_000_000_000], Gen.Long[-100_000_000_000, 3_000_000_000_000_000]).Sample((ticks, offset) =>
    {
        var every = Parse(string.Create(CultureInfo.InvariantCulture, $"@every {ticks * 100}ns"));
        var now = Noon.AddTicks(offset);
        var next = every.NextAfter(now, Noon)!.Value;
        Assert.True(next > now);
        Assert.Equal(0, (next - Noon).Ticks % ticks);
        Assert.Equal(next, every.Last(now, next, Noon));
        if (offset < 0) Assert.Null(every.Last(DateTimeOffset.MinValue, now, Noon));
        else Assert.Equal(next.AddTicks(-ticks), every.Last(DateTimeOffset.MinValue, now, Noon));
    });

    [Theory]
    [InlineData("@every 90m", "every 1 hour 30 minutes, first when it is added")]
    [InlineData("@every 1500ms", "every 1.5 seconds, first when it is added")]
    [InlineData("@every 24h", "every 1 day, first when it is added")]
    [InlineData("2030-01-31T10:00:00+01:00", "once, 2030-01-31 at 09:00:00 UTC")]
    [InlineData("0 9 * * 1-5", "at 09:00 on Monday to Friday, UTC")]
    [InlineData("0 9,17 * * *", "at 09:00 and 17:00, UTC")]
    [InlineData("30 0 9 * * *", "at 09:00:30, UTC")]
    [InlineData("*/5 * * * *", "every 5 minutes, UTC")]
    [InlineData("* * * * *", "every minute, UTC")]
    [InlineData("*/10 * * * * *", "every 10 seconds of every minute, UTC")]
    [InlineData("15 * * * *", "minute 15 of every hour, UTC")]
    [InlineData("*/15 9-17 * * MON-FRI", "every 15 minutes between 09:00 and 17:59 on Monday to Friday, UTC")]
    [InlineData("0 0 1 1 *", "at 00:00 on day 1 of the month in January, UTC")]
    [InlineData("0 0 L * *", "at 00:00 on the last day of the month, UTC")]
    [InlineData("0 0 LW * *", "at 00:00 on the last weekday of the month, UTC")]
    [InlineData("0 0 15W * *", "at 00:00 on the weekday nearest to day 15 of the month, UTC")]
    [InlineData("0 0 * * 1#2", "at 00:00 on the second Monday of the month, UTC")]
    [InlineData("0 0 * * FRIL", "at 00:00 on the last Friday of the month, UTC")]
    [InlineData("0 0 * JAN,jul SUN,3", "at 00:00 on Sunday and Wednesday in January and July, UTC")]
    [InlineData("0 0 1-7,15-20 * *", "at 00:00 on days \"1-7,15-20\" of the month, UTC")]
    [InlineData("@daily", "at 00:00, UTC")]
    [InlineData("@weekly", "at 00:00 on Sunday, UTC")]
    [InlineData("@monthly", "at 00:00 on day 1 of the month, UTC")]
    [InlineData("@hourly", "minute 0 of every hour, UTC")]
    [InlineData("@every_minute", "every minute, UTC")]
    public void A_schedule_says_in_words_what_it_is(string text, string words) => Assert.Equal(words, Parse(text).Explain());

    [Fact]
    public void The_words_name_the_zone() => Assert.Equal("at 09:00, time of Europe/Berlin", Parse("0 9 * * *", "Europe/Berlin").Explain());
}
