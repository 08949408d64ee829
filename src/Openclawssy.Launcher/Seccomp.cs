using System.Runtime.InteropServices;

namespace Openclawssy.Launcher;

/// <summary>The filter on system calls: a small program of the kernel's packet-filter machine, see <c>seccomp(2)</c>.</summary>
sealed unsafe class Seccomp
{
    const uint Allow = 0x7fff0000, Kill = 0x80000000, Refuse = 0x00050001, NoSuchCall = 0x00050026;
    const ushort Load = 0x20, IfEqual = 0x15, IfAtLeast = 0x35, IfAnyBit = 0x45, And = 0x54, Return = 0x06;

    // Where the machine finds things: number, architecture, then six arguments of eight bytes, low half first.
    const uint Number = 0, Arch = 4;
    static uint Argument(int index) => 16 + 8 * (uint)index;

    // CLONE_NEWNS, NEWCGROUP, NEWUTS, NEWIPC, NEWUSER, NEWPID, NEWNET
    const uint NewNamespaces = 0x7E020000;
    const uint PushInput = 0x5412, ConsoleControl = 0x541C;
    const uint UnixFamily = 1, Ipv4Family = 2, Ipv6Family = 10, Stream = 1, Tcp = 6;

    // SOCK_CLOEXEC and SOCK_NONBLOCK travel with the kind of a socket.
    const uint KindFlags = 0x80800;

    readonly List<Step> steps = [];

    /// <param name="signalsToo">Refuses to send signals at all.</param>
    /// <param name="streamsToo">Lets TCP sockets be made, and still no others: for a network that is empty but for the program's proxy.</param>
    public static Seccomp Build(bool signalsToo, bool streamsToo)
    {
        var filter = new Seccomp();
        filter.Add(Load, Arch);
        filter.Add(IfEqual, SystemCall.AuditArch, whenTrue: 1);
        filter.Add(Return, Kill);
        filter.Add(Load, Number);
        if (!SystemCall.IsArm64)
        {
            // The x32 form of every call, which the numbers below do not name.
            filter.Add(IfAtLeast, 0x40000000, whenFalse: 1);
            filter.Add(Return, Refuse);
        }
        foreach (var number in SystemCall.Refused) filter.Always(number, Refuse);
        if (streamsToo) filter.OnlyStreams();
        else filter.Always(SystemCall.Socket, Refuse);
        if (signalsToo) foreach (var number in SystemCall.Signals) filter.Always(number, Refuse);
        // Its flags lie in memory, which a filter cannot read; the C library then takes clone.
        filter.Always(SystemCall.Clone3, NoSuchCall);
        filter.When(SystemCall.Clone, 0, IfAnyBit, NewNamespaces);
        filter.When(SystemCall.Ioctl, 1, IfEqual, PushInput);
        filter.When(SystemCall.Ioctl, 1, IfEqual, ConsoleControl);
        filter.Unless(SystemCall.SocketPair, 0, UnixFamily);
        // What one may do to oneself, another process of the same user would suffer too: Landlock does not look at these.
        foreach (var (number, argument) in new[]
        {
            (SystemCall.Prlimit, 0), (SystemCall.SetPriority, 0), (SystemCall.SetPriority, 1), (SystemCall.IoprioSet, 1), (SystemCall.SchedSetScheduler, 0), (SystemCall.SchedSetParam, 0),
            (SystemCall.SchedSetAttr, 0), (SystemCall.SchedSetAffinity, 0), (SystemCall.MigratePages, 0), (SystemCall.MovePages, 0),
        }) filter.Unless(number, argument, 0);
        filter.Unless(SystemCall.IoprioSet, 0, 1);
        filter.Add(Return, Allow);
        return filter;
    }

    /// <summary>The program in native memory, ready for <c>prctl</c>.</summary>
    public nint ToNative()
    {
        var code = (Step*)NativeMemory.Alloc((nuint)(steps.Count * sizeof(Step)));
        for (var i = 0; i < steps.Count; i++) code[i] = steps[i];
        var program = (Program*)NativeMemory.AllocZeroed((nuint)sizeof(Program));
        program->Length = (ushort)steps.Count;
        program->Code = code;
        return (nint)program;
    }

    void Always(int number, uint answer)
    {
        Add(IfEqual, (uint)number, whenFalse: 1);
        Add(Return, answer);
    }

    /// <summary>A socket of IPv4 or IPv6, a stream, TCP by name or by default: no UDP, raw, multipath, packet, netlink or unix socket.</summary>
    void OnlyStreams()
    {
        Add(IfEqual, (uint)SystemCall.Socket, whenFalse: 13);
        Add(Load, Argument(0));
        Add(IfEqual, Ipv4Family, whenTrue: 2);
        Add(IfEqual, Ipv6Family, whenTrue: 1);
        Add(Return, Refuse);
        Add(Load, Argument(1));
        Add(And, ~KindFlags);
        Add(IfEqual, Stream, whenTrue: 1);
        Add(Return, Refuse);
        Add(Load, Argument(2));
        Add(IfEqual, 0, whenTrue: 2);
        Add(IfEqual, Tcp, whenTrue: 1);
        Add(Return, Refuse);
        Add(Load, Number);
    }

    void When(int number, int argument, ushort test, uint value)
    {
        Add(IfEqual, (uint)number, whenFalse: 4);
        Add(Load, Argument(argument));
        Add(test, value, whenFalse: 1);
        Add(Return, Refuse);
        Add(Load, Number);
    }

    void Unless(int number, int argument, uint value)
    {
        Add(IfEqual, (uint)number, whenFalse: 4);
        Add(Load, Argument(argument));
        Add(IfEqual, value, whenTrue: 1);
        Add(Return, Refuse);
        Add(Load, Number);
    }

    void Add(ushort code, uint value, byte whenTrue = 0, byte whenFalse = 0) => steps.Add(new() { Code = code, WhenTrue = whenTrue, WhenFalse = whenFalse, Value = value });

    [StructLayout(LayoutKind.Sequential)]
    struct Step
    {
        public ushort Code;
        public byte WhenTrue, WhenFalse;
        public uint Value;
    }

    [StructLayout(LayoutKind.Sequential)]
    struct Program
    {
        public ushort Length;
        public Step* Code;
    }
}
