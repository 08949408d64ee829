using System.Globalization;

namespace Openclawssy.Runtime.Storage;

/// <summary>Name of one file of a segmented chain: <c>NNNNNN-YYYY-MM-DD.jsonl</c>. The number orders, the date is a label.</summary>
readonly record struct SegmentName(int Number, DateOnly Date)
{
    const string DateForm = "yyyy-MM-dd", Extension = ".jsonl";
    const int NumberDigits = 6;

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Number:D6}-{Date.ToString(DateForm, CultureInfo.InvariantCulture)}{Extension}");

    public static bool TryParse(string name, out SegmentName segment)
    {
        segment = default;
        var dash = name.IndexOf('-', StringComparison.Ordinal);
        if (dash < NumberDigits || !name.EndsWith(Extension, StringComparison.Ordinal)) return false;
        if (!int.TryParse(name.AsSpan(0, dash), NumberStyles.None, CultureInfo.InvariantCulture, out var number) || number < 1) return false;
        if (!DateOnly.TryParseExact(name.AsSpan(dash + 1, name.Length - dash - 1 - Extension.Length), DateForm, CultureInfo.InvariantCulture, DateTimeStyles.None, out var date)) return false;
        segment = new(number, date);
        return segment.ToString() == name;
    }

    /// <summary>The segments in a folder by number; none when the folder is missing.</summary>
    public static List<SegmentName> In(string folder)
    {
        var found = new List<SegmentName>();
        if (!Directory.Exists(folder)) return found;
        foreach (var path in Directory.EnumerateFileSystemEntries(folder))
            if (TryParse(Path.GetFileName(path), out var segment)) found.Add(segment);
        found.Sort(static (a, b) => a.Number != b.Number ? a.Number.CompareTo(b.Number) : a.Date.CompareTo(b.Date));
        return found;
    }
}
