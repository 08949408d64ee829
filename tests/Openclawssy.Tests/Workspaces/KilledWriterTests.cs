using System.Diagnostics;
using Openclawssy.TestKit;
using Xunit;

namespace Openclawssy.Tests.Workspaces;

/// <summary>S06 and a part of S39: a writer that is killed, or whose disk fails, leaves the old or the new content and nothing else.</summary>
public sealed class KilledWriterTests
{
    static string Dummy => Path.Combine(AppContext.BaseDirectory.Replace("Openclawssy.Tests", "Openclawssy.Dummy.Workspace"), "Openclawssy.Dummy.Workspace");

    [Fact]
    public void A_killed_writer_leaves_old_or_new_content_and_the_next_start_sweeps()
    {
        using var ground = Prepare();
        var random = new Random(Campaign.Seed);
        var unfinished = 0;
        for (var round = 0; round < Campaign.Scale(6, 200); round++)
        {
            KillAfter(ground, "storm", TimeSpan.FromMilliseconds(random.Next(1, 60)));
            unfinished += ground.Unfinished().Length;
            Assert.Empty(Damage(ground));
            if (File.Exists(ground["there/file"])) File.Move(ground["there/file"], ground["here/file"]);
            if (new FileInfo(ground["append"]).Length > 1 << 20) File.WriteAllText(ground["append"], "");

            ground.Reopen();
            Assert.Empty(ground.Unfinished());
            ground.Workspace.Dispose();
        }
        TestContext.Current.SendDiagnosticMessage($"{unfinished} unfinished entries were swept, seed {Campaign.Seed}");
    }

    [Fact]
    public void A_killed_writer_that_writes_over_the_old_content_damages_it()
    {
        using var ground = Prepare();
        var random = new Random(Campaign.Seed);
        for (var round = 0; round < 100; round++)
        {
            KillAfter(ground, "naive", TimeSpan.FromMilliseconds(random.Next(1, 60)));
            if (Damage(ground).Count > 0) return;
        }
        Assert.Fail("the test cannot see a torn file");
    }

    static Playground Prepare()
    {
        var ground = new Playground(onDisk: true);
        ground.Put("write", "w.");
        ground.Put("append", "");
        ground.Put("rewrite", "r.");
        ground.Put("here/file", "travels");
        Directory.CreateDirectory(ground["there"]);
        ground.Workspace.Dispose();
        return ground;
    }

    static List<string> Damage(Playground ground)
    {
        var damage = new List<string>();
        foreach (var (file, kind) in new[] { ("write", 'w'), ("rewrite", 'r') })
        {
            var text = File.ReadAllText(ground[file]);
            var isWhole = text.Length >= 2 && text[0] == kind && text[^1] == '.'
                && (text.Length == 2 || (text[1..^1].Distinct().Count() == 1 && text.Length - 2 == 20_000 + ((text[1] - 'a') * 1000)));
            if (!isWhole) damage.Add($"{file} is neither old nor new: {text.Length} characters");
        }
        damage.AddRange(File.ReadAllLines(ground["append"]).Where(line => line.Length != 4095 || line.Distinct().Count() != 1).Select(line => $"a torn line of {line.Length}"));
        if (new[] { "here/file", "there/file" }.Count(file => File.Exists(ground[file]) && File.ReadAllText(ground[file]) == "travels") != 1) damage.Add("the moved file is not in one place");
        return damage;
    }

    [Fact]
    public void What_a_living_writer_is_at_is_not_swept()
    {
        using var ground = new Playground();
        ground.Edits.Write(Playground.At("a"), "x"u8.ToArray(), default);
        ground.Put("sub/.openclawssy-tmp-1-1", "being written");
        using (ground.Open()) Assert.Single(ground.Unfinished());
        // Closed in order, so nobody looks for leftovers of it.
        ground.Reopen();
        Assert.Single(ground.Unfinished());
    }

    [Fact]
    public void A_sweep_takes_files_and_folders_and_leaves_what_is_protected_or_locked()
    {
        using var ground = new Playground();
        ground.Workspace.Dispose();
        File.WriteAllText(Path.Combine(ground.State, "workspace.writers"), "1");
        ground.Put(".openclawssy-tmp-1-1");
        ground.Put("a/b/.openclawssy-tmp-1-2");
        ground.Put("a/.openclawssy-tmp-1-3/x/y");
        ground.Put("a/.openclawssy-tmp-1-4/SOUL.md");
        ground.Put("a/.openclawssy-tmp-1-5");
        File.CreateSymbolicLink(ground["a/.openclawssy-tmp-1-6"], ground.Outside);
        using (new FileStream(ground["a/.openclawssy-tmp-1-5"], FileMode.Open, FileAccess.Read, FileShare.None)) ground.Reopen();
        Assert.Equal(["a/.openclawssy-tmp-1-4", "a/.openclawssy-tmp-1-5", "a/.openclawssy-tmp-1-6"], ground.Unfinished().Select(path => Path.GetRelativePath(ground.Root, path)).Order());
        Assert.True(File.Exists(ground.Outside + "/canary.txt"));
        Assert.Equal(0, new FileInfo(Path.Combine(ground.State, "workspace.writers")).Length);
    }

    [Theory]
    [InlineData("fsync:error=EIO:when=1", "input/output", "old")]
    [InlineData("fsync:error=ENOSPC:when=1", "disk is full", "old")]
    [InlineData("fsync:error=EIO:when=2", "not certain", "new")]
    [InlineData("openat2:error=ENOSYS", "workspace.containment", "old")]
    [InlineData("openat2:error=EPERM", "workspace.containment", "old")]
    [InlineData("renameat,renameat2:error=EDQUOT", "quota", "old")]
    public void What_is_reported_as_written_is_what_the_disk_took(string fault, string words, string content)
    {
        if (!File.Exists("/usr/bin/strace")) Assert.Skip("strace is not installed");
        using var ground = new Playground(onDisk: true);
        var file = ground.Put("file", "old");
        ground.Edits.Write(Playground.At("other"), default, default);
        var start = new ProcessStartInfo("/usr/bin/strace", ["-f", "-qq", "-o", "/dev/null", "-e", "inject=" + fault, Dummy, "write", ground.Root, ground.State]) { RedirectStandardOutput = true };
        using var child = Process.Start(start)!;
        var said = child.StandardOutput.ReadToEnd();
        child.WaitForExit();
        Assert.Contains(words, said);
        Assert.Equal(content, File.ReadAllText(file));
        Assert.Empty(ground.Unfinished());
    }

    static void KillAfter(Playground ground, string mode, TimeSpan delay)
    {
        using var child = Process.Start(new ProcessStartInfo(Dummy, [mode, ground.Root, ground.State]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        Assert.True(child.StandardOutput.ReadLine() == "ready", child.HasExited ? child.StandardError.ReadToEnd() : "the child did not start");
        child.WaitForExit(delay);
        Assert.False(child.HasExited, "the child ended by itself");
        child.Kill();
        child.WaitForExit();
    }
}
