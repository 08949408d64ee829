using CsCheck;
using Openclawssy.Runtime.Toolkit;
using Openclawssy.TestKit;
using Xunit;

namespace Openclawssy.Tests.Workspaces;

/// <summary>S01: no spelling of a path leaves the workspace.</summary>
public sealed class PathTraversalTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void No_published_traversal_string_leaves_the_workspace(bool fallback)
    {
        // All of them in every run; by the second way in, and decoded ones, a part of them in the short form.
        var strings = Strings(every: fallback ? Campaign.Scale(5, 1) : 1);
        using var ground = new Playground(fallback);
        var operations = new GuardedOperations(ground);
        // Reading comes first for all of them: if the guard has a hole, nothing on this machine is changed through it.
        Assert.Empty(Escapes(ground, operations, strings, changing: false));
        Assert.Empty(Escapes(ground, operations, strings, changing: true));
    }

    [Fact]
    public void A_check_of_the_text_is_left_by_the_same_strings()
    {
        using var ground = new Playground();
        Assert.NotEmpty(Escapes(ground, new NaiveOperations(ground.Root, NaiveOperations.Check.Prefix), Strings(every: 20), changing: false));
    }

    [Fact]
    public void No_made_up_path_leaves_the_workspace_or_fails_without_a_code()
    {
        using var ground = new Playground();
        var operations = new GuardedOperations(ground);
        string[] pieces = ["..", ".", "", "/", "//", "\\", "\0", "~", "C:", "a", "ws", "outside", "canary.txt", "%2e%2e", "\uD800", "．．", "\u200b..", " ", "proc", "self", "root", new string('x', 300)];
        Gen.Int[0, pieces.Length - 1].Array[1, 8].Select(choice => string.Join('/', choice.Select(i => pieces[i]))).Sample(path =>
        {
            Assert.Empty(Escapes(ground, operations, [path], changing: false));
            Assert.Empty(Escapes(ground, operations, [path], changing: true));
        }, seed: null, iter: Campaign.Scale(300, 20_000), threads: 1);
    }

    static string[] Strings(int every)
    {
        if (Corpora.Find("path-traversal") is not { } folder)
        {
            Assert.Skip(Corpora.Absent);
            return [];
        }
        var lines = Directory.GetFiles(folder, "*.txt").SelectMany(File.ReadLines).Where(line => line.Length > 0).ToArray();
        Assert.True(lines.Length > 8000);
        // As they are, and as a transport that decodes once would hand them on.
        return
        [
            .. lines.Where((_, i) => i % every == 0).Concat(lines.Where((_, i) => i % Campaign.Scale(5, 1) == 0).Select(Uri.UnescapeDataString))
                .Select(line => line.Replace("{FILE}", "outside/canary.txt")).Distinct(),
        ];
    }

    static List<string> Escapes(Playground ground, IOperations operations, IEnumerable<string> paths, bool changing)
    {
        ground.Put("inside.txt");
        var escapes = new List<string>();
        var before = (ground.SnapshotOutside(), File.ReadAllText("/etc/passwd"));
        var forbidden = new[] { Playground.Secret, before.Item2[..Math.Min(20, before.Item2.Length)] };
        foreach (var path in paths)
        {
            if (changing)
            {
                Try("write", path, () => operations.Write(path, "x"));
                Try("append", path, () => operations.Append(path, "x"));
                Try("edit", path, () => operations.Edit(path, old => old + "x"));
                Try("move from", path, () => operations.Move(path, "moved.txt"));
                Try("move to", path, () => operations.Move("inside.txt", path));
                Try("delete", path, () => operations.Delete(path));
                if (!File.Exists(ground["inside.txt"])) ground.Put("inside.txt");
            }
            else
            {
                Try("read", path, () => Saw("read", path, operations.Read(path)));
                Try("list", path, () => { if (operations.List(path).Contains("canary.txt")) escapes.Add($"list {path}"); });
                if (operations is GuardedOperations) Try("search", path, () => { foreach (var text in operations.Search(path)) Saw("search", path, text); });
            }
        }
        if ((ground.SnapshotOutside(), File.ReadAllText("/etc/passwd")) != before) escapes.Add("something outside was changed");
        return escapes;

        void Saw(string operation, string path, string text)
        {
            if (forbidden.Any(text.Contains)) escapes.Add($"{operation} {path}");
        }

        void Try(string operation, string path, Action act)
        {
            try { act(); }
            catch (ToolException refusal) { Assert.NotEmpty(refusal.Code); }
            catch (Exception) when (operations is NaiveOperations) { }
            catch (Exception stray) { escapes.Add($"{operation} {path}: {stray.GetType()} {stray.Message}"); }
        }
    }
}
