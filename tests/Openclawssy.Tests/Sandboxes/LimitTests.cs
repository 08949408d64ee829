using System.Diagnostics;
using Openclawssy.Runtime.Toolkit;
using Openclawssy.Sandboxes;
using Openclawssy.TestKit;
using Xunit;

namespace Openclawssy.Tests.Sandboxes;

/// <summary>S14, S15: whatever a command does, it ends, and nothing of it is left.</summary>
[Collection(CommandsAlone.Name)]
public sealed class LimitTests
{
    static readonly TimeSpan soon = TimeSpan.FromSeconds(30);

    public static TheoryData<string> Tiers => CommandTests.Tiers;

    /// <summary>A child that left the session, one whose parent is gone, and one that ignores every request to stop.</summary>
    static string Stubborn(string mark) =>
        $"(setsid sleep {mark} &) ; (bash -c '(trap \"\" TERM INT HUP; exec -a stubborn sleep {mark}) & disown' &) ; trap '' TERM INT HUP; echo started > started; sleep {mark}; sleep {mark}";

    [Theory, MemberData(nameof(Tiers))]
    public async Task A_timeout_leaves_nothing_and_keeps_what_was_printed(string tier)
    {
        using var house = new SandboxHouse(tier);
        var mark = Survivors.NewMark();
        var result = await house.Shell.RunAsync(new("bash", ["-c", $"echo before; {Stubborn(mark)}"]) { Limit = TimeSpan.FromSeconds(3) }, CancellationToken.None);
        Assert.Equal(("before\n", true, "time"), (result.Stdout, result.TimedOut, result.Limit));
        Assert.Empty(Survivors.With(mark));
    }

    [Theory, MemberData(nameof(Tiers))]
    public async Task A_cancelled_command_leaves_nothing(string tier)
    {
        using var house = new SandboxHouse(tier);
        var mark = Survivors.NewMark();
        using var stop = new CancellationTokenSource();
        var running = house.Shell.RunAsync(new("bash", ["-c", Stubborn(mark)]), stop.Token);
        await Survivors.AppearAsync(house["started"]);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
        Assert.Empty(Survivors.With(mark));
    }

    [Theory, MemberData(nameof(Tiers))]
    public async Task What_a_command_leaves_in_the_background_ends_with_it(string tier)
    {
        using var house = new SandboxHouse(tier);
        var mark = Survivors.NewMark();
        var result = await house.BashAsync($"(setsid sleep {mark} >/dev/null 2>&1 &) ; sleep {mark} & echo over");
        Assert.Equal("over\n", result.Stdout);
        Assert.Empty(Survivors.With(mark));
    }

    [Fact]
    public async Task A_naive_runner_leaves_them_behind()
    {
        using var house = new SandboxHouse(SandboxHouse.Landlock);
        var mark = Survivors.NewMark();
        await house.NaiveAsync($"(setsid sleep {mark} >/dev/null 2>&1 &) ; exit 0");
        var left = Survivors.With(mark);
        Assert.NotEmpty(left);
        foreach (var process in left) Process.GetProcessById(process).Kill();
    }

    [Theory, MemberData(nameof(Tiers))]
    public async Task A_program_that_is_killed_takes_its_commands_with_it(string tier)
    {
        using var house = new SandboxHouse(tier);
        var mark = Survivors.NewMark();
        // A process of its own that only holds the launcher's standard input, as the program does.
        File.WriteAllBytes(Path.Combine(house.Outside, "request"), Request(house, tier, Stubborn(mark)));
        using var holder = Process.Start(new ProcessStartInfo("/bin/bash", ["-c", $"(cat {house.Outside}/request; echo ready > {house.Outside}/ready; exec sleep {mark}) | {LauncherFile.Address} > {house.Outside}/answer"]))!;
        await Survivors.AppearAsync(house["started"]);
        Assert.True(Survivors.With(mark).Count > 1);
        // The one that holds the pipe dies as with kill -9; nobody tells the launcher anything.
        foreach (var process in Survivors.With(mark).Where(process => ParentOf(process) == holder.Id)) Process.GetProcessById(process).Kill();
        Assert.True(await Survivors.GoAsync(mark, soon));
        await holder.WaitForExitAsync();
    }

