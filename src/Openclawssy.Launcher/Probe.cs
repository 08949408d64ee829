using System.Globalization;
using System.Text;

namespace Openclawssy.Launcher;

/// <summary>
/// The live self-test's body: tries from inside what a command must not be able to do, and prints each attempt with the kernel's
/// answer, <c>name=errno</c>; 0 means that it worked, or would have. Run without a sandbox it must do no harm either: what it makes it
/// takes away, and calls that would change the machine get arguments the kernel refuses later than the sandbox does.
/// </summary>
static unsafe class Probe
{
    static readonly StringBuilder lines = new();

    /// <param name="arguments">
    /// An existing file outside, a folder outside, and the process number of the program; where commands have the proxy also a port of
    /// this machine's own loopback at which somebody listens.
    /// </param>
    public static int Run(string[] arguments)
    {
        if (arguments is not [var planted, var outside, var program, .. var listener] || listener.Length > 1) return 2;
        var victim = int.Parse(program, CultureInfo.InvariantCulture);
        Files(planted, outside);
        Sockets();
        Others(victim);
        Kernel();
        State();
        if (listener is [var port]) Network(int.Parse(port, CultureInfo.InvariantCulture));
        Libc.WriteAll(1, Encoding.ASCII.GetBytes(lines.ToString()));
        return 0;
    }

    static void Files(string planted, string outside)
    {
        Tell("read_planted", Opened(planted, 0));
        Tell("read_shadow", Opened("/etc/shadow", 0));
        Tell("read_passwd", Opened("/etc/passwd", 0));
        Tell("list_outside", Opened(outside, Libc.Directory));
        Tell("list_root", Entries.Of("/root").Count > 0 ? 0 : 13);
        Tell("write_planted", Opened(planted, Libc.WriteOnly));
        Tell("create_outside", Created($"{outside}/created"));
        Tell("create_in_usr", Created("/usr/openclawssy-probe"));
        Tell("truncate_planted", Call(SystemCall.IsArm64 ? 45 : 76, Text(planted), 0));
        Tell("remove_planted", Call(SystemCall.IsArm64 ? 35 : 263, -100, Text(planted), 0));
        Tell("rename_planted", Call(SystemCall.IsArm64 ? 276 : 316, -100, Text(planted), -100, Text($"{outside}/renamed"), 0));
        Tell("link_planted", Call(SystemCall.IsArm64 ? 37 : 265, -100, Text(planted), -100, Text($"{outside}/linked"), 0));
        Tell("read_memory_device", Opened("/dev/mem", 0));
        Tell("make_device", Call(SystemCall.MkNodAt, -100, Text("openclawssy-probe"), 0x2000 | 0x180, 0x103));
        Call(SystemCall.IsArm64 ? 35 : 263, -100, Text("openclawssy-probe"), 0);
        // Not forbidden everywhere: says whether names and sizes outside are visible.
        var stat = stackalloc byte[256];
        Tell("look_at_planted", Call(SystemCall.IsArm64 ? 291 : 332, -100, Text(planted), 0, 0x7ff, (nint)stat));
    }

    static void Sockets()
    {
        foreach (var (name, family, kind) in new[]
        {
            ("tcp", 2, 1), ("udp", 2, 2), ("tcp6", 10, 1), ("raw", 2, 3), ("unix", 1, 1), ("netlink", 16, 3), ("packet", 17, 3), ("vsock", 40, 1), ("alg", 38, 5), ("bluetooth", 31, 5), ("udp6", 10, 2),
        }) Tell($"socket_{name}", Call(SystemCall.Socket, family, kind, 0));
        // Streams by family and kind, but of another protocol: IPPROTO_MPTCP, IPPROTO_SCTP.
        Tell("socket_multipath", Call(SystemCall.Socket, 2, 1, 262));
        Tell("socket_sctp", Call(SystemCall.Socket, 2, 1, 132));
        var pair = stackalloc int[2];
        Tell("socketpair_tipc", Call(SystemCall.SocketPair, 30, 2, 0, (nint)pair));
    }

