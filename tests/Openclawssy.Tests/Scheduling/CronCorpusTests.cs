using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using Openclawssy.Runtime.Scheduling;
using Openclawssy.TestKit;
using Xunit;

namespace Openclawssy.Tests.Scheduling;

/// <summary>Published cases of two cron libraries: how expressions are read, and when they come, also around daylight saving (S40).</summary>
public sealed partial class CronCorpusTests
{
    static readonly DateTimeOffset Begin = new(2000, 1, 1, 0, 0, 0, TimeSpan.Zero);

    static Schedule Parse(string text, string? zone = null) => Schedule.Parse(text, zone, TimeZoneNames.Find);

    static List<JsonElement> Cases(string file)
    {
        var corpus = Corpora.Find("cron");
        if (corpus is null) Assert.Skip(Corpora.Absent);
        return [.. File.ReadLines(Path.Combine(corpus, file)).Select(line => JsonDocument.Parse(line).RootElement)];
    }

    static string? ZoneOf(string name) => name switch
    {
        _ when name.Contains("HalfHour", StringComparison.Ordinal) || name.Contains("DeltaIsNotHour", StringComparison.Ordinal) => "Australia/Lord_Howe",
        _ when name.Contains("OnFriday", StringComparison.Ordinal) || name.Contains("FromIsAroundDST", StringComparison.Ordinal) => "Asia/Amman",
        _ when name.Contains("DST", StringComparison.Ordinal) || name.Contains("ReturnsCorrectDateTimeOffset", StringComparison.Ordinal) || name.Contains("ZoneIsSpecified", StringComparison.Ordinal) => "America/New_York",
        _ => null,
    };

    static DateTimeOffset Instant(string text) => DateTimeOffset.Parse(text.Contains('-', StringComparison.Ordinal) ? text : $"2017-03-24 {text}", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal);

    [Fact]
    public void Every_case_of_cronos_about_when_an_expression_comes_agrees()
    {
        var (checkedCases, differences) = (0, new List<string>());
        foreach (var one in Cases("cronos-cases.share.jsonl"))
        {
            var name = one.GetProperty("case").GetString()!;
            if (!name.StartsWith("GetNextOccurrence_", StringComparison.Ordinal) || !one.TryGetProperty("fromString", out var fromText)) continue;
            var expression = (one.TryGetProperty("cronExpression", out var text) ? text : one.GetProperty("expression")).GetString()!;
            // Jitter by a seed is not offered.
            if (one.TryGetProperty("hash", out _) || Jitter().IsMatch(expression)) continue;
            // Cases that give local times of a zone name it in the offset; with none they are the zone's own clock, or UTC.
            var zone = ZoneOf(name);
            var from = Instant(fromText.GetString()!);
            if (zone is not null && !fromText.GetString()!.Contains(" +", StringComparison.Ordinal) && !fromText.GetString()!.Contains(" -", StringComparison.Ordinal)) zone = null;
            var inclusive = one.TryGetProperty("inclusive", out var said) ? said.GetBoolean() : !name.Contains("InclusiveIsFalse", StringComparison.Ordinal);
            var next = Parse(expression, zone).NextAfter(inclusive ? from.AddTicks(-1) : from, Begin);
            checkedCases++;
            if (one.TryGetProperty("expectedString", out var expected) ? next != Instant(expected.GetString()!) : name.Contains("ReturnsNull", StringComparison.Ordinal) ? next is not null : next is null)
                differences.Add($"{one}: {next:O}");
        }
        // Asked from the end of a jump the skipped time is that very instant here, and the day before there.
        Assert.True(differences.Count == 1 && differences[0].Contains("\"30 0 LW * *\", \"fromString\": \"2018-03-30 01:00 +03:00\"", StringComparison.Ordinal), string.Join('\n', differences));
        Assert.InRange(checkedCases, 800, 1300);
    }

