using System.Text;
using Openclawssy.Runtime.Storage;
using Openclawssy.TestKit;
using Xunit;

namespace Openclawssy.Tests.Storage;

[System.Runtime.Versioning.SupportedOSPlatform("linux")]
public sealed class AppendFileTests : IDisposable
{
    readonly TempFolder folder = new();
    public void Dispose() => folder.Dispose();

    [Fact]
    public void An_append_says_where_the_file_ends_and_a_new_file_must_be_new()
    {
        using (var file = AppendFile.CreateNew(folder["a"]))
        {
            Assert.Equal(4, file.Append("one\n"u8));
            Assert.Equal(8, file.Append("two\n"u8));
            file.Sync(8);
        }
        Assert.Throws<DiskException>(() => AppendFile.CreateNew(folder["a"]));
        using var again = AppendFile.OpenOrCreate(folder["a"]);
        Assert.Equal(8, again.Length);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(folder["a"]));
    }

    [Fact]
    public async Task One_sync_serves_everybody_who_waits()
    {
        using var file = AppendFile.CreateNew(folder["a"]);
        const int threads = 8, appends = 100;
        var line = Encoding.ASCII.GetBytes(new string('x', 99) + "\n");
        await Task.WhenAll(Enumerable.Range(0, threads).Select(_ => Task.Run(async () =>
        {
            for (var i = 0; i < appends; i++) await file.SyncAsync(file.Append(line));
        })));
        Assert.Equal(threads * appends * 100, new FileInfo(folder["a"]).Length);
        Assert.All(File.ReadLines(folder["a"]), text => Assert.Equal(99, text.Length));
        Assert.InRange(file.Syncs, 1, threads * appends - 1);
    }

    [Fact]
    public void What_is_on_disk_already_costs_no_sync()
    {
        using var file = AppendFile.CreateNew(folder["a"]);
        var end = file.Append("one\n"u8);
        file.Sync(end);
        file.Sync(end);
        file.Sync(2);
        Assert.Equal(1, file.Syncs);
    }

    [Fact]
    public void A_closed_file_refuses()
    {
        var file = AppendFile.CreateNew(folder["a"]);
        var end = file.Append("one\n"u8);
        file.Dispose();
        Assert.Throws<ObjectDisposedException>(() => file.Append("two\n"u8));
        Assert.Throws<ObjectDisposedException>(() => file.Sync(end));
    }
}