    static void Others(int victim)
    {
        Tell("signal_program", Libc.kill(victim, 0) == 0 ? 0 : Libc.LastError);
        Tell("signal_parent", Libc.getppid() > 1 && Libc.kill(Libc.getppid(), 0) == 0 ? 0 : 1);
        // PTRACE_SEIZE: unlike attaching it does not stop the other.
        Tell("trace_program", Call(SystemCall.Ptrace, 0x4206, victim, 0, 0));
        Tell("read_program_memory", Call(SystemCall.ProcessVmReadv, victim, 0, 0, 0, 0));
        Tell("limit_program", Call(SystemCall.Prlimit, victim, 7, 0, 0));
        Tell("slow_program", Call(SystemCall.SetPriority, 0, victim, 0));
        Tell("read_program_environment", Opened($"/proc/{victim}/environ", 0));
        // A segment of no size, and a queue that is not there: neither is made.
        Tell("shared_memory", Reached(SystemCall.ShmGet, 0, 0, 0x380));
        Tell("message_queue", Reached(SystemCall.MqOpen, Text("openclawssy-no-such-queue"), 0, 0, 0));
    }

    static void Kernel()
    {
        var buffer = stackalloc byte[256];
        new Span<byte>(buffer, 256).Clear();
        Tell("io_uring", Call(SystemCall.IoUringSetup, 4, (nint)buffer));
        Tell("new_user_namespace", Call(SystemCall.Unshare, 0x10000000));
        Tell("new_mount_namespace", Call(SystemCall.Unshare, 0x20000));
        Tell("enter_namespace", Reached(SystemCall.SetNs, -1, 0));
        Tell("mount", Reached(SystemCall.Mount, Text("none"), Nowhere, Text("tmpfs"), 0, 0));
        Tell("unmount", Reached(SystemCall.Umount, Nowhere, 0));
        Tell("pivot_root", Reached(SystemCall.PivotRoot, Nowhere, Nowhere));
        Tell("chroot", Reached(SystemCall.Chroot, Nowhere));
        Tell("bpf", Reached(SystemCall.Bpf, 0, (nint)buffer, 128));
        Tell("perf", Call(SystemCall.PerfEventOpen, (nint)buffer, 0, -1, -1, 0));
        Tell("userfaultfd", Call(SystemCall.UserFaultFd, 1));
        Tell("keyring", Call(SystemCall.KeyCtl, 0, -3, 1));
        Tell("open_by_handle", Reached(SystemCall.OpenByHandle, -100, (nint)buffer, 0));
        Tell("load_module", Reached(SystemCall.InitModule, (nint)buffer, 0, (nint)buffer));
        Tell("load_kernel", Reached(SystemCall.KexecLoad, 0, 1000, 0, 0));
        Tell("kernel_log", Call(SystemCall.Syslog, 10, 0, 0));
        // On something that is no terminal: the sandbox says no, the file would say that it does not know the request.
        Tell("push_input", Libc.ioctl(0, 0x5412, (nint)buffer) < 0 && Libc.LastError == 1 ? 1 : 0);
        Tell("become_another_user", Call(SystemCall.SetUid, (nint)Libc.getuid() + 1));
        // Version 3, this thread, one bit of each set: asks for CAP_CHOWN.
        var header = stackalloc uint[2] { 0x20080522, 0 };
        var sets = stackalloc uint[6] { 1, 1, 0, 0, 0, 0 };
        Tell("gain_capability", Call(SystemCall.CapSet, (nint)header, (nint)sets));
        if (!SystemCall.IsArm64) Tell("x32_call", Call(0x40000000 + 39));
    }

    /// <summary>What the kernel says about this process; these must be exactly as the program expects.</summary>
    static void State()
    {
        Tell("no_new_privs", Libc.prctl(39, 0, 0, 0, 0));
        Tell("seccomp", Libc.prctl(21, 0, 0, 0, 0));
        var header = stackalloc uint[2] { 0x20080522, 0 };
        var sets = stackalloc uint[6];
        Libc.syscall(SystemCall.CapGet, (nint)header, (nint)sets, 0, 0, 0);
        Tell("capabilities", (int)(sets[0] | sets[1] | sets[2] | sets[3] | sets[4] | sets[5]));
        Tell("landlock_abi", Landlock.FindAbi());
    }

