using System.Diagnostics;
using System.Net.Sockets;
using Openclawssy.Runtime.Toolkit;
using Xunit;

namespace Openclawssy.Tests.Workspaces;

/// <summary>S04: what is no plain file is refused at once, and not even opened.</summary>
public sealed class SpecialFileTests
{
    static readonly TimeSpan limit = TimeSpan.FromSeconds(1);

    static void EveryUseIsRefused(Playground ground, string path, string code)
    {
        var operations = new GuardedOperations(ground);
        foreach (var act in new Action[]
        {
            () => operations.Read(path), () => operations.Write(path, "x"), () => operations.Append(path, "x"), () => operations.Edit(path, old => old),
            () => operations.List(path), () => operations.Search(path), () => ground.Edits.Move(Playground.At("plain.txt"), Playground.At(path), true, default),
        })
        {
            var watch = Stopwatch.StartNew();
            Assert.Contains(Assert.Throws<ToolException>(act).Code, new[] { code, ToolErrorCodes.InputInvalid });
            Assert.True(watch.Elapsed < limit);
        }
        Assert.Equal(code, Assert.Throws<ToolException>(() => operations.Read(path)).Code);
        Assert.Equal(code, Assert.Throws<ToolException>(() => operations.Write(path, "x")).Code);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_pipe_is_refused_without_waiting_for_its_other_end(bool fallback)
    {
        using var ground = new Playground(fallback);
        ground.Put("plain.txt");
        Posix.MakePipe(ground["pipe"]);
        EveryUseIsRefused(ground, "pipe", ToolErrorCodes.PolicyDenied);
        Assert.Equal(EntryKind.Other, ground.Files.List(Playground.At("."), 10, default).Entries[0].Kind);
        Assert.Throws<ToolException>(() => ground.Edits.Move(Playground.At("pipe"), Playground.At("pipe2"), false, default));
        Assert.Equal(EntryKind.Other, ground.Edits.Delete(Playground.At("pipe"), false, default));
    }

    [Fact]
    public async Task An_open_by_name_waits_for_the_other_end_of_a_pipe()
    {
        using var ground = new Playground();
        Posix.MakePipe(ground["pipe"]);
        var reading = Task.Factory.StartNew(() => new NaiveOperations(ground.Root, NaiveOperations.Check.Resolved).Read("pipe"), TaskCreationOptions.LongRunning);
        await Assert.ThrowsAsync<TimeoutException>(() => reading.WaitAsync(TimeSpan.FromMilliseconds(200)));
        File.WriteAllText(ground["pipe"], "at last");
        Assert.Equal("at last", await reading);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_socket_is_refused(bool fallback)
    {
        using var ground = new Playground(fallback);
        ground.Put("plain.txt");
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        socket.Bind(new UnixDomainSocketEndPoint(ground["socket"]));
        EveryUseIsRefused(ground, "socket", ToolErrorCodes.PolicyDenied);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_device_is_refused(bool fallback)
    {
        using var ground = new Playground(fallback);
        ground.Put("plain.txt");
        if (!Posix.TryMakeDevice(ground["device"])) Assert.Skip("this user may not make devices");
        EveryUseIsRefused(ground, "device", ToolErrorCodes.PolicyDenied);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_file_with_another_hard_link_is_neither_read_nor_changed(bool fallback)
    {
        using var ground = new Playground(fallback);
        ground.Put("plain.txt");
        Posix.HardLink(ground.Outside + "/canary.txt", ground["twin"]);
        EveryUseIsRefused(ground, "twin", ToolErrorCodes.PolicyDenied);
        Assert.Throws<ToolException>(() => ground.Edits.Move(Playground.At("twin"), Playground.At("mine"), false, default));
        Assert.DoesNotContain("twin", ground.Files.Walk(Playground.At("."), new(10, 10, new HashSet<string>()), default).Select(file => file.RelativePath));
        Assert.Equal(EntryKind.File, ground.Edits.Delete(Playground.At("twin"), false, default));
        Assert.Equal(Playground.Secret, File.ReadAllText(ground.Outside + "/canary.txt"));
    }

    [Fact]
    public void A_write_by_name_changes_the_other_hard_link()
    {
        using var ground = new Playground();
        Posix.HardLink(ground.Outside + "/canary.txt", ground["twin"]);
        new NaiveOperations(ground.Root, NaiveOperations.Check.Resolved).Write("twin", "changed");
        Assert.Equal("changed", File.ReadAllText(ground.Outside + "/canary.txt"));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_folder_is_no_file_and_a_file_no_folder(bool fallback)
    {
        using var ground = new Playground(fallback);
        ground.Put("folder/plain.txt");
        var operations = new GuardedOperations(ground);
        foreach (var act in new Action[]
        {
            () => operations.Read("folder"), () => operations.Write("folder", "x"), () => operations.Append("folder", "x"), () => operations.Edit("folder", old => old),
            () => operations.List("folder/plain.txt"), () => operations.Read("folder/plain.txt/x"), () => operations.Write("folder/plain.txt/x", "x"), () => operations.Read("."),
        })
            Assert.Equal(ToolErrorCodes.InputInvalid, Assert.Throws<ToolException>(act).Code);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_huge_sparse_file_is_read_in_bounds_and_at_once(bool fallback)
    {
        using var ground = new Playground(fallback);
        using (var sparse = File.Create(ground["sparse"])) sparse.SetLength(1L << 40);
        var watch = Stopwatch.StartNew();
        var slice = ground.Files.Read(Playground.At("sparse"), 1L << 39, 4096, default);
        Assert.Equal((4096, 1L << 40), (slice.Bytes.Length, slice.SizeBytes));
        Assert.Throws<ToolException>(() => ground.Edits.Rewrite(Playground.At("sparse"), 1 << 20, old => old, default));
        Assert.Equal((1L << 40) + 3, ground.Edits.Append(Playground.At("sparse"), "end"u8.ToArray(), default));
        Assert.True(watch.Elapsed < limit);
        Assert.True(ground.Files.Read(Playground.At("sparse"), 0, int.MaxValue, default).Bytes.Length <= 64 * 1024 * 1024);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Another_mount_in_the_workspace_is_not_entered(bool fallback)
    {
        using var ground = new Playground(fallback);
        ground.Put("plain.txt");
        Directory.CreateDirectory(ground["mounted"]);
        if (!Posix.TryBind(ground.Outside, ground["mounted"])) Assert.Skip("this user may not mount");
        try
        {
            var operations = new GuardedOperations(ground);
            foreach (var act in new Action[]
            {
                () => operations.Read("mounted/canary.txt"), () => operations.Write("mounted/canary.txt", "x"), () => operations.Write("mounted/new", "x"),
                () => operations.List("mounted"), () => operations.Delete("mounted/canary.txt"), () => operations.Delete("mounted"),
                () => operations.Move("plain.txt", "mounted/x"), () => operations.Search("mounted"),
            })
                Assert.Equal(ToolErrorCodes.PolicyDenied, Assert.Throws<ToolException>(act).Code);
            Assert.Equal(["inside"], operations.Search("."));
        }
        finally { Posix.Unmount(ground["mounted"]); }
    }
}
