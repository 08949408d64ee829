using Openclawssy.Runtime.Text;
using Openclawssy.Runtime.Toolkit;

namespace Openclawssy.Tools.Files;

/// <summary>The two simple ways fs.edit changes a text. Both keep the file's line breaks and the state of its last line.</summary>
static class TextEdits
{
    public static string ReplaceOnce(string text, string old, string replacement)
    {
        if (old[0] == FileText.ByteOrderMark && old.Length > 1) (old, replacement) = (old[1..], replacement.TrimStart(FileText.ByteOrderMark));
        (old, replacement) = InLineBreaksOf(text, old, replacement);
        var at = text.IndexOf(old, StringComparison.Ordinal);
        if (at < 0) throw ToolException.InvalidInput("$.old: this text is not in the file; read the file again and copy the text exactly, with its spaces", "$.old");
        var matches = Matches(text, old, at);
        return matches == 1
            ? string.Concat(text.AsSpan(0, at), replacement, text.AsSpan(at + old.Length))
            : throw ToolException.InvalidInput($"$.old: this text occurs {matches} times in the file; add lines before or after it until it is unique", "$.old");
    }

    public static string ReplaceLines(string text, IReadOnlyList<FsEdit.LineEdit> edits)
    {
        var file = TextLines.Of(text);
        // Only a text that mixes line breaks takes new ones as they come.
        var mixed = !file.IsCrLf && text.Contains('\r', StringComparison.Ordinal);
        var result = new List<string>(file.Lines.Count);
        var copied = 0;
        foreach (var (index, edit) in edits.Index().OrderBy(pair => pair.Item.StartLine))
        {
            var here = $"$.edits[{index}]";
            if (edit.EndLine < edit.StartLine) throw ToolException.InvalidInput($"{here}: endLine {edit.EndLine} is before startLine {edit.StartLine}", here);
            var adds = edit.StartLine == file.Lines.Count + 1 && edit.EndLine == edit.StartLine;
            if (edit.EndLine > file.Lines.Count && !adds) throw ToolException.InvalidInput(
                $"{here}: endLine {edit.EndLine} is beyond the file, which has {file.Lines.Count} line(s); startLine and endLine {file.Lines.Count + 1} add at the end", here);
            if (edit.StartLine <= copied) throw ToolException.InvalidInput($"{here}: overlaps another edit at line {edit.StartLine}; join the two", here);
            while (copied < edit.StartLine - 1) result.Add(file.Lines[copied++]);
            result.AddRange(LinesOf(edit.NewText, mixed));
            copied = edit.EndLine;
        }
        while (copied < file.Lines.Count) result.Add(file.Lines[copied++]);
        return file.Join(result, file.EndsWithBreak);
    }

    // A break at the end ends the last line; it does not add an empty one.
    static IReadOnlyList<string> LinesOf(string newText, bool literally) =>
        TextLines.Exactly(literally ? newText : newText.Replace("\r\n", "\n", StringComparison.Ordinal)).Lines;

    static (string Old, string Replacement) InLineBreaksOf(string text, string old, string replacement)
    {
        static string Lf(string value) => value.Replace("\r\n", "\n", StringComparison.Ordinal);
        if (TextLines.Of(text).IsCrLf) return (CrLf(old), CrLf(replacement));
        return text.Contains('\r', StringComparison.Ordinal) || !old.Contains('\r', StringComparison.Ordinal) ? (old, replacement) : (Lf(old), Lf(replacement));

        static string CrLf(string value) => Lf(value).Replace("\n", "\r\n", StringComparison.Ordinal);
    }

    // Overlapping occurrences count: each is a place that could have been meant.
    static int Matches(string text, string old, int first)
    {
        var count = 1;
        for (var at = text.IndexOf(old, first + 1, StringComparison.Ordinal); at >= 0; at = text.IndexOf(old, at + 1, StringComparison.Ordinal)) count++;
        return count;
    }
}