    /// <summary>Where there is a way out: that it is the only one, that it is there, and that it refuses what nobody listed.</summary>
    static void Network(int listener)
    {
        Tell("other_interface", Doorway.Interfaces() is ["lo"] ? 1 : 0);
        // The port the rules of the kernel allow, at addresses for documentation: only an empty network stops these.
        Tell("connect_outside", Connected(2, [192, 0, 2, 1], LaunchRequest.ProxyPort, out _));
        Tell("connect_outside6", Connected(10, [0x20, 0x01, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1], LaunchRequest.ProxyPort, out _));
        Tell("connect_machine", Connected(2, [127, 0, 0, 1], listener, out _));
        var answer = new byte[12];
        var reached = Connected(2, [127, 0, 0, 1], LaunchRequest.ProxyPort, out var proxy);
        Tell("proxy_unreachable", reached);
        if (reached != 0 || !Libc.WriteAll(proxy, "CONNECT openclawssy-self-test.invalid:443 HTTP/1.1\r\n\r\n"u8)) return;
        // "HTTP/1.1 403"
        var length = Libc.ReadAll(proxy, answer);
        Tell("proxy_answer", length == answer.Length && int.TryParse(answer.AsSpan(9), NumberStyles.None, CultureInfo.InvariantCulture, out var status) ? status : -1);
    }

    /// <summary>0 when a connection stands, or would have come to stand: nobody here waits for an answer from far away.</summary>
    static int Connected(byte family, ReadOnlySpan<byte> address, int port, out int socket)
    {
        const int Stream = 1, DoNotWait = 0x800, InProgress = 115;
        socket = Libc.socket(family, Stream | Libc.CloseOnExec | DoNotWait, 0);
        if (socket < 0) return Libc.LastError;
        // struct sockaddr_in and sockaddr_in6: family and port alike; the address at 4, or behind the flow at 8.
        var name = stackalloc byte[28];
        new Span<byte>(name, 28).Clear();
        name[0] = family;
        System.Buffers.Binary.BinaryPrimitives.WriteUInt16BigEndian(new(name + 2, 2), (ushort)port);
        address.CopyTo(new(name + (family == 2 ? 4 : 8), 16));
        var answer = Libc.connect(socket, name, family == 2 ? 16u : 28u) == 0 ? 0 : Libc.LastError;
        // F_SETFL: what follows may wait.
        Libc.fcntl(socket, 4, 0);
        return answer == InProgress ? 0 : answer;
    }

    static int Opened(string address, int flags)
    {
        var opened = Libc.Open(address, flags);
        if (opened < 0) return -opened;
        Libc.close(opened);
        return 0;
    }

    // O_CREAT | O_EXCL; and away with it.
    static int Created(string address)
    {
        var answer = Opened(address, Libc.WriteOnly | 0x40 | 0x80);
        if (answer == 0) Call(SystemCall.IsArm64 ? 35 : 263, -100, Text(address), 0);
        return answer;
    }

    /// <summary>0 when the kernel looked at the arguments, whatever it thought of them: only EPERM is the sandbox's answer.</summary>
    static int Reached(int number, nint first = 0, nint second = 0, nint third = 0, nint fourth = 0, nint fifth = 0) => Call(number, first, second, third, fourth, fifth) == 1 ? 1 : 0;

    static nint Nowhere => Text("/openclawssy-no-such-folder");

    static int Call(int number, nint first = 0, nint second = 0, nint third = 0, nint fourth = 0, nint fifth = 0) =>
        Libc.syscall(number, first, second, third, fourth, fifth) >= 0 ? 0 : Libc.LastError;

    static nint Text(string text) => (nint)Libc.Text(text);

    static void Tell(string name, int answer) => lines.Append(CultureInfo.InvariantCulture, $"{name}={answer}\n");
}
