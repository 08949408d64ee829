using System.Text;
using Openclawssy.Runtime.Storage;
using Openclawssy.TestKit;
using Xunit;

namespace Openclawssy.Tests.Storage;

[System.Runtime.Versioning.SupportedOSPlatform("linux")]
public sealed class DurableFileTests : IDisposable
{
    readonly TempFolder folder = new();
    public void Dispose() => folder.Dispose();

    [Fact]
    public void Replacing_creates_and_then_replaces_and_leaves_nothing_else()
    {
        DurableFile.Replace(folder["a"], "one"u8);
        DurableFile.Replace(folder["a"], "two"u8);
        Assert.Equal("two"u8.ToArray(), DurableFile.ReadOrNull(folder["a"], 100));
        Assert.Single(Directory.GetFileSystemEntries(folder.Path));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(folder["a"]));
    }

    [Fact]
    public void A_link_is_replaced_and_never_read_through()
    {
        File.WriteAllText(folder["target"], "precious");
        File.CreateSymbolicLink(folder["link"], folder["target"]);
        Assert.Throws<DiskException>(() => DurableFile.ReadOrNull(folder["link"], 100));
        DurableFile.Replace(folder["link"], "new"u8);
        Assert.Equal("precious", File.ReadAllText(folder["target"]));
        Assert.Equal("new", File.ReadAllText(folder["link"]));
    }

    [Fact]
    public void Replacing_what_cannot_be_replaced_leaves_no_half_made_file()
    {
        Directory.CreateDirectory(folder["a/inside"]);
        Assert.Throws<DiskException>(() => DurableFile.Replace(folder["a"], "x"u8));
        Assert.Single(Directory.GetFileSystemEntries(folder.Path));
    }

    [Fact]
    public void Creating_keeps_what_is_there()
    {
        Assert.True(DurableFile.CreateNew(folder["a"], "one"u8));
        Assert.False(DurableFile.CreateNew(folder["a"], "two"u8));
        Assert.Equal("one", File.ReadAllText(folder["a"]));
        Assert.Single(Directory.GetFileSystemEntries(folder.Path));
    }

    [Fact]
    public void Reading_has_a_bound_and_knows_absence_from_trouble()
    {
        Assert.Null(DurableFile.ReadOrNull(folder["missing"], 10));
        Assert.Null(DurableFile.ReadOrNull(folder["missing/below"], 10));
        File.WriteAllText(folder["a"], "12345");
        Assert.Equal(5, DurableFile.ReadOrNull(folder["a"], 5)!.Length);
        Assert.Throws<IOException>(() => DurableFile.ReadOrNull(folder["a"], 4));
        Assert.Throws<IOException>(() => DurableFile.ReadOrNull(folder.Path, 4));
    }

    [Fact]
    public void Folders_are_made_private_with_all_that_is_missing_above_them()
    {
        DurableFile.EnsureFolder(folder["a/b/c"]);
        DurableFile.EnsureFolder(folder["a/b/c"]);
        const UnixFileMode owner = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
        Assert.Equal(owner, File.GetUnixFileMode(folder["a"]));
        Assert.Equal(owner, File.GetUnixFileMode(folder["a/b/c"]));
        File.WriteAllText(folder["file"], "");
        Assert.Throws<DiskException>(() => DurableFile.EnsureFolder(folder["file"]));
        Assert.Throws<DiskException>(() => DurableFile.EnsureFolder(folder["file/below"]));
    }

    [Fact]
    public void A_sweep_removes_leftovers_but_not_a_live_writers_work()
    {
        File.WriteAllText(folder[".config.json.1a2b.replacing"], "half");
        File.WriteAllText(folder["config.json"], "whole");
        using var alive = ProvisionalFile.Create(folder.Path, "jobs.json");
        Assert.Equal(1, DurableFile.SweepLeftovers(folder.Path));
        Assert.Equal(0, DurableFile.SweepLeftovers(folder.Path));
        alive.Fill("done"u8);
        alive.Replace(folder["jobs.json"]);
        Assert.Equal(["config.json", "jobs.json"], Directory.GetFiles(folder.Path).Select(Path.GetFileName).Order());
    }

    // S06. The control shows that the same campaign catches a writer that overwrites in place.
    [Fact]
    public void Killed_at_any_moment_a_writer_leaves_the_old_content_or_the_new()
    {
        var kills = Campaign.Scale(4, 200);
        Assert.Equal(0, MixedContents("replace-for-ever", kills));
        Assert.True(MixedContents("overwrite-for-ever", Math.Max(kills, 100), enough: 1) > 0, "the control was not caught: the campaign detects nothing");
    }

    int MixedContents(string writer, int kills, int enough = int.MaxValue)
    {
        const int size = 1024 * 1024;
        var random = new Random(Campaign.Seed);
        var mixed = 0;
        for (var i = 0; i < kills && mixed < enough; i++)
        {
            var path = folder[$"{writer}-{i}"];
            using (var process = Dummy.Start(writer, path, size.ToString()))
            {
                for (var lines = random.Next(1, 6); lines > 0; lines--) process.StandardOutput.ReadLine();
                Thread.SpinWait(random.Next(1, 3_000_000));
                process.Kill();
                process.WaitForExit();
            }
            var content = File.ReadAllBytes(path);
            if (content.Length != size || content.AsSpan().ContainsAnyExcept(content[0])) mixed++;
            DurableFile.SweepLeftovers(folder.Path);
            Assert.Empty(Directory.GetFiles(folder.Path, ".*"));
            File.Delete(path);
        }
        return mixed;
    }

    // S39. The framework's own flush is the control: told of an I/O error, it says all is well.
    [Fact]
    public void A_failing_sync_is_never_acknowledged()
    {
        if (!File.Exists("/usr/bin/strace")) Assert.Skip("strace is not installed");
        string[] errors = Campaign.IsFull ? ["EIO", "ENOSPC", "EDQUOT"] : ["EIO"];
        foreach (var error in errors)
        {
            // The file's own sync, then the folder's.
            for (var nth = 1; nth <= 2; nth++)
            {
                var (code, said) = Dummy.UnderStrace($"fsync:error={error}:when={nth}", null, "replace", folder["a"], "x");
                Assert.Equal(9, code);
                Assert.Contains("could not be made durable", said);
            }
            Assert.Equal(9, Dummy.UnderStrace($"fsync:error={error}:when=1", null, "append", folder["log"], "x\n").ExitCode);
            Assert.Equal(9, Dummy.UnderStrace($"rename:error={error}:when=1", null, "replace", folder["a"], "x").ExitCode);
            Assert.Empty(Directory.GetFiles(folder.Path, ".*"));
        }
        Assert.Equal(0, Dummy.UnderStrace("fsync:error=EIO:when=9+", null, "replace", folder["a"], "x").ExitCode);
        Assert.Equal(0, Dummy.UnderStrace("fsync:error=EIO", null, "replace-naively", folder["b"], "x").ExitCode);
    }

    [Fact]
    public void A_full_disk_leaves_no_half_line_and_takes_appends_again()
    {
        File.WriteAllText(folder["log"], new string('a', 1020) + "\n");
        var (code, _, said) = Dummy.UnderFileSizeLimit(1, "append", folder["log"], "a line that does not fit\n");
        Assert.Equal(9, code);
        Assert.Contains("append to", said);
        Assert.Equal(1021, new FileInfo(folder["log"]).Length);
        using var file = AppendFile.Open(folder["log"]);
        Assert.Equal(1023, file.Append("b\n"u8));
    }
}