    [Theory, MemberData(nameof(Tiers))]
    public async Task A_launcher_that_is_killed_takes_its_command_with_it(string tier)
    {
        using var house = new SandboxHouse(tier);
        Assert.Null(house.Sandbox.Status.Refusal);
        var mark = Survivors.NewMark();
        var running = house.BashAsync($"{(tier == SandboxHouse.Bubblewrap ? $"(setsid sleep {mark} &);" : "")} echo started > started; exec sleep {mark}");
        await Survivors.AppearAsync(house["started"]);
        foreach (var launcher in Survivors.With(LauncherFile.Name).Where(process => ParentOf(process) == Environment.ProcessId)) Process.GetProcessById(launcher).Kill();
        Assert.Equal(ToolErrorCodes.SandboxRequired, (await Assert.ThrowsAsync<ToolException>(() => running)).Code);
        Assert.True(await Survivors.GoAsync(mark, soon));
        // Its group is empty now; nobody is left to take it away.
        foreach (var group in Groups().Where(IsAbandoned)) Directory.Delete(group);
    }

    [Theory, MemberData(nameof(Tiers))]
    public async Task Descriptors_core_files_and_locked_memory_are_limited(string tier)
    {
        using var house = new SandboxHouse(tier, new() { OpenFiles = 40 });
        Assert.Equal("40\n0\n0\n", (await house.BashAsync("ulimit -n; ulimit -c; ulimit -l")).Stdout);
        Assert.Contains("40: Bad file descriptor", (await house.BashAsync("for i in {10..60}; do eval \"exec $i</dev/null\" || exit 1; done")).Stderr, StringComparison.Ordinal);
    }

    [Theory, MemberData(nameof(Tiers))]
    public async Task Commands_at_the_same_time_keep_apart_what_they_print_and_spill(string tier)
    {
        using var house = new SandboxHouse(tier, new() { OutputMb = 1 });
        var results = await Task.WhenAll(Enumerable.Range(0, 8).Select(i => house.BashAsync($"echo mine-{i}; head -c 100000 /dev/zero | tr '\\0' {i}; echo $TMPDIR > dir-{i}; echo {i} > $TMPDIR/t; sleep 0.1; cat $TMPDIR/t >&2")));
        for (var i = 0; i < results.Length; i++)
        {
            Assert.StartsWith($"mine-{i}\n{i}{i}{i}", results[i].Stdout, StringComparison.Ordinal);
            Assert.Equal($"{i}\n", results[i].Stderr);
            // All of one call, so the names would be the same.
            Assert.Equal($"mine-{i}\n{new string((char)('0' + i), 100_000)}", File.ReadAllText(Path.Combine(house.RunFolder, Assert.Single(results[i].Kept))));
        }
    }

    [Theory, MemberData(nameof(Tiers))]
    public async Task Endless_output_is_cut_and_costs_no_memory(string tier)
    {
        using var house = new SandboxHouse(tier, new() { OutputMb = 8 });
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var result = await house.RunAsync("yes", "all work and no play");
        Assert.Equal(("output", true), (result.Limit, result.Truncated));
        Assert.StartsWith("all work and no play\n", result.Stdout, StringComparison.Ordinal);
        Assert.Contains("bytes left out", result.Stdout, StringComparison.Ordinal);
        var kept = new FileInfo(Path.Combine(house.RunFolder, Assert.Single(result.Kept)));
        Assert.InRange(kept.Length, 8 << 20, 9 << 20);
        Assert.InRange(GC.GetTotalMemory(forceFullCollection: true) - before, long.MinValue, 64 << 20);
    }

    [Theory, MemberData(nameof(Tiers))]
    public async Task An_endless_file_ends_at_its_limit(string tier)
    {
        using var house = new SandboxHouse(tier, new() { FileSizeMb = 1 });
        var result = await house.BashAsync("exec head -c 100M /dev/zero > big");
        Assert.Equal("file_size", result.Limit);
        Assert.Equal(1 << 20, new FileInfo(house["big"]).Length);
    }

