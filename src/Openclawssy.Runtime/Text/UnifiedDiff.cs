using System.Globalization;

namespace Openclawssy.Runtime.Text;

/// <summary>A patch that cannot be read or does not fit. The message says where and what to do.</summary>
public sealed class UnifiedDiffException(string message) : Exception(message);

/// <summary>
/// A unified diff of one text file. Strict: counts must be right, lines must stand exactly where the patch says, nothing is
/// guessed. File names in it are read past; the caller alone says what it is applied to.
/// </summary>
public sealed class UnifiedDiff
{
    readonly IReadOnlyList<Hunk> hunks;
    UnifiedDiff(IReadOnlyList<Hunk> hunks) => this.hunks = hunks;

    public int HunkCount => hunks.Count;

    /// <summary>One place of change. Numbers as in its header.</summary>
    /// <param name="Lines">Each begins with a space, <c>-</c> or <c>+</c>.</param>
    /// <param name="OldEnds">The old side's last line is marked as having no newline.</param>
    /// <param name="NewEnds">The new side's last line is marked as having no newline.</param>
    sealed record Hunk(int Number, string Header, int OldStart, int OldCount, int NewCount, IReadOnlyList<string> Lines, bool OldEnds, bool NewEnds);

    /// <exception cref="UnifiedDiffException">It is not a unified diff of exactly one text file.</exception>
    public static UnifiedDiff Parse(string patch)
    {
        var lines = TextLines.Exactly(patch).Lines;
        var hunks = new List<Hunk>();
        var at = SkipPreamble(lines);
        while (at < lines.Count)
        {
            if (lines[at].StartsWith("@@", StringComparison.Ordinal)) hunks.Add(ReadHunk(lines, ref at, hunks.Count + 1));
            else if (lines[at].AsSpan().TrimEnd('\r').IsWhiteSpace()) at++;
            else throw AfterHunk(lines, at, hunks[^1]);
        }
        return hunks.Count > 0 ? new(hunks) : throw new UnifiedDiffException(
            "the patch does not contain any @@ hunks; a hunk begins with a line like \"@@ -3,4 +3,5 @@\"");
    }

    /// <summary>The changed text. Line breaks and the state of the last line stay as they are, except where the patch itself says otherwise.</summary>
    /// <exception cref="UnifiedDiffException">The text is not what the patch was made for.</exception>
    public string Apply(string text)
    {
        var file = TextLines.Of(text);
        var strip = false;
        // A patch without CR fits a CR LF file; a patch that came with CR LF throughout fits an LF file. A patch that has both is meant literally.
        if (BodyHasCr(out var everywhere))
        {
            strip = everywhere && (file.IsCrLf || (file.Lines.Count > 0 && !text.Contains('\r', StringComparison.Ordinal)));
            if (!strip) file = TextLines.Exactly(text);
        }

        var result = new List<string>(file.Lines.Count + 16);
        var copied = 0;
        foreach (var hunk in hunks)
        {
            var start = Place(hunk, file.Lines.Count, copied);
            while (copied < start) result.Add(file.Lines[copied++]);
            foreach (var line in hunk.Lines)
            {
                var content = strip && line.EndsWith('\r') ? line[1..^1] : line[1..];
                if (line[0] == '+') { result.Add(content); continue; }
                if (file.Lines[copied] != content) throw Mismatch(hunk, copied + 1, content, file.Lines[copied]);
                if (line[0] == ' ') result.Add(content);
                copied++;
            }
        }

        var last = hunks[^1];
        var reachesEnd = copied == file.Lines.Count;
        if (last.OldEnds && (!reachesEnd || file.EndsWithBreak || file.Lines.Count == 0)) throw new UnifiedDiffException(
            $"context mismatch in hunk {last.Number}: the patch says the file ends there without a newline, and it does not");
        if (last.NewEnds && !reachesEnd) throw new UnifiedDiffException(
            $"context mismatch in hunk {last.Number}: the patch ends the file there, and the file goes on");
        while (copied < file.Lines.Count) result.Add(file.Lines[copied++]);
        return file.Join(result, !last.NewEnds && (last.OldEnds || file.EndsWithBreak));
    }

    bool BodyHasCr(out bool everywhere)
    {
        var (with, without) = (0, 0);
        foreach (var hunk in hunks)
            foreach (var line in hunk.Lines)
                if (line.EndsWith('\r')) with++; else without++;
        everywhere = without == 0;
        return with > 0;
    }

    static int Place(Hunk hunk, int lineCount, int copied)
    {
        if (hunk.OldStart == 0 && lineCount > 0) throw new UnifiedDiffException(
            $"context mismatch in hunk {hunk.Number}: \"{hunk.Header}\" is for an empty file, and this one has {lineCount} line(s)");
        // With no old lines the number names the line before; otherwise the first line.
        var start = hunk.OldCount == 0 ? hunk.OldStart : hunk.OldStart - 1;
        if (start < copied) throw new UnifiedDiffException($"hunk {hunk.Number} begins before the end of the one before it; hunks must be in order and apart");
        if (start > lineCount || hunk.OldCount > lineCount - start) throw new UnifiedDiffException(
            $"context mismatch in hunk {hunk.Number}: \"{hunk.Header}\" reaches beyond the file, which has {lineCount} line(s)");
        return start;
    }

