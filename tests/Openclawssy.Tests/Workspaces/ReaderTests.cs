using System.Text;
using Openclawssy.Runtime.Toolkit;
using Xunit;

namespace Openclawssy.Tests.Workspaces;

public sealed class ReaderTests
{
    static readonly HashSet<string> none = [];

    [Theory]
    [InlineData(0, 100, "hello")]
    [InlineData(1, 3, "ell")]
    [InlineData(5, 10, "")]
    [InlineData(50, 10, "")]
    [InlineData(0, 0, "")]
    public void A_slice_is_what_was_asked_for(long offset, int maxBytes, string expected)
    {
        using var ground = new Playground();
        ground.Put("a.txt", "hello");
        var slice = ground.Files.Read(Playground.At("a.txt"), offset, maxBytes, default);
        Assert.Equal((expected, 5), (Encoding.UTF8.GetString(slice.Bytes.Span), slice.SizeBytes));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void What_is_not_there_is_invalid_input(bool fallback)
    {
        using var ground = new Playground(fallback);
        foreach (var path in new[] { "nothing", "no/such/folder", new string('x', 256), new string('x', 300) + "/y" })
        {
            var refusal = Assert.Throws<ToolException>(() => ground.Files.Read(Playground.At(path), 0, 10, default));
            Assert.Equal((ToolErrorCodes.InputInvalid, path), (refusal.Code, refusal.Path));
        }
        Assert.Contains("does not exist", Assert.Throws<ToolException>(() => ground.Files.Read(Playground.At("nothing"), 0, 10, default)).Message);
        Assert.Equal(ToolErrorCodes.InputInvalid, Assert.Throws<ToolException>(() => ground.Files.Read(Playground.At("a"), -1, 10, default)).Code);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_list_is_in_ordinal_order_and_says_when_it_is_cut(bool fallback)
    {
        using var ground = new Playground(fallback);
        foreach (var name in new[] { "b.txt", "B.txt", "a", "ä", "Z", ".hidden", "\U0001F600", "\uFF5E" }) ground.Put(name, name);
        Directory.CreateDirectory(ground["folder"]);
        var (all, more) = ground.Files.List(Playground.At("."), 100, default);
        Assert.Equal([".hidden", "B.txt", "Z", "a", "b.txt", "folder", "ä", "\U0001F600", "\uFF5E"], all.Select(entry => entry.Name));
        Assert.False(more);
        Assert.Equal(new("folder", EntryKind.Directory, 0), all[5]);
        Assert.Equal(new("b.txt", EntryKind.File, 5), all[4]);
        var (some, cut) = ground.Files.List(Playground.At("."), 3, default);
        Assert.Equal([".hidden", "B.txt", "Z"], some.Select(entry => entry.Name));
        Assert.True(cut);
    }

    [Fact]
    public void A_large_folder_is_listed_whole_and_cut_to_its_first_names()
    {
        using var ground = new Playground();
        for (var i = 0; i < 3000; i++) File.WriteAllText(ground[$"file-with-a-rather-long-name-{i:D5}"], "");
        var (all, more) = ground.Files.List(Playground.At("."), 5000, default);
        Assert.Equal((3000, false), (all.Count, more));
        var (some, cut) = ground.Files.List(Playground.At("."), 2, default);
        Assert.Equal(["file-with-a-rather-long-name-00000", "file-with-a-rather-long-name-00001"], some.Select(entry => entry.Name));
        Assert.True(cut);
    }

    [Fact]
    public void A_walk_is_depth_first_in_order_and_skips_what_it_is_told_to()
    {
        using var ground = new Playground();
        foreach (var path in new[] { "b/2.txt", "b/1.txt", "a.txt", "b/c/deep.txt", "c.txt", "node_modules/x.js", ".openclawssy/config.json", "b/C:x", "C:y", "back\\slash" }) ground.Put(path);
        Assert.Equal(["C:y", "a.txt", "b/1.txt", "b/2.txt", "b/C:x", "b/c/deep.txt", "c.txt"], Walk(".", 100, 100, ["node_modules"]));
        Assert.Equal(["b/1.txt", "b/2.txt", "b/C:x", "b/c/deep.txt"], Walk("b", 100, 100));
        Assert.Equal(["b/1.txt"], Walk("b/1.txt", 100, 100));
        Assert.Equal(["C:y", "a.txt"], Walk(".", 2, 100));
        Assert.Empty(Walk(".", 0, 100));
        Assert.True(Walk(".", 100, 3).Count <= 3);
        Assert.Equal(ToolErrorCodes.InputInvalid, Assert.Throws<ToolException>(() => Walk("absent", 10, 10)).Code);

        List<string> Walk(string path, int maxFiles, int maxEntries, params HashSet<string> skip)
        {
            var found = ground.Files.Walk(Playground.At(path), new(maxFiles, maxEntries, skip), default).ToList();
            foreach (var file in found) Assert.Equal(6, ground.Files.Read(file.Path, 0, 100, default).SizeBytes);
            return [.. found.Select(file => file.RelativePath)];
        }
    }

    [Fact]
    public void A_walk_ends_in_a_very_deep_tree()
    {
        using var ground = new Playground();
        ground.Put(string.Concat(Enumerable.Repeat("d/", 200)) + "bottom.txt");
        ground.Put("d/d/near.txt");
        Assert.Equal(["d/d/near.txt"], ground.Files.Walk(Playground.At("."), new(10, 1000, none), default).Select(file => file.RelativePath));
    }

    [Fact]
    public void Unfinished_writes_are_not_shown_and_not_reachable()
    {
        using var ground = new Playground();
        ground.Put("a.txt");
        ground.Put(".openclawssy-tmp-1-1");
        Assert.Equal(["a.txt"], new GuardedOperations(ground).List("."));
        Assert.Single(new GuardedOperations(ground).Search("."));
        foreach (var path in new[] { ".openclawssy-tmp-1-1", ".OPENCLAWSSY-TMP-x", "sub/.openclawssy-tmp-/x" })
        {
            Assert.Equal(ToolErrorCodes.PolicyDenied, Assert.Throws<ToolException>(() => ground.Files.Read(Playground.At(path), 0, 10, default)).Code);
            Assert.Equal(ToolErrorCodes.PolicyDenied, Assert.Throws<ToolException>(() => ground.Edits.Write(Playground.At(path), default, default)).Code);
        }
    }

    [Fact]
    public void A_cancelled_call_does_nothing()
    {
        using var ground = new Playground();
        ground.Put("a.txt");
        var cancelled = new CancellationToken(canceled: true);
        Assert.Throws<OperationCanceledException>(() => ground.Files.Read(Playground.At("a.txt"), 0, 10, cancelled));
        Assert.Throws<OperationCanceledException>(() => ground.Files.List(Playground.At("."), 10, cancelled));
        Assert.Throws<OperationCanceledException>(() => ground.Files.Walk(Playground.At("."), new(10, 10, none), cancelled).ToList());
        Assert.Throws<OperationCanceledException>(() => ground.Edits.Write(Playground.At("a.txt"), default, cancelled));
        Assert.Throws<OperationCanceledException>(() => ground.Edits.Delete(Playground.At("a.txt"), false, cancelled));
        Assert.Equal("inside", File.ReadAllText(ground["a.txt"]));
    }
}
