using System.Globalization;

namespace Openclawssy.Runtime.Scheduling;

/// <summary>A cron expression in words. It was parsed before, so every field is right; what has no short words is quoted.</summary>
static class CronWords
{
    static readonly string[] months = ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"];
    static readonly string[] days = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];
    static readonly string[] ordinals = ["first", "second", "third", "fourth", "fifth"];

    /// <param name="fields">Five fields, six with seconds, or one macro.</param>
    public static string Of(IReadOnlyList<string> fields)
    {
        if (fields.Count == 1) fields = Expand(fields[0]);
        if (fields.Count == 5) fields = ["0", .. fields];
        string[] parts = [Time(fields[0], fields[1], fields[2]), DayOfMonth(fields[3]), DayOfWeek(fields[5]), Months(fields[4])];
        return string.Join(" ", parts.Where(part => part.Length > 0));
    }

    static string[] Expand(string macro) => macro.ToUpperInvariant() switch
    {
        "@EVERY_SECOND" => ["*", "*", "*", "*", "*", "*"],
        "@EVERY_MINUTE" => ["*", "*", "*", "*", "*"],
        "@HOURLY" => ["0", "*", "*", "*", "*"],
        "@WEEKLY" => ["0", "0", "*", "*", "0"],
        "@MONTHLY" => ["0", "0", "1", "*", "*"],
        "@YEARLY" or "@ANNUALLY" => ["0", "0", "1", "1", "*"],
        _ => ["0", "0", "*", "*", "*"],
    };

    static string Time(string second, string minute, string hour)
    {
        if (Numbers(minute) is { } minutes && Numbers(hour) is { } hours && minutes.Length * hours.Length <= 6 && Number(second) is { } exact)
            return $"at {List([.. from h in hours from m in minutes select Clock(h, m, exact)])}";
        var seconds = second == "0" ? "" : $"{Field(second, "second")} of ";
        var inHours = IsAny(hour) ? "" : Numbers(hour) is { } named
            ? $" in the {(named.Length == 1 ? "hour" : "hours")} from {List([.. named.Select(h => Clock(h, 0, 0))])}"
            : Range(hour) is var (from, to) ? $" between {Clock(from, 0, 0)} and {Clock(to, 59, 0)}" : $" in {Field(hour, "hour")}";
        return $"{seconds}{Field(minute, "minute")}{(IsAny(hour) && !IsAny(minute) && !minute.Contains('/') ? " of every hour" : inHours)}";
    }

    static string Field(string field, string unit)
    {
        if (IsAny(field)) return $"every {unit}";
        if (Numbers(field) is { } numbers) return $"{unit} {List([.. numbers.Select(n => n.ToString(CultureInfo.InvariantCulture))])}";
        if (field.Split('/') is [var start, var step] && !field.Contains(',') && Number(step) is { } every)
            return start is "*" or "0" ? every == 1 ? $"every {unit}" : $"every {every} {unit}s"
                : Range(start) is var (low, high) ? $"every {every} {unit}s from {low} to {high}" : $"every {every} {unit}s from {start} on";
        if (Range(field) is var (from, to)) return $"every {unit} from {from} to {to}";
        return $"{unit}s \"{field}\"";
    }

    static string DayOfMonth(string field)
    {
        if (IsAny(field)) return "";
        if (Numbers(field) is { } numbers) return $"on day {List([.. numbers.Select(n => n.ToString(CultureInfo.InvariantCulture))])} of the month";
        if (Range(field) is var (from, to)) return $"on days {from} to {to} of the month";
        var upper = field.ToUpperInvariant();
        if (upper == "L") return "on the last day of the month";
        if (upper == "LW") return "on the last weekday of the month";
        if (upper.StartsWith("L-", StringComparison.Ordinal) && Number(upper[2..]) is { } before) return $"{before} {(before == 1 ? "day" : "days")} before the last day of the month";
        if (upper.EndsWith('W') && Number(upper[..^1]) is { } near) return $"on the weekday nearest to day {near} of the month";
        return $"on days \"{field}\" of the month";
    }

    static string DayOfWeek(string field)
    {
        if (IsAny(field)) return "";
        var upper = field.ToUpperInvariant();
        if (upper.Split('#') is [var day, var number] && Day(day) is { } nth && Number(number) is >= 1 and <= 5 and var which) return $"on the {ordinals[which - 1]} {nth} of the month";
        if (upper.Length > 1 && upper.EndsWith('L') && Day(upper[..^1]) is { } last) return $"on the last {last} of the month";
        if (upper.Split('-') is [var first, var end] && Day(first) is { } from && Day(end) is { } to) return $"on {from} to {to}";
        var named = upper.Split(',').Select(Day).ToList();
        return named.All(name => name is not null) ? $"on {List([.. named.OfType<string>()])}" : $"on days \"{field}\" of the week";
    }

    static string Months(string field)
    {
        if (IsAny(field)) return "";
        if (field.Split('-') is [var first, var end] && Month(first) is { } from && Month(end) is { } to) return $"in {from} to {to}";
        var named = field.Split(',').Select(Month).ToList();
        return named.All(name => name is not null) ? $"in {List([.. named.OfType<string>()])}" : $"in months \"{field}\"";
    }

    static string? Day(string text) => Named(text, days, 0);

    static string? Month(string text) => Named(text, months, 1);

    static string? Named(string text, string[] names, int first) =>
        Number(text) is { } number ? number - first >= 0 && number - first < names.Length ? names[number - first] : null
        : text.Length == 3 ? names.FirstOrDefault(name => name.StartsWith(text, StringComparison.OrdinalIgnoreCase)) : null;

    static bool IsAny(string field) => field is "*" or "?";

    static int[]? Numbers(string field)
    {
        var numbers = field.Split(',').Select(Number).ToList();
        return numbers.All(number => number is not null) ? [.. numbers.OfType<int>()] : null;
    }

    static (int From, int To)? Range(string field) => field.Split('-') is [var from, var to] && Number(from) is { } low && Number(to) is { } high ? (low, high) : null;

    static int? Number(string text) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;

    static string Clock(int hour, int minute, int second) => string.Create(CultureInfo.InvariantCulture, $"{hour:00}:{minute:00}{(second == 0 ? "" : $":{second:00}")}");

    static string List(IReadOnlyList<string> items) => items.Count < 2 ? string.Concat(items) : $"{string.Join(", ", items.Take(items.Count - 1))} and {items[^1]}";
}
