using System.Globalization;
using Cronos;
using Openclawssy.Runtime.Text;

namespace Openclawssy.Runtime.Scheduling;

/// <summary>Finds a time zone by its IANA name; null when the machine does not know it.</summary>
public delegate TimeZoneInfo? TimeZones(string name);

/// <summary>
/// When a job is due, parsed once: every so often, once, or by a cron expression. Its planned instants are points in UTC that
/// follow from the text alone (and for <c>@every</c> from the job's beginning), so that two looks never disagree about them.
/// </summary>
public abstract class Schedule
{
    const string EveryWord = "@every";

    /// <summary>More often makes a program that does nothing else.</summary>
    public static readonly TimeSpan ShortestInterval = TimeSpan.FromSeconds(1);

    Schedule() { }

    /// <summary>The first planned instant after that one; null when there is none.</summary>
    /// <param name="begin">When the job began; where <c>@every</c> counts from.</param>
    public abstract DateTimeOffset? NextAfter(DateTimeOffset after, DateTimeOffset begin);

    /// <summary>The last planned instant after the one and not after the other; null when there is none.</summary>
    /// <inheritdoc cref="NextAfter" path="/param"/>
    public abstract DateTimeOffset? Last(DateTimeOffset after, DateTimeOffset upTo, DateTimeOffset begin);

    /// <summary>In words, for people.</summary>
    public abstract string Explain();

    /// <summary>True when there is only one planned instant.</summary>
    public virtual bool IsOnce => false;

    /// <summary>True when its first planned instant is the job's beginning, so that it cannot have been missed.</summary>
    public virtual bool BeginsAtOnce => false;

    /// <param name="timeZone">IANA name, for cron only; null means UTC.</param>
    /// <exception cref="FormatException">It is none; says what to write instead.</exception>
    public static Schedule Parse(string text, string? timeZone, TimeZones zones)
    {
        text = text.Trim();
        if (text.StartsWith(EveryWord, StringComparison.Ordinal) && text.Length > EveryWord.Length && text[EveryWord.Length] is ' ' or '\t' || text == EveryWord) return WithoutZone(Interval(text), text, timeZone);
        if (Rfc3339.Parse(text) is { } instant) return WithoutZone(new Once(instant), text, timeZone);
        return Expression(text, timeZone, zones);
    }

    static Schedule WithoutZone(Schedule schedule, string text, string? timeZone) => timeZone is null
        ? schedule
        : throw new FormatException($"\"{OneLine.Escape(text, 64)}\" has no use for a time zone; only a cron expression has");

    static Every Interval(string text)
    {
        var written = text[EveryWord.Length..].Trim();
        var duration = GoDuration.Parse(written) ?? throw new FormatException($"\"{OneLine.Escape(written, 64)}\" is no duration; write for example @every 90s, @every 1h30m");
        return duration >= ShortestInterval ? new(duration) : throw new FormatException($"@every {OneLine.Escape(written, 64)} is too often; the shortest interval is 1s");
    }

