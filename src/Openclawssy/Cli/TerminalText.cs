using System.Globalization;
using System.Text;

namespace Openclawssy.Cli;

/// <summary>
/// Text of unknown origin made safe to look at: what would move the cursor, recolour the terminal, turn the reading direction
/// or forge a line is shown as its code point instead.
/// </summary>
static class TerminalText
{
    /// <summary>For one line: line breaks and tabs are shown too.</summary>
    public static string Line(string text) => Show(text, keepLayout: false);

    /// <summary>For a block of text: line feeds and tabs stay.</summary>
    public static string Block(string text) => Show(text, keepLayout: true);

    static string Show(string text, bool keepLayout)
    {
        var first = 0;
        while (first < text.Length && IsPlain(text[first], keepLayout)) first++;
        if (first == text.Length) return text;

        var shown = new StringBuilder(text, 0, first, text.Length + 16);
        foreach (var c in text.AsSpan(first))
        {
            if (IsPlain(c, keepLayout)) shown.Append(c);
            else shown.Append(CultureInfo.InvariantCulture, $"<U+{(int)c:X4}>");
        }
        return shown.ToString();
    }

    static bool IsPlain(char c, bool keepLayout) => c switch
    {
        '\n' or '\t' => keepLayout,
        '\u061C' or '\u200E' or '\u200F' or '\u2028' or '\u2029' => false,
        >= '\u202A' and <= '\u202E' => false,
        >= '\u2066' and <= '\u2069' => false,
        _ => !char.IsControl(c),
    };
}
