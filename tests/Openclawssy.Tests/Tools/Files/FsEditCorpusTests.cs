using System.Text;
using System.Text.Json.Nodes;
using Openclawssy.Runtime.Text;
using Openclawssy.Runtime.Toolkit;
using Openclawssy.TestKit;
using Openclawssy.Tools.Files;
using Xunit;

namespace Openclawssy.Tests.Tools.Files;

/// <summary>
/// Published patches against fs.edit: each gives exactly the published result or is refused with nothing written. Refused by
/// design: several files in one patch, binary patches, created, deleted, renamed, copied files and mode changes (fs.write,
/// fs.delete and fs.move do those), text after hunks that is no diff, and counts that do not
/// match (some published samples are cut off).
/// </summary>
public sealed class FsEditCorpusTests
{
    /// <summary>Patches with a published result that are refused although another program applies them.</summary>
    static readonly string[] RefusedByDesign = ["bin_fragment_delta_modify", "bin_fragment_delta_modify_large", "bin_fragment_literal_create", "bin_fragment_literal_modify", "file_bin_modify", "file_mode_change", "file_text_delete"];

    /// <summary>Patches without a published result that are one clean change of one text file.</summary>
    static readonly string[] Clean =
    [
        "empty_new.diff", "empty_orig.diff", "no_newline_both.diff", "no_newline_both2.diff", "no_newline_new.diff", "no_newline_orig.diff", "oneline_hunk.diff", "quoted_filename.diff",
        "sample_file.diff", "sample_file_extended.diff", "sample_file_no_fractional_seconds.diff", "sample_file_no_timestamp.diff", "sample_hunk.diff",
        "sample_hunk_lines_start_with_minuses.diff", "sample_hunk_lines_start_with_minuses_pluses.diff", "sample_hunks.diff", "sample_hunks_no_newline.diff",
        "sample_no_chunksize.diff",
        "one_file.patch", "modify.patch",
    ];

    [Fact]
    public async Task Patches_with_a_published_result_give_it_or_are_refused()
    {
        var folder = Path.Combine(Find(), "go-gitdiff", "gitdiff", "testdata", "apply");
        var (applied, refused) = (0, new List<string>());
        foreach (var patch in Directory.GetFiles(folder, "*.patch").Order(StringComparer.Ordinal))
        {
            var name = Path.GetFileNameWithoutExtension(patch);
            var source = await SourceOf(folder, name);
            var expected = Path.Combine(folder, name + ".out");
            var (result, refusal) = await EditAsync(source, await File.ReadAllTextAsync(patch));
            if (refusal is not null) { refused.Add(name); continue; }
            Assert.True(File.Exists(expected), $"{name} was applied and should have been refused");
            var published = await File.ReadAllTextAsync(expected);
            var text = Encoding.UTF8.GetString(result);
            // The published result of a single hunk ends where the hunk ends; what follows must be the source's own rest.
            Assert.True(text.StartsWith(published, StringComparison.Ordinal), name);
            Assert.True(name.StartsWith("text_fragment_", StringComparison.Ordinal) ? Encoding.UTF8.GetString(source).EndsWith(text[published.Length..], StringComparison.Ordinal) : text == published, name);
            applied++;
        }
        Assert.Equal(13, applied);
        Assert.Equal(RefusedByDesign, refused.Where(name => File.Exists(Path.Combine(folder, name + ".out"))));
    }

    [Fact]
    public async Task Every_other_published_patch_is_one_clean_change_or_refused()
    {
        var clean = new List<string>();
        foreach (var file in Others())
        {
            var patch = await File.ReadAllTextAsync(file);
            var source = OldSide(patch);
            var (_, refusal) = await EditAsync(Encoding.UTF8.GetBytes(source), patch);
            if (refusal is null) clean.Add(Path.GetFileName(file));
        }
        Assert.True(Clean.Order(StringComparer.Ordinal).SequenceEqual(clean.Order(StringComparer.Ordinal)), "taken: " + string.Join(' ', clean.Order(StringComparer.Ordinal)));
    }

