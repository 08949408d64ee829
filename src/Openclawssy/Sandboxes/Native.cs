using System.Runtime.InteropServices;

namespace Openclawssy.Sandboxes;

/// <summary>What the framework does not tell about files and this process.</summary>
static partial class Native
{
    /// <param name="User">Owner's number.</param>
    /// <param name="Mode">Kind and permissions, as in <c>struct stat</c>.</param>
    public readonly record struct Owner(uint User, uint Group, ushort Mode)
    {
        public bool IsFile => (Mode & 0xf000) == 0x8000;
        public bool IsFolder => (Mode & 0xf000) == 0x4000;
        public bool IsLink => (Mode & 0xf000) == 0xa000;
        public bool IsExecutable => (Mode & 0x49) != 0;

        /// <summary>Root or nobody else can change it.</summary>
        public bool IsRootsAlone => User == 0 && (Mode & 0x12) == 0;
    }

    /// <summary>Looks at an address, at the link itself when it is one; null when nothing is there.</summary>
    public static Owner? Look(string address)
    {
        // AT_FDCWD, AT_SYMLINK_NOFOLLOW, STATX_BASIC_STATS; struct statx: user at 20, group at 24, mode at 28.
        Span<byte> stat = stackalloc byte[256];
        return statx(-100, address, 0x100, 0x7ff, stat) != 0
            ? null
            : new(BitConverter.ToUInt32(stat[20..]), BitConverter.ToUInt32(stat[24..]), BitConverter.ToUInt16(stat[28..]));
    }

    public static bool IsRoot => geteuid() == 0;

    public static uint User => geteuid();

    /// <summary>Gives a folder of ours to somebody else; only root can.</summary>
    public static bool Give(string address, uint user, uint group) => chown(address, user, group) == 0;

    /// <param name="mode">Permission bits.</param>
    public static void SetMode(string address, uint mode)
    {
        if (chmod(address, mode) != 0) throw new IOException($"the mode of {address} could not be changed");
    }

    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int chmod(string address, uint mode);

    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int statx(int folder, string address, int flags, uint mask, Span<byte> stat);

    [LibraryImport("libc")]
    private static partial uint geteuid();

    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int chown(string address, uint user, uint group);
}
