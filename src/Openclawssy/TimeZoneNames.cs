namespace Openclawssy;

/// <summary>The machine's time zones, by IANA name.</summary>
static class TimeZoneNames
{
    /// <summary>Null when the machine does not know it, or knows none (no tzdata).</summary>
    public static TimeZoneInfo? Find(string name)
    {
        // The system looks the name up as a path below its folder of zones.
        if (name.Length is 0 or > 64 || name.Contains("..", StringComparison.Ordinal) || name[0] == '/') return null;
        return TimeZoneInfo.TryFindSystemTimeZoneById(name, out var zone) ? zone : null;
    }
}
