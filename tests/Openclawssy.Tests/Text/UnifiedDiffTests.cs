using System.Text;
using CsCheck;
using Openclawssy.Runtime.Text;
using Xunit;

namespace Openclawssy.Tests.Text;

public sealed class UnifiedDiffTests
{
    const string Ten = "1\n2\n3\n4\n5\n6\n7\n8\n9\n10\n";

    [Theory]
    [InlineData(Ten, "@@ -4,3 +4,3 @@\n 4\n-5\n+five\n 6\n", "1\n2\n3\n4\nfive\n6\n7\n8\n9\n10\n")]
    [InlineData(Ten, "--- a/x\n+++ b/x\n@@ -1,2 +1,3 @@ a section\n+0\n 1\n 2\n@@ -9,2 +10 @@\n 9\n-10\n", "0\n1\n2\n3\n4\n5\n6\n7\n8\n9\n")]
    [InlineData("", "@@ -0,0 +1,2 @@\n+a\n+b\n", "a\nb\n")]
    [InlineData("a\nb\n", "@@ -1,2 +0,0 @@\n-a\n-b\n", "")]
    [InlineData("a\nb\n", "@@ -1,0 +2 @@\n+new\n", "a\nnew\nb\n")]
    [InlineData("a\n\nb\n", "@@ -1,3 +1,3 @@\n a\n\n-b\n+c\n\n\n", "a\n\nc\n")]
    [InlineData("- a\n", "@@ -1 +1 @@\n-- a\n+++ b\n", "++ b\n")]
    public void A_fitting_patch_is_applied(string text, string patch, string expected) => Assert.Equal(expected, Apply(patch, text));

    [Theory]
    [InlineData("a", "@@ -1 +1 @@\n-a\n\\ No newline at end of file\n+b\n", "b\n")]
    [InlineData("a\n", "@@ -1 +1 @@\n-a\n+b\n\\ No newline at end of file\n", "b")]
    [InlineData("a", "@@ -1 +1 @@\n-a\n\\ No newline at end of file\n+b\n\\ No newline at end of file\n", "b")]
    [InlineData("a\nb", "@@ -1,2 +1,2 @@\n-a\n+c\n b\n\\ No newline at end of file\n", "c\nb")]
    [InlineData("a", "@@ -1 +1 @@\n-a\n+b\n", "b")]
    [InlineData("a", "@@ -1 +1,2 @@\n a\n+b\n", "a\nb")]
    [InlineData("a\nb", "@@ -1 +1 @@\n-a\n+c\n", "c\nb")]
    public void The_end_of_the_file_is_as_the_patch_says_or_as_it_was(string text, string patch, string expected) => Assert.Equal(expected, Apply(patch, text));

    [Theory]
    [InlineData("a\r\nb\r\n", "@@ -1,2 +1,3 @@\n a\n+x\n b\n", "a\r\nx\r\nb\r\n")]
    [InlineData("a\r\nb\r\n", "@@ -1,2 +1,3 @@\r\n a\r\n+x\r\n b\r\n", "a\r\nx\r\nb\r\n")]
    [InlineData("a\nb\n", "@@ -1,2 +1,3 @@\r\n a\r\n+x\r\n b\r\n", "a\nx\nb\n")]
    [InlineData("a\r\nb\r\n", "@@ -1,2 +1,2 @@\n-a\r\n+a\n b\r\n", "a\nb\r\n")]
    [InlineData("a\r\nb", "@@ -1,2 +1,2 @@\n a\n-b\n+c\n", "a\r\nc")]
    public void Line_breaks_stay_as_they_are_unless_the_patch_is_about_them(string text, string patch, string expected) => Assert.Equal(expected, Apply(patch, text));