    [Theory, MemberData(nameof(Tiers))]
    public async Task Memory_ends_at_its_limit(string tier)
    {
        using var house = new SandboxHouse(tier, new() { MemoryMb = 64 });
        var alone = await house.BashAsync("x=$(head -c 300M /dev/zero | tr '\\0' x); echo ${#x}");
        Assert.NotEqual("314572800\n", alone.Stdout);
        // Each alone within its limit, together beyond it, and there they stay (tail keeps what it may have to print): it takes the launcher's own eyes to see.
        var together = await house.Shell.RunAsync(new("bash", ["-c", "for i in 1 2 3 4; do (head -c 20M /dev/zero; sleep 600) | tail -c 20M & done; wait"]) { Limit = TimeSpan.FromSeconds(60) }, CancellationToken.None);
        Assert.Equal("memory", together.Limit);
    }

    [Theory, MemberData(nameof(Tiers))]
    public async Task Where_the_kernel_can_hold_memory_it_does(string tier)
    {
        using var house = new SandboxHouse(tier, new() { MemoryMb = 64 });
        var stops = house.Sandbox.Status.Stops.Any(line => line.Contains("held by the kernel", StringComparison.Ordinal));
        Assert.NotEqual(stops, house.Sandbox.Status.Leaves.Any(line => line.Contains("no memory controller", StringComparison.Ordinal)));
        if (!stops) Assert.Skip("no memory controller can be used here");
        var running = house.BashAsync("echo started > started; until [ -e go ]; do read -t 0.05 < <(:) || :; done; for i in 1 2 3 4; do (head -c 30M /dev/zero; sleep 600) | tail -c 30M & done; wait");
        await Survivors.AppearAsync(house["started"]);
        // What doctor claims is in force: the limit stands in the kernel, and the command is counted under it.
        var group = Assert.Single(Groups(), folder => MemoryOf(folder) == "67108864");
        Assert.NotEmpty(File.ReadAllLines(Path.Combine(group, "cgroup.procs")));
        File.WriteAllText(house["go"], "");
        Assert.Equal("memory", (await running).Limit);
        Assert.False(Directory.Exists(group));
    }

    [Theory, MemberData(nameof(Tiers))]
    public async Task A_fork_bomb_ends(string tier)
    {
        using var house = new SandboxHouse(tier, new() { Processes = 32 });
        if (house.Sandbox.Status.Leaves.Any(line => line.Contains("number of processes is not limited", StringComparison.Ordinal))) Assert.Skip("the kernel does not count root's processes here");
        var mark = Survivors.NewMark();
        var result = await house.Shell.RunAsync(new("bash", ["-c", $"bomb() {{ bomb | bomb & sleep {mark}; }}; bomb; sleep {mark}"]) { Limit = TimeSpan.FromSeconds(5) }, CancellationToken.None);
        Assert.True(result.TimedOut || result.ExitCode != 0 || result.Limit == "processes");
        Assert.Empty(Survivors.With(mark));
    }

    [Fact]
    public async Task Processor_time_ends_at_its_limit()
    {
        using var house = new SandboxHouse(SandboxHouse.Landlock, new() { CpuSeconds = 1 });
        var result = await house.BashAsync("while :; do :; done");
        Assert.Equal(("cpu", "SIGXCPU"), (result.Limit, result.Signal));
    }

