using System.Diagnostics;
using Openclawssy.Sandboxes;
using Openclawssy.TestKit;
using Xunit;

namespace Openclawssy.Tests.Sandboxes;

/// <summary>S09, S10: what the self-test tries fails from inside, and a sandbox that is not there is never used.</summary>
[Collection(CommandsAlone.Name)]
public sealed class SelfTestTests
{
    [Theory]
    [InlineData(SandboxHouse.Landlock)]
    [InlineData(SandboxHouse.Bubblewrap)]
    public void Every_attempt_from_inside_fails(string tier)
    {
        using var house = new SandboxHouse(tier);
        Assert.Null(house.Sandbox.Status.Refusal);
        Assert.Equal(tier, house.Sandbox.Status.Tier);
        Assert.True(SelfTest.Attempts.Count >= 25);
    }

    [Fact]
    public void The_tier_without_namespaces_says_what_it_leaves_visible()
    {
        using var house = new SandboxHouse(SandboxHouse.Landlock);
        Assert.Contains(house.Sandbox.Status.Leaves, line => line.Contains("names, sizes", StringComparison.Ordinal));
    }

    [Fact]
    public void The_same_attempts_without_a_sandbox_succeed_and_are_noticed()
    {
        using var folder = new TempFolder();
        File.WriteAllText(folder["planted"], "x");
        using var probe = Process.Start(new ProcessStartInfo(LauncherFile.Address, ["--probe", folder["planted"], folder.Path, $"{Environment.ProcessId}"]) { RedirectStandardOutput = true, WorkingDirectory = folder.Path })!;
        var possible = probe.StandardOutput.ReadToEnd().Split('\n').Where(line => line.EndsWith("=0", StringComparison.Ordinal)).Select(line => line[..^2]).ToList();
        Assert.Superset(new HashSet<string>(["read_planted", "create_outside", "socket_tcp", "socket_unix", "signal_program", "read_program_environment"]), possible.ToHashSet());
    }

    [Theory]
    [InlineData("landlock_create_ruleset", "ENOSYS", "Landlock")]
    [InlineData("landlock_create_ruleset", "EOPNOTSUPP", "Landlock")]
    [InlineData("landlock_restrict_self", "EPERM", "landlock_restrict")]
    [InlineData("landlock_add_rule", "EINVAL", "landlock_rule")]
    [InlineData("close_range", "ENOSYS", "close_range")]
    [InlineData("capset", "EPERM", "capset")]
    [InlineData("prctl", "EPERM", "subreaper")]
    [InlineData("clone,clone3,vfork", "EAGAIN", "the launcher")]
    [InlineData("execve", "EACCES", "the launcher")]
    public async Task A_kernel_that_refuses_a_step_refuses_every_command(string call, string error, string said)
    {
        using var broken = new BrokenLauncher($"-e inject={call}:error={error}");
        using var house = new SandboxHouse(SandboxHouse.Landlock, machine: broken.Machine);
        Assert.Contains(said, house.Sandbox.Status.Refusal, StringComparison.Ordinal);
        var refused = await Assert.ThrowsAsync<Runtime.Toolkit.ToolException>(() => house.RunAsync("touch", "ran"));
        Assert.Equal("sandbox.required", refused.Code);
        Assert.False(File.Exists(house["ran"]));
    }

    [Fact]
    public void A_restriction_that_only_seems_to_work_is_noticed_by_trying()
    {
        // The call answers success and does nothing: every step believes it, only the attempts tell.
        using var broken = new BrokenLauncher("-e inject=landlock_restrict_self:retval=0");
        using var house = new SandboxHouse(SandboxHouse.Landlock, machine: broken.Machine);
        Assert.Contains("from inside it was possible to: read_planted", house.Sandbox.Status.Refusal, StringComparison.Ordinal);
    }

    [Fact]
    public async Task On_a_kernel_that_cannot_keep_signals_inside_none_are_sent_at_all()
    {
        // The first question, for the version, is answered with 4: Linux 6.7.
        using var older = new BrokenLauncher("-e inject=landlock_create_ruleset:retval=4:when=1");
        using var house = new SandboxHouse(SandboxHouse.Landlock, machine: older.Machine);
        Assert.Null(house.Sandbox.Status.Refusal);
        Assert.Equal("refused\n", (await house.BashAsync("kill -0 $$ || echo refused")).Stdout);
        using var newer = new SandboxHouse(SandboxHouse.Landlock);
        Assert.Equal("", (await newer.BashAsync("kill -0 $$ || echo refused")).Stdout);
    }

