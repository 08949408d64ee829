using System.Globalization;
using System.Text;

namespace Openclawssy.Runtime.Text;

/// <summary>
/// Untrusted text made safe to stand on one line of an audit record, a log or a terminal: nothing in it can start a new line,
/// move the cursor, or turn the reading direction. Escapes are readable, and a backslash is doubled so that they cannot be forged.
/// </summary>
public static class OneLine
{
    /// <summary>Longest field by default, in characters before escaping (security: one event is one line, fields are capped).</summary>
    public const int DefaultMaxLength = 4096;

    /// <param name="maxLength">Characters kept before escaping; a longer text ends in <c>…</c>, cut between code points.</param>
    public static string Escape(string text, int maxLength = DefaultMaxLength)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(maxLength);
        if (text.Length <= maxLength && IsPlain(text)) return text;

        var line = new StringBuilder(Math.Min(text.Length, maxLength) + 16);
        var position = 0;
        while (position < text.Length)
        {
            var whole = Rune.TryGetRuneAt(text, position, out var rune);
            var width = whole ? rune.Utf16SequenceLength : 1;
            if (position + width > maxLength) return line.Append('…').ToString();

            if (!whole) Append(line, text[position]);
            else if (NeedsEscape(rune)) Append(line, rune.Value);
            else line.Append(text, position, width);
            position += width;
        }
        return line.ToString();
    }

    static bool IsPlain(string text)
    {
        foreach (var c in text)
            if (c is < ' ' or '\\' or > '~') return false;
        return true;
    }

    static bool NeedsEscape(Rune rune) => rune.Value == '\\' || Rune.GetUnicodeCategory(rune)
        is UnicodeCategory.Control              // C0, DEL and C1, which terminals obey
        or UnicodeCategory.Format               // bidi controls, zero-width characters, tags
        or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator
        or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned
        || rune.Value is (>= 0xFE00 and <= 0xFE0F) or (>= 0xE0100 and <= 0xE01EF); // variation selectors hide text

    static void Append(StringBuilder line, int value) => _ = value switch
    {
        '\\' => line.Append(@"\\"),
        '\n' => line.Append(@"\n"),
        '\r' => line.Append(@"\r"),
        '\t' => line.Append(@"\t"),
        <= 0xFFFF => line.Append(CultureInfo.InvariantCulture, $@"\u{value:x4}"),
        _ => line.Append(CultureInfo.InvariantCulture, $@"\U{value:x8}"),
    };
}