    [Fact]
    public async Task A_patch_and_its_published_reverse_cancel_out()
    {
        var undone = 0;
        foreach (var reverse in Directory.GetFiles(Path.Combine(Find(), "go-diff"), "*.reversed", SearchOption.AllDirectories))
        {
            var patch = await File.ReadAllTextAsync(Path.ChangeExtension(reverse, ".diff"));
            var source = Encoding.UTF8.GetBytes(OldSide(patch));
            var (there, refusal) = await EditAsync(source, patch);
            if (refusal is not null) continue;
            var (back, _) = await EditAsync(there, await File.ReadAllTextAsync(reverse));
            Assert.Equal(source, back);
            undone++;
        }
        Assert.Equal(5, undone);
    }

    [Fact]
    public void A_patch_tool_that_searches_for_its_context_would_apply_published_conflicts()
    {
        // The control: finding the old lines anywhere, as lenient tools do, applies patches that are published as conflicts.
        var folder = Path.Combine(Find(), "go-gitdiff", "gitdiff", "testdata", "apply");
        var source = File.ReadAllText(Path.Combine(folder, "text_fragment_error.src"));
        var wrong = Directory.GetFiles(folder, "text_fragment_error_*.patch").Count(patch => source.Contains(OldLines(File.ReadAllText(patch)), StringComparison.Ordinal));
        Assert.True(wrong > 0);
    }

    static async Task<(byte[] Result, ToolException? Refusal)> EditAsync(byte[] source, string patch)
    {
        var workspace = new FakeWorkspace().Put("target.txt", source).Put("other.txt", []);
        var input = new JsonObject { ["path"] = "target.txt", ["patch"] = patch }.ToJsonString();
        try
        {
            await workspace.CallAsync(new FsEdit(), input);
            Assert.Equal(1, workspace.Changes);
            return (workspace.Bytes("target.txt"), null);
        }
        catch (ToolException refusal)
        {
            Assert.Equal(ToolErrorCodes.InputInvalid, refusal.Code);
            Assert.Equal((source, 0), (workspace.Bytes("target.txt"), workspace.Changes));
            return ([], refusal);
        }
    }

    static string Find()
    {
        var corpus = Corpora.Find("patch");
        if (corpus is null) Assert.Skip(Corpora.Absent);
        return corpus;
    }

    static IEnumerable<string> Others() => Directory.GetFiles(Find(), "*", SearchOption.AllDirectories)
        .Where(file => Path.GetExtension(file) is ".diff" or ".patch" && !file.Contains("/apply/", StringComparison.Ordinal));

    // Several conflicts share one source, named without what goes wrong.
    static async Task<byte[]> SourceOf(string folder, string name)
    {
        for (var stem = name; stem.Length > 0; stem = stem.Contains('_', StringComparison.Ordinal) ? stem[..stem.LastIndexOf('_')] : "")
            if (File.Exists(Path.Combine(folder, stem + ".src"))) return await File.ReadAllBytesAsync(Path.Combine(folder, stem + ".src"));
        return [];
    }

    static string OldLines(string patch) => string.Concat(Body(patch).Where(line => line[0] is ' ' or '-').Select(line => line[1..] + "\n"));

    static IEnumerable<string> Body(string patch) => patch.Split('\n').SkipWhile(line => !line.StartsWith("@@", StringComparison.Ordinal)).Where(line => line.Length > 0);

    /// <summary>A file the first file's hunks fit: the old lines where the headers say, made-up lines between.</summary>
    static string OldSide(string patch)
    {
        var lines = new List<string>();
        var ends = true;
        var previous = ' ';
        foreach (var line in Body(patch))
        {
            if (line.StartsWith("@@ -", StringComparison.Ordinal))
            {
                var start = int.Parse(line[4..].Split(',', ' ')[0], System.Globalization.CultureInfo.InvariantCulture);
                while (lines.Count < start - 1) lines.Add($"~{lines.Count}");
            }
            else if (line[0] is ' ' or '-') lines.Add(line[1..]);
            else if (line[0] == '\\' && previous is ' ' or '-') ends = false;
            previous = line[0];
        }
        return TextLines.Exactly("\n").Join(lines, ends);
    }
}
