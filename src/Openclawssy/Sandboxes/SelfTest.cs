using System.Globalization;
using Openclawssy.Egress;
using Openclawssy.Launcher;
using Openclawssy.Runtime.Policy;
using Openclawssy.Runtime.Sandboxes;
using Openclawssy.Runtime.Text;

namespace Openclawssy.Sandboxes;

/// <summary>
/// Really tries, from inside, what a command must not be able to do, against a file planted outside and against this very process.
/// One success, one attempt that was not made, or a state that is not exactly right, and the sandbox is refused.
/// </summary>
sealed class SelfTest(CommandFrame frame)
{
    /// <summary>Every attempt the probe must report; with 0 it worked, which it must not.</summary>
    public static readonly IReadOnlyList<string> Attempts =
    [
        "read_planted", "read_shadow", "read_passwd", "list_outside", "list_root", "write_planted", "create_outside", "create_in_usr", "truncate_planted", "remove_planted", "rename_planted",
        "link_planted", "read_memory_device", "make_device",
        "socket_tcp", "socket_udp", "socket_tcp6", "socket_udp6", "socket_multipath", "socket_sctp", "socket_raw", "socket_unix", "socket_netlink", "socket_packet", "socket_vsock", "socket_alg", "socket_bluetooth", "socketpair_tipc",
        "signal_program", "signal_parent", "trace_program", "read_program_memory", "limit_program", "slow_program", "read_program_environment", "shared_memory", "message_queue",
        "io_uring", "new_user_namespace", "new_mount_namespace", "enter_namespace", "mount", "unmount", "pivot_root", "chroot", "bpf", "perf", "userfaultfd", "keyring", "open_by_handle",
        "load_module", "load_kernel", "kernel_log", "push_input", "become_another_user", "gain_capability",
    ];

    /// <summary>What is tried where commands have the proxy; TCP sockets themselves can be made there.</summary>
    public static readonly IReadOnlyList<string> ProxyAttempts =
    [
        .. Attempts.Except(["socket_tcp", "socket_tcp6"]), "other_interface", "connect_outside", "connect_outside6", "connect_machine",
    ];

    IReadOnlyList<string> Tried => frame.HasProxy ? ProxyAttempts : Attempts;

    const string Canary = "openclawssy self-test";
    static readonly TimeSpan limit = TimeSpan.FromSeconds(20);

    public async Task<SandboxStatus> RunAsync()
    {
        try
        {
            using var place = new Planted();
            using var temporary = frame.NewTemporaryFolder();
            using var output = new CapturedOutput(() => null, ScrubbedBytes.None);
            using var errors = new CapturedOutput(() => null, ScrubbedBytes.None);
            using var quiet = frame.HasProxy ? new QuietListener() : null;
            string[] words = ["openclawssy-launcher", "--probe", place.File, place.Folder, Number(Environment.ProcessId), .. quiet is null ? Array.Empty<string>() : [Number(quiet.Port)]];
            var report = await RunAsync(frame.Request("", words, limit, temporary), output, errors);
            if (report.Failed is { } step)
                return Refused($"{Steps.Words(step, report.Error)}{(errors.ToText().Trim() is { Length: > 0 } said ? $": {Truncation.OneLine(said, 200)}" : "")}");
            if (report is not { EndedBy: "exit", ExitCode: 0 }) return Refused($"the self-test did not end as it should (exit {report.ExitCode}, {report.EndedBy})");
            var status = Judge(Answers(output.ToText()), report);
            if (status.Refusal is null && quiet is { WasReached: true }) return Refused("the self-test reached this machine's own network, although it said that it could not");
            return status.Refusal is null && !place.IsUntouched ? Refused("the self-test changed a file outside, although it said that it could not") : status;
        }
        catch (IOException problem) { return Refused(problem.Message); }
        catch (UnauthorizedAccessException problem) { return Refused(problem.Message); }
    }

