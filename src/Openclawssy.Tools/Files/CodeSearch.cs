using System.ComponentModel;
using System.Text.Json.Serialization;
using System.Text.RegularExpressions;
using Openclawssy.Runtime.Text;
using Openclawssy.Runtime.Toolkit;

namespace Openclawssy.Tools.Files;

/// <summary>Searches the workspace's text files line by line, in time linear in what it reads.</summary>
public sealed class CodeSearch() : Tool<CodeSearch.Input, CodeSearch.Output>(CodeSearchJson.Default)
{
    const int MaxPatternChars = 1_000, MaxLineChars = 500, MaxEntries = 1_000_000;

    // Linear is not yet fast: a pattern with large counters can still be slow on one very long line.
    static readonly TimeSpan LongestLine = TimeSpan.FromSeconds(2);

    static readonly HashSet<string> SkippedFolders = [".git", ".openclawssy"];

    public sealed record Input(
        [property: Description("Regular expression, matched within single lines. No look-around, no back-references.")] string Pattern,
        [property: Description("Folder to search with all below it, or one file."), DefaultValue(".")] WorkspacePath? Path = null,
        [property: Description("Look into at most this many files."), Bounds(1, 20_000)] int MaxFiles = 2_000,
        [property: Description("Skip files larger than this."), Bounds(1, 16_777_216)] int MaxFileBytes = 524_288,
        [property: Description("Stop after this many matching lines."), Bounds(1, 5_000)] int MaxMatches = 500,
        [property: Description("Ignore upper and lower case.")] bool CaseInsensitive = false);

    /// <summary>One matching line.</summary>
    public sealed record Match(
        [property: Description("From the workspace's root.")] string Path,
        [property: Description("Line number, from 1.")] int Line,
        [property: Description("The line; a long one is cut around the match.")] string Text);

    /// <summary>How many files were not searched, by reason; a reason that did not occur is left out.</summary>
    public sealed record Skipped(
        [property: Description("Larger than max_file_bytes.")] int? TooLarge,
        [property: Description("Holding NUL bytes.")] int? Binary,
        [property: Description("Not valid UTF-8.")] int? NotUtf8,
        [property: Description("Refused or gone.")] int? Unreadable);

    public sealed record Output(
        [property: Description("Matching lines in order of path and line.")] IReadOnlyList<Match> Matches,
        [property: Description("True when max_files or max_matches ended the search.")] bool Truncated,
        [property: Description("Files searched.")] int FilesSearched,
        [property: Description("Files that were not searched, if any.")] Skipped? SkippedFiles);

    public override string Name => "code.search";
    public override string Description =>
        "Find lines that match a regular expression in the text files of a folder. Skips .git, .openclawssy, binary and large files; says how many it skipped.";
    public override Reach Reach => Reach.ReadsFiles;

    protected override void Check(Input input) => Compile(input);