    [Fact]
    public void Every_case_of_cronos_about_reading_agrees_except_for_the_number_of_fields()
    {
        var (checkedCases, differences) = (0, new List<string>());
        foreach (var one in Cases("cronos-cases.share.jsonl"))
        {
            var name = one.GetProperty("case").GetString()!;
            if (!name.StartsWith("Parse_", StringComparison.Ordinal)) continue;
            var expression = one.GetProperty("cronExpression").GetString()!;
            var valid = name.Contains("DoesNotThrow", StringComparison.Ordinal);
            // We take both forms by the number of fields, Cronos takes the one it was told.
            var asked = one.TryGetProperty("format", out var format) && format.GetString()!.EndsWith("IncludeSeconds", StringComparison.Ordinal) ? 6 : 5;
            var fields = expression.Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries).Length;
            if (!valid && fields != asked && fields is 5 or 6) continue;
            checkedCases++;
            bool taken;
            try
            {
                Parse(expression);
                taken = true;
            }
            catch (FormatException) { taken = false; }
            if (taken != valid) differences.Add(one.ToString());
        }
        // Without a minute's form for seconds Cronos refuses it; here a macro means what it says.
        Assert.DoesNotContain(differences, difference => !difference.Contains("@every_second", StringComparison.OrdinalIgnoreCase));
        Assert.InRange(checkedCases, 240, 300);
    }

    [Fact]
    public void Cases_of_another_library_agree_but_for_what_is_written_down()
    {
        var (checkedCases, differences) = (0, new List<string>());
        foreach (var one in Cases("robfig-rows.jsonl"))
        {
            var row = one.GetProperty("row").EnumerateArray().Select(cell => cell.GetString()!).ToArray();
            var test = one.GetProperty("test").GetString()!;
            if (test is not ("TestNext" or "TestActivation" or "TestNextWithTz") || row.Length != 3) continue;
            var (fromText, expression) = (row[0], row[1]);
            var zone = Zone(ref fromText) ?? Zone(ref expression) ?? (test == "TestNextWithTz" ? "Asia/Kolkata" : null);
            var from = Go(fromText);
            checkedCases++;
            var plan = ParseOrNull(expression, zone);
            var agrees = plan is not null && test switch
            {
                "TestActivation" => plan.NextAfter(from.AddTicks(-1), Begin) == from == (row[2] == "true"),
                _ when row[2].Length == 0 => plan.NextAfter(from, Begin) is null,
                _ => plan.NextAfter(from, Begin) == Go(row[2]),
            };
            if (!agrees) differences.Add($"{fromText} | {expression}");
        }
        Assert.True(KnownDifferences.Order(StringComparer.Ordinal).SequenceEqual(differences.Order(StringComparer.Ordinal)), string.Join('\n', differences));
        Assert.Equal(91, checkedCases);
    }

    static readonly string[] KnownDifferences =
    [
        // A day of month and a day of week both have to be met here; there either is enough.
        "Fri Jun 15 00:00 2012 | * * 1,15 * Sun", "Wed Aug 1 00:00 2012 | * * 1,15 * Sun", "Sun Jul 15 00:00 2012 | * * */10 * Sun", "Mon Jul 9 23:35 2012 | 0 0 0 */5 Apr,Aug,Oct Mon",
        // A time that clocks skip comes when they have jumped; there it is left out.
        "2012-03-11T00:00:00-0500 | 0 30 2 11 Mar ?", "2012-03-11T00:00:00-0500 | 0 0 2 * * ?",
        // A time that clocks repeat comes once; there it comes again.
        "2012-11-04T01:45:00-0400 | 0 30 1 04 Nov ?", "2012-11-04T01:00:00-0400 | 0 0 1 * * ?", "2012-11-04T01:00:00-0400 | 0 0 1 * * ?",
    ];

    [GeneratedRegex(@"(^|\s|,)H($|[\s/(,])")]
    private static partial Regex Jitter();

    static Schedule? ParseOrNull(string expression, string? zone)
    {
        try { return Parse(expression, zone); }
        catch (FormatException) { return null; }
    }

    static string? Zone(ref string text)
    {
        if (text.IndexOf("TZ=", StringComparison.Ordinal) is not (>= 0 and <= 5 and var at)) return null;
        var parts = text[(at + 3)..].Split(' ', 2);
        text = parts[1];
        return parts[0];
    }

    static DateTimeOffset Go(string text)
    {
        if (text.Contains('T', StringComparison.Ordinal) && char.IsAsciiDigit(text[0])) return DateTimeOffset.ParseExact(text.Insert(text.Length - 2, ":"), "yyyy-MM-dd'T'HH:mm:sszzz", CultureInfo.InvariantCulture);
        // The name of the day is wrong in some rows, so it is not read.
        var parts = text.Split(' ');
        return DateTimeOffset.ParseExact($"{parts[4]} {parts[1]} {parts[2]} {(parts[3].Length == 5 ? parts[3] + ":00" : parts[3])} +00:00", "yyyy MMM d HH:mm:ss zzz", CultureInfo.InvariantCulture);
    }
}
