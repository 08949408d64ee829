using System.Text;
using Openclawssy.Runtime.Toolkit;
using Xunit;

namespace Openclawssy.Tests.Workspaces;

[System.Runtime.Versioning.SupportedOSPlatform("linux")]
public sealed class EditorTests
{
    static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_write_creates_privately_and_replaces_keeping_the_mode(bool fallback)
    {
        using var ground = new Playground(fallback);
        Assert.True(ground.Edits.Write(Playground.At("new"), Bytes("one"), default));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(ground["new"]));
        const UnixFileMode script = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.GroupRead | UnixFileMode.OtherRead;
        File.SetUnixFileMode(ground["new"], script | UnixFileMode.SetUser);
        Assert.False(ground.Edits.Write(Playground.At("new"), Bytes("two"), default));
        Assert.Equal(("two", script), (File.ReadAllText(ground["new"]), File.GetUnixFileMode(ground["new"])));
        Assert.Empty(ground.Unfinished());
    }

    [Fact]
    public void A_write_into_a_folder_that_is_not_there_says_so()
    {
        using var ground = new Playground();
        var refusal = Assert.Throws<ToolException>(() => ground.Edits.Write(Playground.At("no/such/file"), Bytes("x"), default));
        Assert.Equal(ToolErrorCodes.InputInvalid, refusal.Code);
        Assert.Contains("\"no/such\"", refusal.Message);
    }

    [Fact]
    public void A_read_only_file_is_not_replaced_by_who_may_not_write_it()
    {
        if (Environment.IsPrivilegedProcess) Assert.Skip("an administrator may write every file");
        using var ground = new Playground();
        File.SetUnixFileMode(ground.Put("fixed"), UnixFileMode.UserRead);
        Assert.Contains("permit", Assert.Throws<ToolException>(() => ground.Edits.Write(Playground.At("fixed"), Bytes("x"), default)).Message);
        Assert.Equal("inside", File.ReadAllText(ground["fixed"]));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void An_append_creates_then_grows_and_tells_the_size(bool fallback)
    {
        using var ground = new Playground(fallback);
        Assert.Equal(3, ground.Edits.Append(Playground.At("log"), Bytes("one"), default));
        Assert.Equal(6, ground.Edits.Append(Playground.At("log"), Bytes("two"), default));
        Assert.Equal("onetwo", File.ReadAllText(ground["log"]));
        using (var big = File.OpenWrite(ground["log"])) big.SetLength(9 * 1024 * 1024);
        Assert.Equal((9 * 1024 * 1024) + 3, ground.Edits.Append(Playground.At("log"), Bytes("end"), default));
        Assert.Equal("end", Encoding.UTF8.GetString(ground.Files.Read(Playground.At("log"), 9 * 1024 * 1024, 10, default).Bytes.Span));
        Assert.Empty(ground.Unfinished());
    }

    [Fact]
    public void Parallel_appends_and_rewrites_lose_nothing()
    {
        using var ground = new Playground();
        using var second = ground.Open();
        ground.Put("sum", "0");
        Parallel.For(0, 200, i =>
        {
            var edits = (i % 2 == 0 ? ground.Workspace : second).EditsFor(Playground.Permit());
            edits.Append(Playground.At("log"), Bytes("line\n"), default);
            edits.Rewrite(Playground.At("sum"), 100, old => Bytes((int.Parse(Encoding.UTF8.GetString(old.Span)) + 1).ToString()), default);
            edits.Write(Playground.At("whole"), Bytes(new string((char)('a' + i % 26), 1000 + i)), default);
        });
        Assert.Equal(200, File.ReadAllLines(ground["log"]).Length);
        Assert.Equal("200", File.ReadAllText(ground["sum"]));
        Assert.Single(File.ReadAllText(ground["whole"]).Distinct());
        Assert.Empty(ground.Unfinished());
    }

    [Fact]
    public void A_rewrite_sees_all_of_a_bounded_file_and_a_failing_change_leaves_it()
    {
        using var ground = new Playground();
        File.WriteAllText(ground["a.txt"], new string('x', 300_000));
        ground.Edits.Rewrite(Playground.At("a.txt"), 300_000, old => Bytes($"{old.Length}"), default);
        Assert.Equal("300000", File.ReadAllText(ground["a.txt"]));
        Assert.Throws<FormatException>(() => ground.Edits.Rewrite(Playground.At("a.txt"), 100, _ => throw new FormatException(), default));
        Assert.Contains("6 bytes", Assert.Throws<ToolException>(() => ground.Edits.Rewrite(Playground.At("a.txt"), 5, old => old, default)).Message);
        Assert.Contains("does not exist", Assert.Throws<ToolException>(() => ground.Edits.Rewrite(Playground.At("b.txt"), 5, old => old, default)).Message);
        Assert.Equal("300000", File.ReadAllText(ground["a.txt"]));
        Assert.Equal(["a.txt"], new GuardedOperations(ground).List("."));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_folder_is_deleted_only_recursively_and_the_workspace_never(bool fallback)
    {
        using var ground = new Playground(fallback);
        ground.Put("folder/sub/file");
        ground.Put("file");
        Assert.Contains("recursive=true", Assert.Throws<ToolException>(() => ground.Edits.Delete(Playground.At("folder"), false, default)).Message);
        Assert.Equal(EntryKind.Directory, ground.Edits.Delete(Playground.At("folder/"), true, default));
        Assert.Equal(EntryKind.File, ground.Edits.Delete(Playground.At("file"), false, default));
        Assert.Null(ground.Edits.Delete(Playground.At("file"), false, default));
        Assert.Null(ground.Edits.Delete(Playground.At("no/such/thing"), true, default));
        foreach (var path in new[] { ".", "./", ground.Root }) Assert.Equal(ToolErrorCodes.PolicyDenied, Assert.Throws<ToolException>(() => ground.Edits.Delete(Playground.At(path), true, default)).Code);
        Assert.Empty(Directory.GetFileSystemEntries(ground.Root));
    }

    [Fact]
    public void A_tree_that_is_too_deep_is_refused_before_anything_goes()
    {
        using var ground = new Playground();
        ground.Put("top/" + string.Concat(Enumerable.Repeat("d/", 80)) + "bottom");
        var before = ground.SnapshotInside();
        Assert.Contains("64", Assert.Throws<ToolException>(() => ground.Edits.Delete(Playground.At("top"), true, default)).Message);
        Assert.Equal(before, ground.SnapshotInside());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_move_renames_files_and_folders(bool fallback)
    {
        using var ground = new Playground(fallback);
        ground.Put("a/file", "one");
        Directory.CreateDirectory(ground["b"]);
        Assert.Equal(EntryKind.File, ground.Edits.Move(Playground.At("a/file"), Playground.At("b/moved"), false, default));
        Assert.Equal(EntryKind.Directory, ground.Edits.Move(Playground.At("b"), Playground.At("a/b"), false, default));
        Assert.Equal("one", File.ReadAllText(ground["a/b/moved"]));
        Assert.Null(ground.Edits.Move(Playground.At("a/b"), Playground.At("./a//b/"), false, default));
    }

    [Fact]
    public void An_existing_destination_is_kept_without_overwrite_and_replaced_in_one_step_with_it()
    {
        using var ground = new Playground();
        ground.Put("from", "new");
        ground.Put("to", "old");
        var refusal = Assert.Throws<ToolException>(() => ground.Edits.Move(Playground.At("from"), Playground.At("to"), false, default));
        Assert.Equal(ToolErrorCodes.InputInvalid, refusal.Code);
        Assert.Contains("overwrite=true", refusal.Message);
        Assert.Equal("old", File.ReadAllText(ground["to"]));
        Assert.Equal(EntryKind.File, ground.Edits.Move(Playground.At("from"), Playground.At("to"), true, default));
        Assert.Equal("new", File.ReadAllText(ground["to"]));
    }

    [Fact]
    public void A_move_that_would_lose_something_is_refused()
    {
        using var ground = new Playground();
        ground.Put("a/b/file");
        ground.Put("full/file");
        ground.Put("file");
        var before = ground.SnapshotInside();
        foreach (var (from, to) in new[] { ("a", "a/b/c"), ("a", "a/x"), ("a/b", "a"), ("a/b/file", "a"), ("a", "full"), ("file", "full"), ("a", "file"), (".", "x"), ("a", "."), ("gone", "x"), ("gone", "gone"), ("file", "no/x") })
            Assert.Throws<ToolException>(() => ground.Edits.Move(Playground.At(from), Playground.At(to), true, default));
        Assert.Equal(before, ground.SnapshotInside());
        Directory.CreateDirectory(ground["empty"]);
        Assert.Equal(EntryKind.Directory, ground.Edits.Move(Playground.At("a"), Playground.At("empty"), true, default));
    }

    [Fact]
    public void A_full_disk_leaves_the_old_content_and_nothing_else()
    {
        using var ground = new Playground();
        using var small = new TestKit.TempFolder();
        if (!Posix.TryMountMemory(small.Path, "256k")) Assert.Skip("this user may not mount");
        try
        {
            using var workspace = Runtime.Workspaces.Workspace.Open(small.Path, ground.State, new([], true));
            var edits = workspace.EditsFor(Playground.Permit());
            edits.Write(Playground.At("a"), Bytes("old"), default);
            foreach (var act in new Action[]
            {
                () => edits.Write(Playground.At("a"), new byte[1 << 20], default), () => edits.Append(Playground.At("a"), new byte[1 << 20], default),
                () => edits.Rewrite(Playground.At("a"), 100, _ => new byte[1 << 20], default), () => edits.Write(Playground.At("b"), new byte[1 << 20], default),
            })
            {
                var failure = Assert.Throws<ToolException>(act);
                Assert.Equal((ToolErrorCodes.InternalError, true), (failure.Code, failure.Retryable));
                Assert.Contains("disk is full", failure.Message);
            }
            Assert.Equal([small["a"]], Directory.GetFileSystemEntries(small.Path));
            Assert.Equal("old", File.ReadAllText(small["a"]));
        }
        finally { Posix.Unmount(small.Path); }
    }
}