    [Theory]
    [InlineData("", "does not contain any @@ hunks")]
    [InlineData("just words\n", "does not contain any @@ hunks")]
    [InlineData("@@ @@\n-1\n", "line 1 of the patch is not a hunk header")]
    [InlineData("@@ -1,x +1 @@\n-1\n", "not a hunk header")]
    [InlineData("@@ -1 +1\n-1\n+x\n", "not a hunk header")]
    [InlineData("@@@ -1 -1 +1 @@@\n", "not a hunk header")]
    [InlineData("@@ -99999999999 +1 @@\n-1\n+x\n", "not a hunk header")]
    [InlineData("@@ -1,2 +1,2 @@\n-1\n+x\n", "does not hold the 2 old and 2 new line(s)")]
    [InlineData("@@ -1 +1 @@\n-1\n-2\n+x\n", "does not hold the 1 old and 1 new line(s)")]
    [InlineData("@@ -1 +1 @@\n-1\n+x\n+y\n", "hunk 1 has more lines than")]
    [InlineData("@@ -1 +1 @@\n-1\n+x\nwords\n", "is not part of a diff")]
    [InlineData("@@ -1,0 +1,0 @@\n", "is empty")]
    [InlineData("@@ -0,1 +1 @@\n-1\n+x\n", "line numbers start at 1")]
    [InlineData("@@ -0,0 +1 @@\n+x\n", "is for an empty file")]
    [InlineData("@@ -1,2 +1,2 @@\n 1\n-two\n+x\n", "context mismatch at line 2 of the file (hunk 1): the patch has \"two\", the file has \"2\"")]
    [InlineData("@@ -2 +2 @@\n-1\n+x\n", "context mismatch at line 2")]
    [InlineData("@@ -10,2 +10 @@\n 10\n-11\n", "reaches beyond the file, which has 10 line(s)")]
    [InlineData("@@ -2147483647,2 +1 @@\n a\n-b\n", "reaches beyond the file")]
    [InlineData("@@ -2147483647,0 +1 @@\n+b\n", "reaches beyond the file")]
    [InlineData("@@ -5 +5 @@\n-5\n+x\n@@ -4 +4 @@\n-4\n+x\n", "must be in order")]
    [InlineData("@@ -1 +1 @@\n-1\n\\ No newline at end of file\n+x\n", "ends there without a newline")]
    [InlineData("@@ -1 +1 @@\n-1\n+x\n\\ No newline at end of file\n", "and the file goes on")]
    [InlineData("@@ -10 +10 @@\n-10\n\\ No newline at end of file\n+x\n", "ends there without a newline")]
    [InlineData("--- a\n+++ a\n@@ -1 +1 @@\n-1\n+x\n--- b\n+++ b\n@@ -1 +1 @@\n-1\n+x\n", "several files")]
    [InlineData("diff --git a/a b/a\ndiff --git a/b b/b\n@@ -1 +1 @@\n-1\n+x\n", "several files")]
    [InlineData("diff --git a/a b/a\nGIT binary patch\n", "binary")]
    [InlineData("Binary files a and b differ\n", "binary")]
    [InlineData("diff --git a/a b/b\nrename from a\nrename to b\n", "use fs.move")]
    [InlineData("diff --git a/a b/b\ncopy from a\ncopy to b\n", "copies")]
    [InlineData("diff --git a/a b/a\nold mode 100644\nnew mode 100755\n", "mode")]
    [InlineData("--- a/a\n+++ /dev/null\n@@ -1 +0,0 @@\n-1\n", "use fs.delete")]
    [InlineData("--- /dev/null\n+++ b/a\n@@ -0,0 +1 @@\n+1\n", "use fs.write")]
    public void What_is_wrong_is_refused_and_named(string patch, string sentence)
    {
        var refusal = Assert.Throws<UnifiedDiffException>(() => Apply(patch, Ten));
        Assert.Contains(sentence, refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void File_names_in_a_patch_mean_nothing() =>
        Assert.Equal("x\n", Apply("diff --git a/../../etc/passwd b/.openclawssy/config.json\n--- /etc/passwd\n+++ ../../.openclawssy/config.json\n@@ -1 +1 @@\n-a\n+x\n", "a\n"));

    /// <summary>Few different lines, so that lines repeat and a wrong place would often look right.</summary>
    static Gen<string> Texts(params string[] breaks) =>
        Gen.Select(Pick.Of("", "a", "b", "-c", "+++ d", "@@ -1 +1 @@", "\\ e"), Pick.Of(breaks)).Array[0, 14]
            .SelectMany(lines => Gen.Bool.Select(ends => string.Concat(lines.Select((line, i) => i == lines.Length - 1 && !ends ? line.Item1 : line.Item1 + line.Item2))));

    [Theory]
    [InlineData("\n")]
    [InlineData("\r\n")]
    [InlineData("\n", "\r\n")]
    public void Applying_the_difference_of_two_texts_to_the_first_gives_the_second(params string[] breaks) =>
        Gen.Select(Texts(breaks), Texts(breaks), Gen.Int[1, 3]).Sample((a, b, context) =>
        {
            var diff = SmallDiffer.Diff(a, b, context);
            if (diff.Length > 0) Assert.Equal(b, Apply(diff, a));
        });

    [Fact]
    public void A_patch_for_another_text_is_refused_or_changes_only_what_it_says() => Gen.Select(Texts("\n"), Texts("\n"), Texts("\n")).Sample((a, b, other) =>
    {
        var diff = SmallDiffer.Diff(a, b, 3);
        if (diff.Length == 0) return;
        try
        {
            var changed = Apply(diff, other);
            var (added, removed) = (diff.Split('\n').Count(l => l.StartsWith('+')), diff.Split('\n').Count(l => l.StartsWith('-')));
            Assert.Equal(TextLines.Of(other).Lines.Count + added - removed, TextLines.Of(changed).Lines.Count);
        }
        catch (UnifiedDiffException) { }
    });

    [Fact]
    public void Broken_patches_are_refused_and_nothing_else() => Gen.Select(Texts("\n", "\r\n"), Texts("\n"), Gen.Int, Pick.Of("", "@@", "-", "+", " ", "\\", "\n", "\r", "9", ",")).Sample((a, b, place, noise) =>
    {
        var diff = SmallDiffer.Diff(a, b, 2);
        if (diff.Length == 0) return;
        var at = (place & int.MaxValue) % diff.Length;
        foreach (var broken in new[] { diff[..at], diff.Insert(at, noise), diff.Remove(at, 1) })
        {
            try { Apply(broken, a); }
            catch (UnifiedDiffException) { }
        }
    });

    static string Apply(string patch, string text) => UnifiedDiff.Parse(patch).Apply(text);
}

/// <summary>A plain differ for tests: longest common subsequence, hunks with context, the marker for a missing last newline.</summary>
static class SmallDiffer
{
    public static string Diff(string from, string to, int context)
    {
        var (a, b) = (Lines(from), Lines(to));
        var script = Script(a, b);
        var result = new StringBuilder();
        for (var i = 0; i < script.Count;)
        {
            if (script[i].Kind == ' ') { i++; continue; }
            var start = Math.Max(0, i - context);
            var end = i;
            for (var quiet = 0; end < script.Count && quiet <= 2 * context; end++) quiet = script[end].Kind == ' ' ? quiet + 1 : 0;
            while (end > i && script[end - 1].Kind == ' ') end--;
            end = Math.Min(script.Count, end + context);
            var part = script[start..end];
            var (oldCount, newCount) = (part.Count(l => l.Kind != '+'), part.Count(l => l.Kind != '-'));
            var (oldStart, newStart) = (script[..start].Count(l => l.Kind != '+'), script[..start].Count(l => l.Kind != '-'));
            result.Append($"@@ -{oldStart + (oldCount > 0 ? 1 : 0)},{oldCount} +{newStart + (newCount > 0 ? 1 : 0)},{newCount} @@\n");
            foreach (var (kind, line) in part) result.Append(kind).Append(line.EndsWith('\n') ? line : line + "\n\\ No newline at end of file\n");
            i = end;
        }
        return result.ToString();
    }

    static List<string> Lines(string text)
    {
        var lines = new List<string>();
        for (var at = 0; at < text.Length;)
        {
            var end = text.IndexOf('\n', at);
            end = end < 0 ? text.Length : end + 1;
            lines.Add(text[at..end]);
            at = end;
        }
        return lines;
    }

    static List<(char Kind, string Line)> Script(List<string> a, List<string> b)
    {
        var common = new int[a.Count + 1, b.Count + 1];
        for (var i = a.Count - 1; i >= 0; i--)
            for (var j = b.Count - 1; j >= 0; j--)
                common[i, j] = a[i] == b[j] ? common[i + 1, j + 1] + 1 : Math.Max(common[i + 1, j], common[i, j + 1]);
        var script = new List<(char, string)>();
        for (var (i, j) = (0, 0); i < a.Count || j < b.Count;)
            if (i < a.Count && j < b.Count && a[i] == b[j]) { script.Add((' ', a[i++])); j++; }
            else if (i < a.Count && (j == b.Count || common[i + 1, j] >= common[i, j + 1])) script.Add(('-', a[i++]));
            else script.Add(('+', b[j++]));
        return script;
    }
}
