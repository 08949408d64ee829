using Openclawssy.Runtime.Config;
using Openclawssy.Runtime.Toolkit;
using Openclawssy.Sandboxes;
using Openclawssy.TestKit;
using Openclawssy.Tests.Egress;
using Xunit;

namespace Openclawssy.Tests.Sandboxes;

/// <summary>
/// S10: the sandbox held when it was tried, and breaks afterwards: the kernel refuses a system call at its first, second, … use.
/// The command then does not run, or runs with every wall up; it never runs with one missing.
/// </summary>
[Collection(CommandsAlone.Name)]
public sealed class SystemCallFaultTests
{
    static readonly string[] common =
    [
        "landlock_create_ruleset", "landlock_add_rule", "landlock_restrict_self", "prctl", "capset", "close_range", "prlimit64", "memfd_create", "pipe2", "dup2", "openat2", "fchdir", "execve",
        "clone,clone3,vfork,fork", "setsid", "seccomp", "pidfd_open", "fcntl", "lseek", "readlinkat", "setpriority",
    ];

    static readonly string[] namespaces = ["unshare", "mount", "umount2", "pivot_root", "mkdir", "chdir", "setuid,setgid,setresuid,setresgid,setfsuid", "socket", "sendto", "recvfrom"];

    /// <summary>The stronger tier with the proxy, and what its way out is made of.</summary>
    const string Proxied = "proxied";

    static readonly string[] wayOut = ["socket", "connect", "bind", "listen", "sendmsg", "landlock_add_rule", "landlock_restrict_self", "prctl", "openat2", "fcntl"];

    public static TheoryData<string, string> Calls()
    {
        var rows = new TheoryData<string, string>();
        foreach (var call in common) rows.Add(SandboxHouse.Landlock, call);
        foreach (var call in (string[])[.. common, .. namespaces]) rows.Add(SandboxHouse.Bubblewrap, call);
        foreach (var call in wayOut) rows.Add(Proxied, call);
        return rows;
    }

    [Theory, MemberData(nameof(Calls))]
    public async Task A_refused_system_call_ends_in_a_refused_command_or_changes_nothing(string tier, string call)
    {
        using var breaking = new BreakingLauncher();
        if (tier != SandboxHouse.Landlock && !File.Exists(LocalMachine.This.Bubblewrap)) Assert.Skip("bubblewrap is not installed here");
        using var network = new TestNetwork(new());
        using var house = new SandboxHouse(tier == Proxied ? SandboxHouse.Bubblewrap : tier, new() { CpuSeconds = 20, Network = tier == Proxied ? SandboxNetwork.Proxy : SandboxNetwork.None },
            machine: LocalMachine.This with { Launcher = breaking.Address })
        {
            Network = tier == Proxied ? network : null,
        };
        Assert.Null(house.Sandbox.Status.Refusal);
        Assert.Null(await AttackAsync(house));
        Assert.True(File.Exists(house["ran"]));
        var uses = await CountAsync(house, breaking, call);
        foreach (var use in Some(uses))
        {
            File.Delete(house["ran"]);
            breaking.Break($"-e trace={call} -e inject={call}:error=EPERM:when={use}");
            var refusal = await AttackAsync(house);
            if (refusal is null) continue;
            Assert.True(refusal.Code == ToolErrorCodes.SandboxRequired || (refusal.Code == ToolErrorCodes.InputInvalid && refusal.Message.Contains("cannot be run", StringComparison.Ordinal))
                || (call is "openat2" or "fchdir" && refusal.Message.Contains("cwd", StringComparison.Ordinal)), $"{call} {use}: {refusal.Code} {refusal.Message}");
            Assert.False(File.Exists(house["ran"]), $"{call} {use}: refused, and the command ran");
        }
    }