    [Fact]
    public void Without_bubblewrap_its_tier_is_refused_and_auto_says_what_it_took_instead()
    {
        var without = LocalMachine.This with { Bubblewrap = "/usr/bin/bwrap-is-not-here" };
        using var strict = new SandboxHouse(SandboxHouse.Bubblewrap, machine: without);
        Assert.Contains("not installed", strict.Sandbox.Status.Refusal, StringComparison.Ordinal);
        using var auto = new SandboxHouse("auto", machine: without);
        Assert.Equal(SandboxHouse.Landlock, auto.Sandbox.Status.Tier);
        Assert.Contains(auto.Sandbox.Status.Leaves, line => line.Contains("not installed", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("mount")]
    [InlineData("pivot_root")]
    public void A_kernel_without_namespaces_refuses_their_tier_and_auto_says_what_it_took_instead(string call)
    {
        using var broken = new BrokenLauncher($"-e inject={call}:error=EPERM");
        using var strict = new SandboxHouse(SandboxHouse.Bubblewrap, machine: broken.Machine);
        if (!File.Exists(LocalMachine.This.Bubblewrap)) Assert.Skip("bubblewrap is not installed here");
        Assert.Contains("bubblewrap could not make its namespaces", strict.Sandbox.Status.Refusal, StringComparison.Ordinal);
        using var auto = new SandboxHouse("auto", machine: broken.Machine);
        Assert.Equal(SandboxHouse.Landlock, auto.Sandbox.Status.Tier);
        Assert.Contains(auto.Sandbox.Status.Leaves, line => line.Contains("not the stronger tier", StringComparison.Ordinal));
    }

    [Fact]
    public void A_launcher_others_can_change_is_not_started()
    {
        using var folder = new TempFolder();
        File.Copy(LauncherFile.Address, folder["launcher"]);
        Native.SetMode(folder["launcher"], 0x1ff);
        using var house = new SandboxHouse(SandboxHouse.Landlock, machine: LocalMachine.This with { Launcher = folder["launcher"] });
        Assert.Contains("can be changed by others", house.Sandbox.Status.Refusal, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_self_test_is_run_once_however_many_ask_at_the_same_time()
    {
        using var folder = new TempFolder();
        File.WriteAllText(folder["launcher"], $"#!/bin/sh\necho started >> {folder["starts"]}\nexec {LauncherFile.Address}\n");
        Native.SetMode(folder["launcher"], 0x1ed);
        using var house = new SandboxHouse(SandboxHouse.Landlock, machine: LocalMachine.This with { Launcher = folder["launcher"] });
        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() => Assert.Null(house.Sandbox.Status.Refusal))));
        Assert.Single(File.ReadAllLines(folder["starts"]));
        await house.RunAsync("true");
        Assert.Equal(2, File.ReadAllLines(folder["starts"]).Length);
    }

    [Fact]
    public void A_launcher_that_is_missing_refuses()
    {
        using var house = new SandboxHouse(SandboxHouse.Landlock, machine: LocalMachine.This with { Launcher = "/nowhere/openclawssy-launcher" });
        Assert.Contains("is missing", house.Sandbox.Status.Refusal, StringComparison.Ordinal);
    }

    [Fact]
    public void A_readable_folder_that_holds_the_control_plane_refuses()
    {
        using var house = new SandboxHouse(SandboxHouse.Landlock, new() { ReadOnly = ["/usr", "/"] });
        Assert.Contains("sandbox.local.read_only", house.Sandbox.Status.Refusal, StringComparison.Ordinal);
    }
}

/// <summary>The real launcher on a kernel that answers some of its calls wrongly.</summary>
sealed class BrokenLauncher : IDisposable
{
    readonly TempFolder folder = new();

    /// <param name="injection">As strace takes it.</param>
    public BrokenLauncher(string injection)
    {
        if (!File.Exists("/usr/bin/strace")) Assert.Skip("strace is not installed here");
        File.WriteAllText(folder["launcher"], $"#!/bin/sh\nexec /usr/bin/strace -f -qq -o /dev/null {injection} {LauncherFile.Address}\n");
        Native.SetMode(folder["launcher"], 0x1ed);
    }

    public LocalMachine Machine => LocalMachine.This with { Launcher = folder["launcher"] };

    public void Dispose() => folder.Dispose();
}