    protected override Task<Answer<Output>> RunAsync(Input input, ToolScope scope, CancellationToken cancellationToken)
    {
        var pattern = Compile(input);
        var path = input.Path ?? WorkspacePath.Parse(".");
        var matches = new List<Match>();
        var skipped = new Dictionary<string, int>(StringComparer.Ordinal);
        var (searched, looked, truncated) = (0, 0, false);
        // One file more than is searched, to know whether there was more.
        foreach (var file in scope.Files.Walk(path, new(input.MaxFiles + 1, MaxEntries, SkippedFolders), cancellationToken))
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (++looked > input.MaxFiles) { truncated = true; break; }
            if (!TryRead(scope.Files, file, input.MaxFileBytes, cancellationToken, out var text, out var reason))
            {
                skipped[reason] = skipped.GetValueOrDefault(reason) + 1;
                continue;
            }
            searched++;
            truncated = !Search(pattern, file.RelativePath, text, input.MaxMatches, matches, cancellationToken);
            if (truncated) break;
        }
        var files = matches.Select(match => match.Path).Distinct(StringComparer.Ordinal).Count();
        return Task.FromResult(new Answer<Output>(
            new(matches, truncated, searched, Report(skipped)),
            $"found {matches.Count} match(es) in {files} file(s) under {path}{(truncated ? " (truncated)" : "")}",
            path.Given));
    }

    static Regex Compile(Input input)
    {
        if (input.Pattern.Length is 0 or > MaxPatternChars) throw Refused($"must have 1 to {MaxPatternChars} characters");
        var options = RegexOptions.NonBacktracking | RegexOptions.CultureInvariant | (input.CaseInsensitive ? RegexOptions.IgnoreCase : RegexOptions.None);
        try { return new Regex(input.Pattern, options, LongestLine); }
        catch (RegexParseException error) { throw Refused($"is not a valid regular expression at character {error.Offset}: {Words(error.Error)}"); }
        catch (NotSupportedException)
        {
            throw Refused("uses look-around, a back-reference, an atomic group or a count too large; these cannot be searched in linear time, so write the pattern without them");
        }
    }

    static bool TryRead(IWorkspaceFiles files, WalkedFile file, int maxBytes, CancellationToken cancellationToken, out string text, out string reason)
    {
        (text, reason) = ("", "too_large");
        if (file.SizeBytes > maxBytes) return false;
        FileSlice slice;
        try { slice = files.Read(file.Path, 0, maxBytes, cancellationToken); }
        catch (ToolException)
        {
            // Refused by the guard, or gone since the walk saw it: the search goes on and says so.
            reason = "unreadable";
            return false;
        }
        if (slice.SizeBytes > slice.Bytes.Length) return false;
        if (FileText.TryDecode(slice.Bytes.Span, out var decoded, out var why)) { text = decoded; return true; }
        reason = why;
        return false;
    }

    /// <summary>False when the limit was reached and a further matching line was left out.</summary>
    static bool Search(Regex pattern, string path, string text, int maxMatches, List<Match> matches, CancellationToken cancellationToken)
    {
        var number = 0;
        foreach (var range in text.AsSpan().Split('\n'))
        {
            cancellationToken.ThrowIfCancellationRequested();
            number++;
            var line = text.AsSpan(range);
            if (line.EndsWith('\r')) line = line[..^1];
            // What follows the last line break is not a line unless something stands there.
            if (line.IsEmpty && range.End.Value == text.Length) break;
            if (!TryFind(pattern, line, out var at)) continue;
            if (matches.Count == maxMatches) return false;
            matches.Add(new(path, number, Truncation.Around(line.ToString(), at, MaxLineChars)));
        }
        return true;
    }

    static bool TryFind(Regex pattern, ReadOnlySpan<char> line, out int at)
    {
        at = 0;
        try
        {
            foreach (var match in pattern.EnumerateMatches(line)) { at = match.Index; return true; }
            return false;
        }
        catch (RegexMatchTimeoutException) { throw Refused($"takes more than {LongestLine.TotalSeconds:0} s on one line; make it simpler"); }
    }

    static Skipped? Report(Dictionary<string, int> counts)
    {
        int? Of(string reason) => counts.TryGetValue(reason, out var count) ? count : null;
        return counts.Count == 0 ? null : new(Of("too_large"), Of("binary"), Of("not_utf8"), Of("unreadable"));
    }

    static string Words(RegexParseError error) => string.Concat(error.ToString().Select((c, i) => char.IsUpper(c) ? (i > 0 ? " " : "") + char.ToLowerInvariant(c) : c.ToString()));

    static ToolException Refused(string what) => ToolException.InvalidInput($"$.pattern: {what}", "$.pattern");
}

[JsonSerializable(typeof(CodeSearch.Input))]
[JsonSerializable(typeof(CodeSearch.Output))]
sealed partial class CodeSearchJson : JsonSerializerContext;
