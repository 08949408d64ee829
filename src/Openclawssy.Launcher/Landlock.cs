using System.Runtime.InteropServices;

namespace Openclawssy.Launcher;

/// <summary>A set of Landlock rules: what is not named cannot be opened. Numbers from <c>include/uapi/linux/landlock.h</c>.</summary>
sealed unsafe class Landlock
{
    /// <summary>The first version that governs truncation (Linux 6.2): with less, files outside could be emptied.</summary>
    public const int LeastAbi = 3;

    /// <summary>The first version that keeps signals and abstract sockets inside (Linux 6.12).</summary>
    public const int ScopingAbi = 6;

    /// <summary>The first version that knows TCP ports (Linux 6.7).</summary>
    const int NetworkAbi = 4;

    const ulong Execute = 1, WriteFile = 1 << 1, ReadFile = 1 << 2, ReadFolder = 1 << 3, MakeDevice = (1 << 6) | (1 << 11), MakeSocket = 1 << 9, Refer = 1 << 13, Truncate = 1 << 14, DeviceControl = 1 << 15;
    const ulong OnFiles = Execute | WriteFile | ReadFile | Truncate | DeviceControl;

    readonly int rules;
    readonly ulong all;

    Landlock(int rules, ulong all, int abi) => (this.rules, this.all, Abi) = (rules, all, abi);

    public int Abi { get; }

    /// <summary>The kernel's version of Landlock; negative is the error number.</summary>
    public static int FindAbi()
    {
        var abi = (int)Libc.syscall(SystemCall.LandlockCreate, 0, 0, 1, 0, 0);
        return abi >= 0 ? abi : -Libc.LastError;
    }

    /// <exception cref="StageException">This kernel cannot hold a command.</exception>
    public static Landlock Create()
    {
        var abi = FindAbi();
        if (abi < 0) throw new StageException("landlock", -abi);
        if (abi < LeastAbi) throw new StageException("landlock_abi", abi);
        var all = (1UL << 13) - 1 | Refer | Truncate;
        if (abi >= 5) all |= DeviceControl;
        var attributes = stackalloc ulong[3] { all, abi >= NetworkAbi ? 3UL : 0, abi >= ScopingAbi ? 3UL : 0 };
        var rules = (int)Libc.syscall(SystemCall.LandlockCreate, (nint)attributes, abi >= ScopingAbi ? 24 : abi >= NetworkAbi ? 16 : 8, 0, 0, 0);
        return rules >= 0 ? new(rules, all, abi) : throw new StageException("landlock_create", Libc.LastError);
    }

    public void MayRead(string address) => Allow(address, Execute | ReadFile | ReadFolder, mayBeMissing: true);

    public void MayLook(string address) => Allow(address, ReadFile | ReadFolder, mayBeMissing: true);

    public void MayUse(string device) => Allow(device, ReadFile | WriteFile, mayBeMissing: true);

    /// <summary>Everything but devices and sockets.</summary>
    public void MayChange(string folder) => Allow(folder, all & ~(MakeDevice | MakeSocket | DeviceControl), mayBeMissing: false);

    /// <summary>TCP to this port, and to no other; nothing may listen. Before Linux 6.7 there are no such rules, and the empty namespace is the only wall.</summary>
    public void MayConnect(int port)
    {
        if (Abi < NetworkAbi) return;
        // LANDLOCK_RULE_NET_PORT: LANDLOCK_ACCESS_NET_CONNECT_TCP, and the port.
        var rule = stackalloc ulong[2] { 2, (ulong)port };
        if (Libc.syscall(SystemCall.LandlockAdd, rules, 2, (nint)rule, 0, 0) != 0) throw new StageException("landlock_rule", Libc.LastError);
    }

    /// <summary>Binds the calling thread, and so the program it becomes. Nothing takes it back.</summary>
    public void Enforce()
    {
        if (Libc.syscall(SystemCall.LandlockRestrict, rules, 0, 0, 0, 0) != 0) throw new StageException("landlock_restrict", Libc.LastError);
    }

    void Allow(string address, ulong access, bool mayBeMissing)
    {
        var opened = Libc.Open(address, Libc.PathOnly);
        if (opened < 0)
        {
            // What cannot be opened is not allowed either: fewer rules only hold tighter.
            if (mayBeMissing) return;
            throw new StageException("landlock_open", -opened);
        }
        var rule = new Rule { Access = access, Folder = opened };
        if (Add(&rule) != 0)
        {
            // A rule on a file may not speak of folders.
            rule.Access &= OnFiles;
            if (Add(&rule) != 0) throw new StageException("landlock_rule", Libc.LastError);
        }
        Libc.close(opened);
    }

    nint Add(Rule* rule) => Libc.syscall(SystemCall.LandlockAdd, rules, 1, (nint)rule, 0, 0);

    [StructLayout(LayoutKind.Sequential, Pack = 1)]
    struct Rule
    {
        public ulong Access;
        public int Folder;
    }
}