    /// <summary>With the real proxy where commands have one, under rules that list nothing.</summary>
    async Task<LaunchReport> RunAsync(LaunchRequest request, CapturedOutput output, CapturedOutput errors)
    {
        if (!frame.HasProxy) return await LauncherProcess.RunAsync(frame.Launcher, request, output, errors, CancellationToken.None);
        using var door = TemporaryFolder.Unseen();
        using var nobody = EgressClient.OfSystem(TimeProvider.System);
        await using var doorway = CommandDoorway.Open(door.Inside, new CommandProxy(nobody, EgressPolicy.Of(new() { Enabled = true }).Allow, _ => default, TimeProvider.System, new()));
        return await LauncherProcess.RunAsync(frame.Launcher, request with { Door = doorway.Address }, output, errors, CancellationToken.None);
    }

    SandboxStatus Judge(Dictionary<string, int> answers, LaunchReport report)
    {
        if (Tried.FirstOrDefault(name => !answers.ContainsKey(name)) is { } missing) return Refused($"the self-test did not say whether \"{missing}\" is possible");
        var possible = Tried.Where(name => answers[name] == 0).ToList();
        if (possible.Count > 0) return Refused($"from inside it was possible to: {string.Join(", ", possible)}");
        if (answers.GetValueOrDefault("x32_call", 1) == 0) return Refused("calls of the x32 form are possible");
        if (answers.GetValueOrDefault("no_new_privs") != 1 || answers.GetValueOrDefault("seccomp") != 2 || answers.GetValueOrDefault("capabilities", -1) != 0)
            return Refused("the kernel does not report no_new_privs, a system call filter and empty capabilities for a command");
        if (frame.HasProxy && answers.GetValueOrDefault("proxy_unreachable", -1) is not 0 and var error) return Refused($"the proxy cannot be reached from inside (error {error})");
        if (frame.HasProxy && answers.GetValueOrDefault("proxy_answer") is not 403 and var answer) return Refused($"the proxy did not refuse a host that nobody listed (it said {answer})");

        var leaves = new List<string>();
        if (answers.GetValueOrDefault("look_at_planted") == 0) leaves.Add("names, sizes and times of files outside are visible (their content is not)");
        if (frame.Tier == LaunchTier.Landlock) leaves.Add("protected names of the workspace are put back after a command, not held while it runs");
        if (report.Processes == "none") leaves.Add("the number of processes is not limited: no pids controller can be used here, and the kernel does not count root's");
        if (report.Processes == "user") leaves.Add("processes are counted over everything this user runs");
        if (report.Memory != "group") leaves.Add("the memory of all its processes together is looked at ten times a second, not held by the kernel: no memory controller can be used here");
        if (frame.HasProxy) leaves.Add("what a command sends to a listed host is not looked into");
        leaves.Add("the disk can be filled up to what the workspace's file system gives");
        return new(frame.TierName, null,
            [$"files outside the workspace (Landlock {report.LandlockAbi})", frame.HasProxy ? "network but for the program's own proxy, which refuses what is not listed, and every other socket" : "network and every other socket", "signals to and looks into other processes", "new namespaces, mounts and privileges", $"{Tried.Count} attempts, all refused", .. report.Memory == "group" ? ["memory beyond its limit (held by the kernel)"] : Array.Empty<string>()],
            leaves);
    }

    static string Number(int number) => number.ToString(CultureInfo.InvariantCulture);

    SandboxStatus Refused(string why) => SandboxStatus.Refused($"the {frame.TierName} sandbox does not hold here: {why}");

    static Dictionary<string, int> Answers(string text)
    {
        var answers = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var line in text.Split('\n'))
            if (line.IndexOf('=') is var cut and > 0 && int.TryParse(line.AsSpan(cut + 1), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var answer))
                answers[line[..cut]] = answer;
        return answers;
    }

    /// <summary>A file outside that anybody could read and its owner change, were there no sandbox.</summary>
    sealed class Planted : IDisposable
    {
        public Planted()
        {
            Folder = Directory.CreateTempSubdirectory("openclawssy-self-test-").FullName;
            File = Path.Combine(Folder, "planted");
            System.IO.File.WriteAllText(File, Canary);
            // Open to all, so that a command that runs as another user is stopped by the sandbox and not by a mode.
            Native.SetMode(Folder, 0x1ff);
            Native.SetMode(File, 0x1b6);
        }

        public string Folder { get; }
        public string File { get; }

        public bool IsUntouched => Directory.EnumerateFileSystemEntries(Folder).SequenceEqual([File]) && System.IO.File.ReadAllText(File) == Canary;

        public void Dispose() => Directory.Delete(Folder, recursive: true);
    }
}
