using System.Globalization;

namespace Openclawssy.Tests.Scheduling;

/// <summary>Cron by trying every minute, written from the rules and from nothing else. Slow, and for the plain signs only.</summary>
sealed class CronOracle
{
    readonly HashSet<int> minutes, hours, days, months, weekdays;

    public CronOracle(string expression)
    {
        var fields = expression.Split(' ');
        (minutes, hours, days, months) = (Set(fields[0], 0, 59), Set(fields[1], 0, 23), Set(fields[2], 1, 31), Set(fields[3], 1, 12));
        weekdays = [.. Set(fields[4], 0, 7).Select(day => day % 7)];
    }

    public DateTime? Next(DateTime after, TimeSpan within)
    {
        var start = new DateTime(after.Year, after.Month, after.Day, after.Hour, after.Minute, 0, DateTimeKind.Utc).AddMinutes(1);
        for (var time = start; time - after <= within; time = time.AddMinutes(1))
            if (minutes.Contains(time.Minute) && hours.Contains(time.Hour) && days.Contains(time.Day) && months.Contains(time.Month) && weekdays.Contains((int)time.DayOfWeek)) return time;
        return null;
    }

    static HashSet<int> Set(string field, int low, int high)
    {
        var set = new HashSet<int>();
        foreach (var part in field.Split(','))
        {
            var pieces = part.Split('/');
            var step = pieces.Length == 2 ? int.Parse(pieces[1], CultureInfo.InvariantCulture) : 1;
            var ends = pieces[0] == "*" ? [low, high] : pieces[0].Split('-').Select(end => int.Parse(end, CultureInfo.InvariantCulture)).ToArray();
            var (from, to) = (ends[0], ends.Length == 2 ? ends[1] : pieces.Length == 2 ? high : ends[0]);
            for (var value = from; value <= to; value += step) set.Add(value);
        }
        return set;
    }
}
