using System.Buffers;
using System.Text;

namespace Openclawssy.Runtime.Text;

/// <summary>Shortens text without ever splitting a character.</summary>
public static class Truncation
{
    /// <summary>What stands where something was left out.</summary>
    public const string Mark = "...";

    /// <summary>At most <paramref name="maxChars"/> UTF-16 units, the mark included when something was cut.</summary>
    public static string Chars(string text, int maxChars)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(maxChars);
        if (text.Length <= maxChars) return text;
        return maxChars <= Mark.Length
            ? text[..Boundary(text, maxChars)]
            : string.Concat(text.AsSpan(0, Boundary(text, maxChars - Mark.Length)), Mark);
    }

    /// <summary>At most <paramref name="maxBytes"/> of UTF-8, the mark included when something was cut.</summary>
    public static string Bytes(string text, int maxBytes)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(maxBytes);
        if (text.Length <= maxBytes / 3 || Encoding.UTF8.GetByteCount(text) <= maxBytes) return text;
        var mark = maxBytes > Mark.Length ? Mark : "";
        var room = maxBytes - mark.Length;
        var taken = 0;
        foreach (var rune in text.EnumerateRunes())
        {
            if (rune.Utf8SequenceLength > room) break;
            room -= rune.Utf8SequenceLength;
            taken += rune.Utf16SequenceLength;
        }
        return string.Concat(text.AsSpan(0, taken), mark);
    }

    /// <summary>One trimmed line for people: line breaks, control characters and direction overrides become spaces, then it is cut.</summary>
    public static string OneLine(string text, int maxChars)
    {
        var trimmed = text.Trim();
        return Chars(trimmed.AsSpan().ContainsAny(Unprintable) ? string.Create(trimmed.Length, trimmed, Flatten) : trimmed, maxChars);
    }

    /// <summary>A window of at most <paramref name="maxChars"/> that shows position <paramref name="at"/>, with the mark on each side that was cut.</summary>
    public static string Around(string text, int at, int maxChars)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(maxChars, 4 * Mark.Length);
        if (text.Length <= maxChars) return text;
        var room = maxChars - 2 * Mark.Length;
        var start = Math.Clamp(at - room / 4, 0, text.Length - room);
        // Forward, so that the window still reaches the end of the text; the place asked for lies after its first character.
        if (Boundary(text, start) != start) start++;
        var end = Boundary(text, Math.Min(start + room, text.Length));
        return $"{(start > 0 ? Mark : "")}{text.AsSpan(start, end - start)}{(end < text.Length ? Mark : "")}";
    }

    /// <summary>Length of <paramref name="utf8"/> without a sequence its end cuts in two. What is no UTF-8 is left as it is.</summary>
    public static int WholeUtf8(ReadOnlySpan<byte> utf8)
    {
        for (var back = 1; back <= Math.Min(3, utf8.Length); back++)
        {
            var value = utf8[^back];
            if (IsContinuation(value)) continue;
            var needed = value switch { < 0xC0 => 1, < 0xE0 => 2, < 0xF0 => 3, _ => 4 };
            return needed > back ? utf8.Length - back : utf8.Length;
        }
        return utf8.Length;
    }

    /// <summary>True for a byte that continues a UTF-8 sequence another byte began.</summary>
    public static bool IsContinuation(byte value) => (value & 0xC0) == 0x80;

    static readonly SearchValues<char> Unprintable = SearchValues.Create(
        [.. Enumerable.Range(0, 32).Select(c => (char)c), .. Enumerable.Range(0x7F, 33).Select(c => (char)c),
         '\u2028', '\u2029', '\u202A', '\u202B', '\u202C', '\u202D', '\u202E', '\u2066', '\u2067', '\u2068', '\u2069']);

    static void Flatten(Span<char> line, string text)
    {
        text.CopyTo(line);
        for (var at = line.IndexOfAny(Unprintable); at >= 0; at = line.IndexOfAny(Unprintable)) line[at] = ' ';
    }

    static int Boundary(string text, int at) =>
        at > 0 && at < text.Length && char.IsLowSurrogate(text[at]) && char.IsHighSurrogate(text[at - 1]) ? at - 1 : at;
}
