using System.Buffers;
using System.Globalization;
using System.Numerics;

namespace Openclawssy.Runtime.Scheduling;

/// <summary>Durations as Go programs write them: <c>90s</c>, <c>1h30m</c>, <c>1.5h</c>.</summary>
static class GoDuration
{
    // Longest first, so that "ms" is not read as "m".
    static readonly (string Unit, long Nanoseconds)[] units =
        [("ns", 1), ("us", 1_000), ("µs", 1_000), ("μs", 1_000), ("ms", 1_000_000), ("s", 1_000_000_000), ("m", 60_000_000_000), ("h", 3_600_000_000_000)];

    static readonly SearchValues<char> numeric = SearchValues.Create("0123456789.");

    static readonly (string Word, long Seconds)[] words = [("day", 86_400), ("hour", 3_600), ("minute", 60), ("second", 1)];

    /// <summary>Null when it is no duration, or longer than 290 years.</summary>
    public static TimeSpan? Parse(string text)
    {
        var rest = text.AsSpan();
        if (rest.IsEmpty) return null;
        BigInteger sum = 0;
        while (!rest.IsEmpty)
        {
            var length = rest.IndexOfAnyExcept(numeric);
            if (length is <= 0 or > 32 || Number(rest[..length]) is not { } number) return null;
            rest = rest[length..];
            var (unit, nanoseconds) = UnitOf(rest);
            if (unit.Length == 0) return null;
            rest = rest[unit.Length..];
            sum += number.Digits * nanoseconds / BigInteger.Pow(10, number.Decimals);
        }
        return sum <= long.MaxValue ? TimeSpan.FromTicks((long)sum / 100) : null;
    }

    /// <summary>For people: <c>1 hour 30 minutes</c>.</summary>
    public static string Words(TimeSpan duration)
    {
        var parts = new List<string>();
        var left = duration.Ticks;
        foreach (var (word, seconds) in words)
        {
            var count = left / (seconds * TimeSpan.TicksPerSecond);
            left %= seconds * TimeSpan.TicksPerSecond;
            if (word == "second" && left > 0) parts.Add(string.Create(CultureInfo.InvariantCulture, $"{count + left / (decimal)TimeSpan.TicksPerSecond} seconds"));
            else if (count > 0) parts.Add(string.Create(CultureInfo.InvariantCulture, $"{count} {word}{(count == 1 ? "" : "s")}"));
        }
        return string.Join(' ', parts);
    }

    static (BigInteger Digits, int Decimals)? Number(ReadOnlySpan<char> text)
    {
        var point = text.IndexOf('.');
        var whole = point < 0 ? text : text[..point];
        var fraction = point < 0 ? [] : text[(point + 1)..];
        if (whole.Length + fraction.Length == 0 || fraction.Contains('.')) return null;
        return (BigInteger.Parse($"0{whole}{fraction}", NumberStyles.None, CultureInfo.InvariantCulture), fraction.Length);
    }

    static (string Unit, long Nanoseconds) UnitOf(ReadOnlySpan<char> text)
    {
        foreach (var entry in units)
            if (text.StartsWith(entry.Unit, StringComparison.Ordinal)) return entry;
        return ("", 0);
    }
}
