using Openclawssy.Runtime.Toolkit;
using Xunit;

namespace Openclawssy.Tests.Workspaces;

/// <summary>S02: links are not followed, in any place of a path, by any operation.</summary>
public sealed class LinkMatrixTests
{
    // A path through or to a link, and what it would reach. "D" is a folder outside with canary.txt in it.
    static readonly string[] toFiles = ["final", "parent/canary.txt", "chain", "chained/canary.txt", "magic-file", "magic/canary.txt", "deep/er/parent/canary.txt"];
    static readonly string[] toNothing = ["dangling", "parent/new.txt", "magic/new.txt", "chained/new.txt"];
    static readonly string[] toFolders = ["parent", "chained", "magic", "deep/er/parent", "loop"];

    static void Plant(Playground ground)
    {
        Directory.CreateDirectory(ground["deep/er"]);
        ground.Put("plain.txt");
        File.CreateSymbolicLink(ground["final"], ground.Outside + "/canary.txt");
        File.CreateSymbolicLink(ground["parent"], ground.Outside);
        File.CreateSymbolicLink(ground["deep/er/parent"], "../../../outside");
        File.CreateSymbolicLink(ground["chain"], "final");
        File.CreateSymbolicLink(ground["chained"], "parent");
        File.CreateSymbolicLink(ground["dangling"], ground.Outside + "/planted.txt");
        File.CreateSymbolicLink(ground["magic"], "/proc/self/root" + ground.Outside);
        File.CreateSymbolicLink(ground["magic-file"], "/proc/self/root" + ground.Outside + "/canary.txt");
        File.CreateSymbolicLink(ground["loop"], "loop");
        File.CreateSymbolicLink(ground["within"], "plain.txt");
    }

    /// <summary>Runs every operation on every link and names those that reached outside.</summary>
    static HashSet<string> Escapes(Func<Playground, IOperations> make, bool fallback)
    {
        var escapes = new HashSet<string>();
        Attempt("read", toFiles, (operations, path) => operations.Read(path).Contains(Playground.Secret));
        Attempt("list", toFolders, (operations, path) => operations.List(path).Contains("canary.txt"));
        Attempt("search", [.. toFolders, .. toFiles, "."], (operations, path) => operations.Search(path).Any(text => text.Contains(Playground.Secret)));
        foreach (var path in new[] { toFiles, toNothing }.SelectMany(path => path))
        {
            Attempt("write", [path], (operations, path) => { operations.Write(path, "gotcha"); return false; });
            Attempt("append", [path], (operations, path) => { operations.Append(path, "gotcha"); return false; });
            Attempt("edit", [path], (operations, path) => { operations.Edit(path, _ => "gotcha"); return false; });
            Attempt("delete", [path], (operations, path) => { operations.Delete(path); return false; });
            Attempt("move from", [path], (operations, path) => { operations.Move(path, "moved"); return false; });
            Attempt("move to", [path], (operations, path) => { operations.Move("plain.txt", path); return false; });
        }
        foreach (var path in toFolders) Attempt("delete", [path], (operations, path) => { operations.Delete(path); return false; });
        return escapes;

        void Attempt(string name, string[] paths, Func<IOperations, string, bool> act)
        {
            foreach (var path in paths)
            {
                using var ground = new Playground(fallback);
                Plant(ground);
                var before = ground.SnapshotOutside();
                var operations = make(ground);
                try { if (act(operations, path)) escapes.Add(name); }
                catch (ToolException) { }
                catch (Exception) when (operations is NaiveOperations) { }
                if (ground.SnapshotOutside() != before) escapes.Add(name);
            }
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Nothing_outside_is_reached_through_a_link(bool fallback) => Assert.Empty(Escapes(ground => new GuardedOperations(ground), fallback));

    [Fact]
    public void A_check_of_the_normalised_text_is_left_through_links_by_every_operation() =>
        Assert.Superset(
            new HashSet<string> { "read", "list", "search", "write", "append", "edit", "delete", "move from", "move to" },
            Escapes(ground => new NaiveOperations(ground.Root, NaiveOperations.Check.Normalised), fallback: false));

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_link_is_refused_with_policy_denied_even_when_it_stays_inside(bool fallback)
    {
        using var ground = new Playground(fallback);
        Plant(ground);
        var operations = new GuardedOperations(ground);
        foreach (var path in new[] { "final", "within", "parent/canary.txt", "dangling", "loop", "magic/canary.txt", "loop/x" })
        {
            Denied(() => operations.Read(path));
            Denied(() => operations.Write(path, "x"));
            Denied(() => operations.Append(path, "x"));
            Denied(() => operations.Edit(path, old => old));
            Denied(() => operations.List(path));
            Denied(() => operations.Search(path));
            Denied(() => operations.Move("plain.txt", path));
        }
        Denied(() => operations.Delete("parent/canary.txt"));
        Denied(() => operations.Move("parent/canary.txt", "mine"));

        static void Denied(Action act) => Assert.Equal(ToolErrorCodes.PolicyDenied, Assert.Throws<ToolException>(act).Code);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Deleting_or_moving_a_link_touches_the_link_only(bool fallback)
    {
        using var ground = new Playground(fallback);
        Plant(ground);
        Assert.Equal(EntryKind.Link, ground.Edits.Delete(Playground.At("final"), false, default));
        Assert.Equal(EntryKind.Link, ground.Edits.Delete(Playground.At("parent"), true, default));
        Assert.Equal(EntryKind.Link, ground.Edits.Delete(Playground.At("dangling"), false, default));
        Assert.Equal(EntryKind.Link, ground.Edits.Move(Playground.At("chain"), Playground.At("chain2"), false, default));
        Assert.Equal("final", new FileInfo(ground["chain2"]).LinkTarget);
        Assert.False(Path.Exists(ground["parent"]));
        Assert.Equal(Playground.Secret, File.ReadAllText(ground.Outside + "/canary.txt"));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_folder_is_deleted_with_the_links_in_it_and_not_with_their_targets(bool fallback)
    {
        using var ground = new Playground(fallback);
        Plant(ground);
        Directory.CreateDirectory(ground["folder/sub"]);
        File.CreateSymbolicLink(ground["folder/sub/out"], ground.Outside);
        File.CreateSymbolicLink(ground["folder/file"], ground.Outside + "/canary.txt");
        Assert.Equal(EntryKind.Directory, ground.Edits.Delete(Playground.At("folder"), true, default));
        Assert.False(Path.Exists(ground["folder"]));
        Assert.Equal(Playground.Secret, File.ReadAllText(ground.Outside + "/canary.txt"));
    }

    [Fact]
    public void Links_are_listed_as_links_and_left_out_of_a_walk()
    {
        using var ground = new Playground();
        Plant(ground);
        var entries = ground.Files.List(Playground.At("."), 100, default).Entries;
        Assert.Equal(EntryKind.Link, entries.Single(entry => entry.Name == "parent").Kind);
        Assert.Equal(EntryKind.Link, entries.Single(entry => entry.Name == "final").Kind);
        Assert.Equal(["plain.txt"], ground.Files.Walk(Playground.At("."), new(100, 100, new HashSet<string>()), default).Select(file => file.RelativePath));
    }
}