    static Hunk ReadHunk(IReadOnlyList<string> lines, ref int at, int number)
    {
        var headerLine = at + 1;
        if (!TryReadHeader(lines[at++], out var oldStart, out var oldCount, out var newCount, out var header)) throw new UnifiedDiffException(
            $"line {headerLine} of the patch is not a hunk header; it must look like \"@@ -3,4 +3,5 @@\"");
        var body = new List<string>();
        var (old, added) = (oldCount, newCount);
        var (oldEnds, newEnds) = (false, false);
        for (; at < lines.Count; at++)
        {
            var line = lines[at];
            if (line.StartsWith('\\'))
            {
                if (body.Count == 0) break;
                oldEnds |= body[^1][0] is ' ' or '-';
                newEnds |= body[^1][0] is ' ' or '+';
                continue;
            }
            if (old == 0 && added == 0) break;
            // An empty context line whose one space an editor has stripped.
            if (line is "" or "\r") line = " " + line;
            var (takesOld, takesNew) = line[0] switch { ' ' => (1, 1), '-' => (1, 0), '+' => (0, 1), _ => (0, 0) };
            if (takesOld + takesNew == 0 || takesOld > old || takesNew > added || (takesOld > 0 && oldEnds) || (takesNew > 0 && newEnds)) break;
            (old, added) = (old - takesOld, added - takesNew);
            body.Add(line);
        }
        if (old > 0 || added > 0) throw new UnifiedDiffException(
            $"hunk {number} (line {headerLine} of the patch) does not hold the {oldCount} old and {newCount} new line(s) \"{header}\" promises; correct its lines or the counts");
        if (oldCount == 0 && newCount == 0) throw new UnifiedDiffException($"hunk {number} (line {headerLine} of the patch) is empty");
        if (oldStart == 0 && oldCount > 0) throw new UnifiedDiffException($"hunk {number}: line numbers start at 1");
        return new(number, header, oldStart, oldCount, newCount, body, oldEnds, newEnds);
    }

    static bool TryReadHeader(string line, out int oldStart, out int oldCount, out int newCount, out string header)
    {
        (oldStart, oldCount, newCount, header) = (0, 0, 0, "");
        if (!line.StartsWith("@@ -", StringComparison.Ordinal)) return false;
        var end = line.IndexOf(" @@", 4, StringComparison.Ordinal);
        if (end < 0 || (end + 3 < line.Length && line[end + 3] is not (' ' or '\r' or '\t'))) return false;
        header = line[..(end + 3)];
        var plus = line.IndexOf(" +", 4, StringComparison.Ordinal);
        return plus >= 0 && plus < end && TryReadRange(line.AsSpan(4, plus - 4), out oldStart, out oldCount)
            && TryReadRange(line.AsSpan(plus + 2, end - plus - 2), out _, out newCount);
    }

    static bool TryReadRange(ReadOnlySpan<char> text, out int start, out int count)
    {
        count = 1;
        var comma = text.IndexOf(',');
        return int.TryParse(comma < 0 ? text : text[..comma], NumberStyles.None, CultureInfo.InvariantCulture, out start)
            && (comma < 0 || int.TryParse(text[(comma + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out count));
    }

    /// <summary>Reads past everything before the first hunk, refusing what promises more than a change of one text file.</summary>
    static int SkipPreamble(IReadOnlyList<string> lines)
    {
        var (git, files) = (0, 0);
        for (var at = 0; at < lines.Count; at++)
        {
            var line = lines[at].TrimEnd('\r');
            if (line.StartsWith("@@", StringComparison.Ordinal)) return at;
            if (line.StartsWith("diff --git ", StringComparison.Ordinal)) git++;
            if (line.StartsWith("+++ ", StringComparison.Ordinal)) files++;
            if (git > 1 || files > 1) throw SeveralFiles();
            if (Special(line, git > 0) is { } refusal) throw new UnifiedDiffException(refusal);
        }
        return lines.Count;
    }

    static string? Special(string line, bool inGitHeader)
    {
        bool Starts(string word) => line.StartsWith(word, StringComparison.Ordinal);
        if (line is "GIT binary patch" || (Starts("Binary files ") && line.EndsWith(" differ", StringComparison.Ordinal))) return "a binary patch cannot be applied; only text";
        if (Starts("+++ /dev/null")) return "the patch deletes the file; use fs.delete";
        if (Starts("--- /dev/null")) return "the patch creates a file; use fs.write";
        if (!inGitHeader) return null;
        if (Starts("deleted file mode ")) return "the patch deletes the file; use fs.delete";
        if (Starts("new file mode ")) return "the patch creates a file; use fs.write";
        if (Starts("rename from ") || Starts("rename to ")) return "the patch renames a file; use fs.move";
        if (Starts("copy from ") || Starts("copy to ")) return "the patch copies a file; use fs.write";
        return Starts("old mode ") || Starts("new mode ") ? "the patch changes the file's mode, which is not supported; leave that header out" : null;
    }

    static UnifiedDiffException AfterHunk(IReadOnlyList<string> lines, int at, Hunk hunk)
    {
        var line = lines[at];
        if (line.StartsWith("diff ", StringComparison.Ordinal)
            || (line.StartsWith("--- ", StringComparison.Ordinal) && at + 1 < lines.Count && lines[at + 1].StartsWith("+++ ", StringComparison.Ordinal))) return SeveralFiles();
        return line[0] is ' ' or '-' or '+'
            ? new($"hunk {hunk.Number} has more lines than \"{hunk.Header}\" promises (line {at + 1} of the patch); correct the counts")
            : new($"line {at + 1} of the patch, after hunk {hunk.Number}, is not part of a diff: \"{Truncation.OneLine(line, 80)}\"");
    }

    static UnifiedDiffException SeveralFiles() => new("the patch changes several files; call once for each file");

    static UnifiedDiffException Mismatch(Hunk hunk, int lineNumber, string expected, string found) => new(
        $"context mismatch at line {lineNumber} of the file (hunk {hunk.Number}): the patch has \"{Truncation.OneLine(expected, 120)}\", the file has \"{Truncation.OneLine(found, 120)}\"; read the file again and correct the patch");
}
