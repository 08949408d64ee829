namespace Openclawssy.Runtime.Text;

/// <summary>
/// A text as numbered lines. Taking it apart and putting it together gives the same characters. A text whose every line break
/// is CR LF has lines without the CR; in a mixed text a CR stays part of its line, so that nothing is silently converted.
/// </summary>
/// <param name="Lines">The lines without their breaks.</param>
/// <param name="Break">What separates them: <c>\n</c> or <c>\r\n</c>.</param>
/// <param name="EndsWithBreak">Whether the last line is ended too; true for an empty text, whose first line will be.</param>
public sealed record TextLines(IReadOnlyList<string> Lines, string Break, bool EndsWithBreak)
{
    public bool IsCrLf => Break.Length == 2;

    public static TextLines Of(string text) => Of(text, IsUniformlyCrLf(text) ? "\r\n" : "\n");

    /// <summary>The lines with every CR kept as content, whatever the text looks like.</summary>
    public static TextLines Exactly(string text) => Of(text, "\n");

    public string Join(IReadOnlyList<string> lines, bool endsWithBreak) =>
        lines.Count == 0 ? "" : string.Join(Break, lines) + (endsWithBreak ? Break : "");

    public string Join() => Join(Lines, EndsWithBreak);

    /// <summary>Number of lines as results report it: 0 for nothing, else line breaks plus one.</summary>
    public static int Count(string text) => text.Length == 0 ? 0 : text.AsSpan().Count('\n') + 1;

    static TextLines Of(string text, string lineBreak)
    {
        if (text.Length == 0) return new([], lineBreak, true);
        var ends = text.EndsWith(lineBreak, StringComparison.Ordinal);
        return new((ends ? text[..^lineBreak.Length] : text).Split(lineBreak), lineBreak, ends);
    }

    static bool IsUniformlyCrLf(string text)
    {
        var breaks = 0;
        for (var at = text.IndexOf('\n', StringComparison.Ordinal); at >= 0; at = text.IndexOf('\n', at + 1))
        {
            if (at == 0 || text[at - 1] != '\r') return false;
            breaks++;
        }
        return breaks > 0;
    }
}
