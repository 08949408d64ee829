using CsCheck;
using Openclawssy.Runtime.Scheduling;
using Xunit;

namespace Openclawssy.Tests.Scheduling;

/// <summary>Instants of cron expressions beside an independent reckoning, and in zones whose clocks jump.</summary>
public sealed class CronInstantsTests
{
    static Gen<string> Field(int low, int high) => Gen.OneOf(
        Gen.Const("*"), Gen.Int[low, high].Select(value => $"{value}"), Gen.Int[2, Math.Min(15, high)].Select(step => $"*/{step}"),
        Gen.Select(Gen.Int[low, high], Gen.Int[low, high]).Select((a, b) => $"{Math.Min(a, b)}-{Math.Max(a, b)}"),
        Gen.Int[low, high].List[2, 4].Select(values => string.Join(',', values.Distinct())));

    static readonly Gen<string> Expressions = Gen.Select(Field(0, 59), Field(0, 23), Field(1, 28), Field(1, 12), Field(0, 6)).Select((minute, hour, day, month, weekday) => $"{minute} {hour} {day} {month} {weekday}");

    static readonly Gen<DateTime> Times = Gen.Long[new DateTime(2020, 1, 1).Ticks / TimeSpan.TicksPerSecond, new DateTime(2040, 1, 1).Ticks / TimeSpan.TicksPerSecond]
        .Select(seconds => new DateTime(seconds * TimeSpan.TicksPerSecond, DateTimeKind.Utc));

    [Fact]
    public void In_utc_it_agrees_with_trying_every_minute() => Gen.Select(Expressions, Times).Sample((expression, time) =>
    {
        var within = TimeSpan.FromDays(70);
        var expected = new CronOracle(expression).Next(time, within);
        var next = Schedule.Parse(expression, null, TimeZoneNames.Find).NextAfter(new(time), default);
        if (expected is { } instant) Assert.Equal(new DateTimeOffset(instant), next);
        else Assert.True(next is null || next - new DateTimeOffset(time) > within);
    }, iter: 400);

    static readonly Gen<string> Zones = Gen.OneOf(new[] { "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "America/Sao_Paulo", "Asia/Amman", "Asia/Beirut", "Africa/Cairo", "Pacific/Apia", "Asia/Kathmandu", "UTC" }.Select(Gen.Const).ToArray());

    // Around the nights in which clocks jump somewhere.
    static readonly Gen<DateTimeOffset> Nights = Gen.Select(
        Gen.OneOf(new[] { "2026-03-29", "2026-10-25", "2026-03-08", "2026-11-01", "2026-04-05", "2026-10-04", "2018-11-04", "2018-02-18", "2011-12-30", "2026-06-15", "2017-03-31", "2014-10-31", "2026-03-29" }.Select(Gen.Const).ToArray()), Gen.Int[-30 * 3600, 30 * 3600])
        .Select((day, seconds) => DateTimeOffset.Parse($"{day}T00:00:00Z", System.Globalization.CultureInfo.InvariantCulture).AddSeconds(seconds));

    [Fact]
    public void Wherever_one_looks_from_it_names_the_same_instants_and_none_twice() => Gen.Select(Expressions, Zones, Nights).Sample((expression, zone, from) =>
    {
        var plan = Schedule.Parse(expression, zone, TimeZoneNames.Find);
        var (at, all) = (from, new List<DateTimeOffset>());
        for (var i = 0; i < 30 && plan.NextAfter(at, default) is { } next; i++, at = next)
        {
            Assert.True(next > at, $"{expression} {zone}: {next:O} is not after {at:O}");
            all.Add(next);
        }
        for (var i = 0; i < all.Count; i++)
        {
            // Wherever one looks from, it is the same one.
            Assert.Equal(all[i], plan.Last(from, all[i], default));
            Assert.Equal(all[i], plan.NextAfter(all[i].AddTicks(-1), default));
            if (i > 0) Assert.Equal(all[i - 1], plan.Last(from, all[i].AddTicks(-1), default));
            else Assert.Null(plan.Last(from, all[i].AddTicks(-1), default));
        }
    }, iter: 2_000);

    [Fact]
    public void A_time_that_is_skipped_comes_when_the_clocks_have_jumped_and_one_that_is_repeated_comes_once()
    {
        var plan = Schedule.Parse("30 2 * * *", "Europe/Berlin", TimeZoneNames.Find);
        DateTimeOffset At(string text) => DateTimeOffset.Parse(text, System.Globalization.CultureInfo.InvariantCulture);
        Assert.Equal(At("2026-03-29T03:00:00+02:00"), plan.NextAfter(At("2026-03-28T12:00:00Z"), default));
        Assert.Equal(At("2026-03-30T02:30:00+02:00"), plan.NextAfter(At("2026-03-29T03:00:00+02:00"), default));
        Assert.Equal(At("2026-10-25T02:30:00+02:00"), plan.NextAfter(At("2026-10-24T12:00:00Z"), default));
        Assert.Equal(At("2026-10-26T02:30:00+01:00"), plan.NextAfter(At("2026-10-25T02:30:00+02:00"), default));
        // What comes by the hour goes on by the hour.
        var hourly = Schedule.Parse("30 * * * *", "Europe/Berlin", TimeZoneNames.Find);
        Assert.Equal(At("2026-10-25T02:30:00+01:00"), hourly.NextAfter(At("2026-10-25T02:30:00+02:00"), default));
    }

    [Fact]
    public void Years_that_were_missed_are_looked_through_in_no_time()
    {
        var plan = Schedule.Parse("* * * * * *", null, TimeZoneNames.Find);
        var now = new DateTimeOffset(2036, 3, 1, 12, 0, 0, 500, TimeSpan.Zero);
        Assert.Equal(new(2036, 3, 1, 12, 0, 0, TimeSpan.Zero), plan.Last(now.AddYears(-10), now, default));
        Assert.Equal(new(2036, 2, 29, 0, 0, 0, TimeSpan.Zero), Schedule.Parse("0 0 29 2 *", null, TimeZoneNames.Find).Last(now.AddYears(-20), now, default));
    }
}