    static Cron Expression(string text, string? timeZone, TimeZones zones)
    {
        var fields = text.Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries);
        if (!(fields.Length is 5 or 6 || fields is [['@', ..]]))
            throw new FormatException($"\"{OneLine.Escape(text, 80)}\" is no schedule; write \"@every 1h\", one instant such as 2030-01-31T09:00:00Z, or a cron expression such as \"0 9 * * 1-5\"");
        var zone = timeZone is null or "UTC" ? TimeZoneInfo.Utc : zones(timeZone) ?? throw new FormatException(
            $"this machine knows no time zone \"{OneLine.Escape(timeZone, 64)}\"; use an IANA name such as Europe/Berlin, and install the zones (package tzdata) where none is known");
        try
        {
            // A macro of every second needs the form with seconds; the others mean the same in both.
            return new(CronExpression.Parse(text, fields.Length == 5 ? CronFormat.Standard : CronFormat.IncludeSeconds), fields, zone);
        }
        catch (MissingSeedException) { throw new FormatException($"\"{OneLine.Escape(text, 80)}\" uses H, which is not supported; write a number"); }
        catch (CronFormatException problem) { throw new FormatException($"\"{OneLine.Escape(text, 80)}\" is no cron expression: {OneLine.Escape(problem.Message, 200)}"); }
    }

    /// <summary>The grid that begins with the job: the first instant is its beginning, none drifts.</summary>
    sealed class Every(TimeSpan interval) : Schedule
    {
        public override bool BeginsAtOnce => true;

        public override DateTimeOffset? NextAfter(DateTimeOffset after, DateTimeOffset begin) => after < begin ? begin : At(begin, (after - begin).Ticks / interval.Ticks + 1);

        public override DateTimeOffset? Last(DateTimeOffset after, DateTimeOffset upTo, DateTimeOffset begin) =>
            upTo >= begin && At(begin, (upTo - begin).Ticks / interval.Ticks) is { } last && last > after ? last : null;

        public override string Explain() => $"every {GoDuration.Words(interval)}, first when it is added";

        DateTimeOffset? At(DateTimeOffset begin, long number)
        {
            var ticks = (Int128)begin.UtcTicks + (Int128)number * interval.Ticks;
            return ticks <= DateTimeOffset.MaxValue.UtcTicks ? new((long)ticks, TimeSpan.Zero) : null;
        }
    }

    sealed class Once(DateTimeOffset instant) : Schedule
    {
        public override bool IsOnce => true;

        public override DateTimeOffset? NextAfter(DateTimeOffset after, DateTimeOffset begin) => instant > after ? instant : null;

        public override DateTimeOffset? Last(DateTimeOffset after, DateTimeOffset upTo, DateTimeOffset begin) => instant > after && instant <= upTo ? instant : null;

        public override string Explain() => string.Create(CultureInfo.InvariantCulture, $"once, {instant.UtcDateTime:yyyy-MM-dd 'at' HH:mm:ss} UTC");
    }

    /// <summary>A day of month and a day of week, where both are given, must both be met.</summary>
    sealed class Cron(CronExpression expression, IReadOnlyList<string> fields, TimeZoneInfo zone) : Schedule
    {
        public override DateTimeOffset? NextAfter(DateTimeOffset after, DateTimeOffset begin)
        {
            for (var from = after; ; from = from.AddHours(1))
            {
                if (expression.GetNextOccurrence(from, zone) is not { } found) return null;
                if (Real(found) is var next && next > after) return next;
            }
        }

        // By halves, and only forwards: going backwards the library (0.13) names days of months that are not asked for.
        public override DateTimeOffset? Last(DateTimeOffset after, DateTimeOffset upTo, DateTimeOffset begin)
        {
            if (NextAfter(after, begin) is not { } last || last > upTo) return null;
            var end = upTo;
            while (NextAfter(last, begin) is { } later && later <= upTo)
            {
                var middle = last + (end - last) / 2;
                if (NextAfter(middle, begin) is { } found && found <= upTo) last = found;
                else (last, end) = (later, middle);
            }
            return last;
        }

        /// <summary>
        /// Where a zone's clocks jump at midnight, or over a whole day, the framework takes times for real that never were. Such a time
        /// comes, like every other that is skipped, when the clocks have jumped.
        /// </summary>
        DateTimeOffset Real(DateTimeOffset found)
        {
            var wall = found.DateTime;
            if (TimeZoneInfo.ConvertTime(found, zone).DateTime == wall) return found.ToUniversalTime();
            var (early, late) = (found.AddDays(-2).ToUnixTimeSeconds(), found.AddDays(2).ToUnixTimeSeconds());
            while (late - early > 1)
            {
                var middle = (early + late) / 2;
                if (TimeZoneInfo.ConvertTime(DateTimeOffset.FromUnixTimeSeconds(middle), zone).DateTime >= wall) late = middle;
                else early = middle;
            }
            return DateTimeOffset.FromUnixTimeSeconds(late);
        }

        public override string Explain() => $"{CronWords.Of(fields)}, {(zone.Equals(TimeZoneInfo.Utc) ? "UTC" : $"time of {zone.Id}")}";
    }
}
