using System.Text;

namespace Openclawssy.Launcher;

/// <summary>
/// The last stage: this process restricts itself on its one thread and becomes the command. Started anew by the supervisor (through
/// bubblewrap or not), because restrictions bind a thread and a running runtime has several.
/// </summary>
static unsafe class Inner
{
    /// <summary>Descriptors the supervisor leaves: the request, the status pipe, the lists of the command's group for its processes and its memory, and the way to whoever takes its network; each of the last three may be missing.</summary>
    public const int RequestAt = 3, StatusAt = 4, GroupAt = 5, MemoryAt = 6, DoorAt = 7;

    /// <summary>What the status pipe says: <c>ready</c> when nothing but <c>execve</c> is left, else the step and its error number.</summary>
    public const string Ready = "ready";

    static readonly string[] devices = ["/dev/null", "/dev/zero", "/dev/full", "/dev/random", "/dev/urandom"];

    public static int Run()
    {
        try
        {
            Become(ReadRequest());
            return 0;
        }
        catch (StageException failed)
        {
            Say($"{failed.Step} {failed.Error}");
        }
        catch (FormatException)
        {
            Say("request 0");
        }
        return 126;
    }

    static LaunchRequest ReadRequest()
    {
        var length = Libc.lseek(RequestAt, 0, 2);
        if (length is < LaunchForm.HeaderBytes or > LaunchForm.MaxBytes + LaunchForm.HeaderBytes) throw new FormatException("no request");
        Libc.lseek(RequestAt, 0, 0);
        var bytes = new byte[length];
        return LaunchForm.Read(bytes.AsSpan(0, Libc.ReadAll(RequestAt, bytes)));
    }

    static void Become(LaunchRequest request)
    {
        var inNamespaces = request.Tier == LaunchTier.Bubblewrap;
        var counted = Libc.fcntl(GroupAt, 1, 0) >= 0 && Libc.WriteAll(GroupAt, "0"u8);
        if (!counted) Say("uncounted 0");
        if (Libc.fcntl(MemoryAt, 1, 0) < 0 || !Libc.WriteAll(MemoryAt, "0"u8)) Say("unweighed 0");
        if (Libc.syscall(SystemCall.CloseRange, 3, -1, 4, 0, 0) != 0) throw new StageException("close_range", Libc.LastError);
        Enter(request);
        var hasDoor = request.Door.Length > 0;
        if (hasDoor) Doorway.HandOut(DoorAt);
        // Should memory run out, the command goes first.
        Libc.WriteText("/proc/self/oom_score_adj", "500");

        var program = request.Program.Length > 0 ? request.Program : OwnAddress();
        var landlock = Landlock.Create();
        landlock.MayChange(request.Workspace);
        landlock.MayChange(request.Temporary);
        foreach (var address in request.ReadOnly) landlock.MayRead(address);
        foreach (var device in devices) landlock.MayUse(device);
        // A /proc of its own shows only its own.
        if (inNamespaces) landlock.MayLook("/proc");
        if (request.Program.Length == 0) landlock.MayRead(program);
        if (hasDoor) landlock.MayConnect(LaunchRequest.ProxyPort);

        var filter = Seccomp.Build(signalsToo: landlock.Abi < Landlock.ScopingAbi, streamsToo: hasDoor).ToNative();
        var path = Libc.Text(program);
        var arguments = Libc.Texts(request.Arguments);
        var environment = Libc.Texts(request.Environment);
        ResourceLimits.Apply(request.Limits, countProcesses: !counted);
        RestoreSignals();
        // Everything below runs without a new page of code being needed for it: each call was bound when the program was linked.
        Privileges.Drop(inNamespaces ? 0 : request.User, request.Group);
        // Should the supervisor be killed from outside, the command goes with it; changing the user would have taken this back.
        if (Libc.prctl(1, 9, 0, 0, 0) != 0) throw new StageException("parent_death", Libc.LastError);
        landlock.Enforce();
        if (Libc.prctl(22, 2, filter, 0, 0) != 0) throw new StageException("seccomp", Libc.LastError);
        Say(Ready);
        Libc.execve(path, arguments, environment);
        throw new StageException("execve", Libc.LastError);
    }

    /// <summary>Into the folder the command begins in, by a way that cannot lead out of the workspace.</summary>
    static void Enter(LaunchRequest request)
    {
        var workspace = Libc.Open(request.Workspace, Libc.PathOnly | Libc.Directory);
        if (workspace < 0) throw new StageException("workspace", -workspace);
        var folder = Libc.OpenBeneath(workspace, request.Folder, Libc.PathOnly | Libc.Directory);
        if (folder < 0) throw new StageException("folder", -folder);
        if (Libc.fchdir(folder) != 0) throw new StageException("folder", Libc.LastError);
    }

    static string OwnAddress() => Libc.LinkTarget("/proc/self/exe") ?? throw new StageException("self", Libc.LastError);

    // The runtime ignores a broken pipe and blocks a few signals; a command expects neither.
    static void RestoreSignals()
    {
        for (var number = 1; number <= 64; number++) Libc.signal(number, 0);
        var none = stackalloc byte[128];
        new Span<byte>(none, 128).Clear();
        Libc.sigprocmask(2, none, null);
    }

    static void Say(string what) => Libc.WriteAll(StatusAt, Encoding.ASCII.GetBytes(what + "\n"));
}