    // Negative control: a launcher that believes a call which only pretends to work is what the attack must see.
    [Fact]
    public async Task A_wall_that_is_missing_is_seen_by_the_same_attack()
    {
        using var breaking = new BreakingLauncher();
        using var house = new SandboxHouse(SandboxHouse.Landlock, machine: LocalMachine.This with { Launcher = breaking.Address });
        Assert.Null(house.Sandbox.Status.Refusal);
        breaking.Break("-e trace=landlock_restrict_self -e inject=landlock_restrict_self:retval=0");
        await Assert.ThrowsAsync<Xunit.Sdk.FalseException>(() => AttackAsync(house));
    }

    /// <summary>A command that does what it must not be able to. Null when it ran and could not; else why it did not run.</summary>
    static async Task<ToolException?> AttackAsync(SandboxHouse house)
    {
        using var server = new RawServer((_, _) => Task.CompletedTask);
        var script = $"(exec 3<>/dev/tcp/127.0.0.1/{server.Port}); echo ran > ran; cat {house.Outside}/canary > stolen; echo x > {house.Outside}/written; unshare -U true && echo x > gained; (exec 3<>/dev/tcp/127.0.0.1/9) 2>refused; exit 0";
        ToolException? refusal = null;
        try
        {
            await house.Shell.RunAsync(new("bash", ["-c", script]) { Limit = TimeSpan.FromSeconds(30) }, CancellationToken.None);
        }
        catch (ToolException refused) { refusal = refused; }
        Assert.False(File.Exists(Path.Combine(house.Outside, "written")), "it wrote outside");
        Assert.False(File.Exists(house["stolen"]) && File.ReadAllText(house["stolen"]).Contains("CANARY", StringComparison.Ordinal), "it read outside");
        Assert.False(File.Exists(house["gained"]), "it made a namespace");
        Assert.Equal(0, server.Visitors);
        // Refused by the filter, not by nobody listening; where there are sockets, by the kernel's rules for ports or by an empty network.
        Assert.False(house.Network is null && File.Exists(house["refused"]) && File.ReadAllText(house["refused"]).Contains("Connection refused", StringComparison.Ordinal), "it made a socket");
        foreach (var name in new[] { "stolen", "refused" }) File.Delete(house[name]);
        return refusal;
    }

    /// <summary>How often any one process of a whole command uses the call.</summary>
    static async Task<int> CountAsync(SandboxHouse house, BreakingLauncher breaking, string call)
    {
        breaking.Break($"-e trace={call}");
        Assert.Null(await AttackAsync(house));
        return File.ReadLines(breaking.Trace).Where(line => line.Contains('(', StringComparison.Ordinal) && !line.Contains("resumed", StringComparison.Ordinal))
            .GroupBy(line => line.Split(' ')[0]).Select(group => group.Count()).DefaultIfEmpty(0).Max();
    }

    /// <summary>All of them in a campaign; else the first, the last and a few between.</summary>
    static IEnumerable<int> Some(int uses) => Enumerable.Range(1, uses).Where(use => Campaign.IsFull || uses <= 4 || use == 1 || use > uses - 3 || use % Math.Max(1, uses / 3) == 0);

    /// <summary>The real launcher, on a kernel that starts to answer wrongly when told to.</summary>
    sealed class BreakingLauncher : IDisposable
    {
        readonly TempFolder folder = new();

        public BreakingLauncher()
        {
            if (!File.Exists("/usr/bin/strace")) Assert.Skip("strace is not installed here");
            File.WriteAllText(folder["launcher"], $"#!/bin/sh\n[ -e {folder["how"]} ] || exec {LauncherFile.Address}\nexec /usr/bin/strace -f -qq -o {Trace} $(cat {folder["how"]}) {LauncherFile.Address}\n");
            Native.SetMode(folder["launcher"], 0x1ed);
        }

        public string Address => folder["launcher"];
        public string Trace => folder["trace"];

        /// <param name="how">As strace takes it.</param>
        public void Break(string how) => File.WriteAllText(folder["how"], how);

        public void Dispose() => folder.Dispose();
    }
}
