namespace Openclawssy.Launcher;

/// <summary>Gives everything up that root or a capability could do. All of it binds the calling thread only, so it is called right before <c>execve</c>.</summary>
static unsafe class Privileges
{
    const int BoundingDrop = 24, SetSecureBits = 28, NoNewPrivileges = 38, Ambient = 47;
    const nint ClearAmbient = 4;

    // SECBIT_NOROOT, NO_SETUID_FIXUP and KEEP_CAPS off, NO_CAP_AMBIENT_RAISE, each locked: user 0 is a user like any other.
    const nint PlainRoot = 0x01 | 0x02 | 0x04 | 0x08 | 0x20 | 0x40 | 0x80;

    public static void Drop(long user, long group)
    {
        // Only who holds CAP_SETPCAP can shrink the bounding set; who does not can gain nothing from it after no_new_privs.
        for (var capability = 0; capability < 64; capability++)
            if (Libc.prctl(BoundingDrop, capability, 0, 0, 0) != 0) break;
        Libc.prctl(SetSecureBits, PlainRoot, 0, 0, 0);
        if (user != 0) Become(user, group);
        Libc.prctl(Ambient, ClearAmbient, 0, 0, 0);
        // _LINUX_CAPABILITY_VERSION_3, this thread; three empty sets of 64 bits.
        var header = stackalloc uint[2] { 0x20080522, 0 };
        var nothing = stackalloc uint[6];
        if (Libc.syscall(SystemCall.CapSet, (nint)header, (nint)nothing, 0, 0, 0) != 0) throw new StageException("capset", Libc.LastError);
        if (Libc.prctl(NoNewPrivileges, 1, 0, 0, 0) != 0) throw new StageException("no_new_privs", Libc.LastError);
    }

    public static void Become(long user, long group)
    {
        // The raw calls: the C library's would stop every thread of the runtime to change them all.
        if (Libc.syscall(SystemCall.SetGroups, 0, 0, 0, 0, 0) != 0) throw new StageException("setgroups", Libc.LastError);
        if (Libc.syscall(SystemCall.SetResGid, (nint)group, (nint)group, (nint)group, 0, 0) != 0) throw new StageException("setresgid", Libc.LastError);
        if (Libc.syscall(SystemCall.SetResUid, (nint)user, (nint)user, (nint)user, 0, 0) != 0) throw new StageException("setresuid", Libc.LastError);
    }
}
