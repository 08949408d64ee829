using System.Text;

namespace Openclawssy.Runtime.Text;

/// <summary>Text that is sound Unicode: half of a surrogate pair is no character, and neither UTF-8 nor JSON can hold it.</summary>
public static class WellFormed
{
    /// <summary>The text with every lone surrogate replaced by U+FFFD; the same string where there is none.</summary>
    public static string Of(string text)
    {
        var first = text.AsSpan().IndexOfAnyInRange('\ud800', '\udfff');
        if (first < 0) return text;
        var sound = new StringBuilder(text.Length).Append(text, 0, first);
        foreach (var rune in text.AsSpan(first).EnumerateRunes()) sound.Append(rune);
        return sound.ToString();
    }
}