    [Fact]
    public async Task A_limit_above_the_configured_one_is_refused()
    {
        using var house = new SandboxHouse(SandboxHouse.Landlock, shell: new() { AllowedCommands = ["*"], DefaultTimeoutMs = 1000, MaxTimeoutMs = 2000 });
        var refused = await Assert.ThrowsAsync<ToolException>(() => house.Shell.RunAsync(new("true", []) { Limit = TimeSpan.FromSeconds(3) }, CancellationToken.None));
        Assert.Contains("shell.max_timeout_ms", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Many_commands_leave_no_process_descriptor_or_file()
    {
        using var house = new SandboxHouse(SandboxHouse.Landlock, new() { OutputMb = 1 });
        using var strong = File.Exists(LocalMachine.This.Bubblewrap) ? new SandboxHouse(SandboxHouse.Bubblewrap, new() { OutputMb = 1 }) : null;
        var mark = Survivors.NewMark();
        string[] scripts = ["exit 0", "exit 7", "echo out; echo err >&2", $"(setsid sleep {mark} &)", "kill -9 $$", "yes", "cat /etc/shadow", "echo x > SOUL.md", "exec /nowhere", "echo t > $TMPDIR/t; chmod 0 $TMPDIR/t",
            Late, Cancelled, Elsewhere];
        foreach (var script in scripts)
            foreach (var where in new[] { house, strong }.OfType<SandboxHouse>()) await OneAsync(where, script);
        var (descriptors, files, groups) = (Descriptors(), Temporary(), Groups());
        var count = Campaign.Scale(120, 500);
        for (var i = 0; i < count; i++) await OneAsync(i % 3 == 2 && strong is not null ? strong : house, scripts[i % scripts.Length]);
        Assert.Empty(Survivors.With(mark));
        Assert.InRange(Descriptors(), 0, descriptors + 3);
        Assert.Empty(Temporary().Except(files));
        Assert.DoesNotContain(Groups().Except(groups), IsAbandoned);
        Assert.Empty(Directory.EnumerateFileSystemEntries(house[""]));

        async Task OneAsync(SandboxHouse where, string script)
        {
            using var stop = new CancellationTokenSource();
            var running = where.Shell.RunAsync(new("bash", ["-c", script])
            {
                Limit = script == Late ? TimeSpan.FromMilliseconds(150) : null,
                Folder = script == Elsewhere ? WorkspacePath.Parse("no-such-folder") : null,
            }, stop.Token);
            if (script == Cancelled) await stop.CancelAsync();
            try { await running; }
            catch (OperationCanceledException) when (script == Cancelled) { }
            catch (ToolException) when (script == Elsewhere) { }
        }
    }

    const string Late = "sleep 30 & sleep 30", Cancelled = "sleep 31 & sleep 31", Elsewhere = "true";

    // Negative control: what the count above must see.
    [Fact]
    public void A_runner_that_lets_go_of_nothing_is_counted()
    {
        var before = Descriptors();
        var kept = Enumerable.Range(0, 10).Select(_ => Process.Start(new ProcessStartInfo("/bin/true") { RedirectStandardOutput = true })!).ToList();
        foreach (var process in kept) process.WaitForExit();
        Assert.True(Descriptors() > before + 3);
        foreach (var process in kept) process.Dispose();
    }

    static int Descriptors() => Directory.GetFileSystemEntries("/proc/self/fd").Length;

    /// <summary>The kernel's groups of commands: folders too.</summary>
    static List<string> Groups() => [.. new[] { "/sys/fs/cgroup" }.Where(Directory.Exists).SelectMany(root => Directory.EnumerateDirectories(root, "openclawssy-*",
        new EnumerationOptions { RecurseSubdirectories = true, IgnoreInaccessible = true, AttributesToSkip = FileAttributes.ReparsePoint }))];

    // Others on this machine may be running commands meanwhile: a launcher that lives still takes its group away.
    static bool IsAbandoned(string group) => !Directory.Exists($"/proc/{Path.GetFileName(group)["openclawssy-".Length..]}") && Directory.Exists(group);

    static string MemoryOf(string group) => new[] { "memory.max", "memory.limit_in_bytes" }.Select(name => Path.Combine(group, name)).Where(File.Exists).Select(File.ReadAllText).FirstOrDefault("").Trim();

    static HashSet<string> Temporary() => [.. Directory.EnumerateDirectories(Path.GetTempPath(), $"openclawssy-shell-{Environment.ProcessId}-*")];

    static int ParentOf(int process)
    {
        string stat;
        try { stat = File.ReadAllText($"/proc/{process}/stat"); }
        // Other tests' processes come and go while the list is read.
        catch (IOException) { return 0; }
        return int.Parse(stat[(stat.LastIndexOf(')') + 2)..].Split(' ')[1], System.Globalization.CultureInfo.InvariantCulture);
    }

    static byte[] Request(SandboxHouse house, string tier, string script)
    {
        var config = new Runtime.Config.LocalSandboxConfig();
        var frame = new CommandFrame(LocalMachine.This, config, house.Workspace, tier == SandboxHouse.Bubblewrap ? Launcher.LaunchTier.Bubblewrap : Launcher.LaunchTier.Landlock);
        // Removed with the house.
        Directory.CreateDirectory(Path.Combine(house.RunFolder, "temporary"));
        using var temporary = frame.NewTemporaryFolder();
        return Launcher.LaunchForm.Write(frame.Request("/usr/bin/bash", ["bash", "-c", script], TimeSpan.FromMinutes(5), temporary) with
        {
            Temporary = tier == SandboxHouse.Bubblewrap ? "/tmp" : Path.Combine(house.RunFolder, "temporary"),
        });
    }
}
