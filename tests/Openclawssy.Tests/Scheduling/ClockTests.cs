using Openclawssy.Runtime.Scheduling;
using Openclawssy.TestKit;
using Xunit;

namespace Openclawssy.Tests.Scheduling;

/// <summary>Clocks that jump (S40): each planned instant is started at most once, and jobs go on.</summary>
public sealed class ClockTests : IDisposable
{
    static readonly (string Id, string Schedule, string? Zone)[] plans =
    [
        ("every", "@every 7s", null), ("minute", "* * * * *", null), ("berlin", "30 2 * * *", "Europe/Berlin"), ("york", "*/30 1 * * *", "America/New_York"), ("howe", "0 */2 * * *", "Australia/Lord_Howe"),
        ("once", "2026-03-29T01:00:05Z", null),
    ];

    readonly JobHouse house = new();
    public void Dispose() => house.Dispose();

    /// <summary>A walk of a clock: seconds, nights in which clocks change, days back and forth, ten years and back, and restarts.</summary>
    static IEnumerable<(TimeSpan Step, bool Restart)> Walk(Random random, int steps)
    {
        var away = TimeSpan.Zero;
        for (var i = 0; i < steps; i++)
        {
            var step = random.Next(40) switch
            {
                0 => TimeSpan.FromDays(1),
                1 => TimeSpan.FromDays(-1),
                2 => TimeSpan.FromHours(-1),
                3 => TimeSpan.FromHours(1),
                4 when away == TimeSpan.Zero => TimeSpan.FromDays(3652),
                5 => -away,
                6 => TimeSpan.FromSeconds(-3),
                < 20 => TimeSpan.FromMinutes(random.Next(1, 20)),
                _ => TimeSpan.FromSeconds(1),
            };
            if (step == TimeSpan.FromDays(3652)) away = step;
            else if (step == -away) away = TimeSpan.Zero;
            yield return (step, random.Next(25) == 0);
        }
    }

    public static TheoryData<string> Nights => ["2026-03-28T23:50:00Z", "2026-10-24T23:50:00Z", "2026-03-08T05:50:00Z", "2026-11-01T04:50:00Z", "2026-04-04T14:20:00Z"];

    [Theory]
    [MemberData(nameof(Nights))]
    public void However_the_clock_jumps_no_instant_is_started_twice(string night)
    {
        house.PutClock(DateTimeOffset.Parse(night, System.Globalization.CultureInfo.InvariantCulture) - house.Now);
        foreach (var (id, schedule, zone) in plans) house.Put(id, schedule, job => job with { TimeZone = zone });
        var loop = house.Loop();
        foreach (var (step, restart) in Walk(new(Campaign.Seed), Campaign.Scale(150, 20_000)))
        {
            house.PutClock(step);
            if (restart) loop = house.Loop();
            loop.Look();
        }
        Assert.Empty(house.Asked.GroupBy(asked => (asked.Job.Id, asked.Instant)).Where(group => group.Count() > 1).Select(group => $"{group.Key}, seed {Campaign.Seed}"));
        // No instant comes before its time by the clock of that moment, and none that its schedule does not name.
        Assert.All(house.Asked, asked => Assert.Equal(asked.Instant, asked.Job.Plan(TimeZoneNames.Find).NextAfter(asked.Instant.AddTicks(-1), asked.Job.Begin)));
        Assert.Empty(house.Reported);

        // And jobs go on by the clock as it is now.
        var before = house.Asked.Count;
        house.PutClock(TimeSpan.FromDays(1));
        house.Pass(loop, TimeSpan.FromMinutes(2));
        Assert.True(house.Asked.Count >= before + 10);
    }

    [Fact]
    public void A_scheduler_that_reckons_from_now_would_start_some_twice()
    {
        var (naive, started, now) = (new NaiveScheduler(), new List<DateTimeOffset>(), house.Now);
        var plan = Schedule.Parse("@every 7s", null, TimeZoneNames.Find);
        foreach (var (step, _) in Walk(new(Campaign.Seed), 250))
        {
            now += step;
            naive.Look(plan, house.Now, now, started.Add);
        }
        Assert.Contains(started.GroupBy(instant => instant), group => group.Count() > 1);
    }

    [Fact]
    public void Ten_years_ahead_and_back_a_job_goes_on_where_it_was()
    {
        house.Put("a", "@every 10s");
        var loop = house.Loop();
        loop.Look();
        house.PutClock(TimeSpan.FromDays(3652));
        loop.Look();
        house.PutClock(-TimeSpan.FromDays(3652));
        loop.Look();
        house.Pass(loop, TimeSpan.FromSeconds(20));
        Assert.Equal(["a 12:00:00", "a 12:00:00", "a 12:00:10", "a 12:00:20"], house.Instants);
        Assert.Equal(2036, house.Asked[1].Instant.Year);
    }

    [Fact]
    public void A_day_back_repeats_nothing()
    {
        house.Put("a", "@every 1h");
        var loop = house.Loop();
        loop.Look();
        house.Pass(loop, TimeSpan.FromHours(3));
        house.PutClock(-TimeSpan.FromHours(2));
        loop = house.Loop();
        loop.Look();
        house.Pass(loop, TimeSpan.FromHours(3));
        Assert.Equal(["a 12:00:00", "a 13:00:00", "a 14:00:00", "a 15:00:00", "a 16:00:00"], house.Instants);
    }
}
