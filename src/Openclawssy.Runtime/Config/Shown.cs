using System.Text;
using System.Text.Json;

namespace Openclawssy.Runtime.Config;

/// <summary>Makes what stood in a file fit to be repeated to a person: quoted, short, without control characters.</summary>
static class Shown
{
    const int MaxLength = 60;
    const int MaxSentence = 600;

    public static string Text(string text)
    {
        var shown = new StringBuilder(Math.Min(text.Length, MaxLength) + 2).Append('"');
        foreach (var c in text)
        {
            if (shown.Length > MaxLength) return shown.Append("…\"").ToString();
            shown.Append(IsPrintable(c) ? c : '\uFFFD');
        }
        return shown.Append('"').ToString();
    }

    /// <summary>A whole message: names of keys come from the file too.</summary>
    public static string Sentence(string text)
    {
        if (text.Length > MaxSentence) text = text[..MaxSentence] + "…";
        return text.All(IsPrintable) ? text : string.Create(text.Length, text, static (shown, text) =>
        {
            for (var i = 0; i < text.Length; i++) shown[i] = IsPrintable(text[i]) ? text[i] : '\uFFFD';
        });
    }

    public static string Type(JsonTokenType token) => token switch
    {
        JsonTokenType.String => "text",
        JsonTokenType.Number => "a number",
        JsonTokenType.True => "true",
        JsonTokenType.False => "false",
        JsonTokenType.StartObject => "an object",
        JsonTokenType.StartArray => "a list",
        _ => "null",
    };

    public static bool IsPrintable(char c) => char.GetUnicodeCategory(c) is not
        (System.Globalization.UnicodeCategory.Control or System.Globalization.UnicodeCategory.Format or System.Globalization.UnicodeCategory.Surrogate
        or System.Globalization.UnicodeCategory.LineSeparator or System.Globalization.UnicodeCategory.ParagraphSeparator);
}
