using System.Runtime.InteropServices;
using Openclawssy.Runtime.Toolkit;

namespace Openclawssy.Runtime.Workspaces;

/// <summary>What the kernel says about one entry: <c>struct statx</c>, whose layout is the same on every processor.</summary>
[StructLayout(LayoutKind.Explicit, Size = 256)]
readonly struct EntryStat
{
    [FieldOffset(0)] readonly uint known;
    [FieldOffset(16)] readonly uint names;
    [FieldOffset(20)] readonly uint user;
    [FieldOffset(24)] readonly uint group;
    [FieldOffset(28)] readonly ushort mode;
    [FieldOffset(32)] readonly ulong inode;
    [FieldOffset(40)] readonly ulong size;
    [FieldOffset(96)] readonly long changedSeconds;
    [FieldOffset(104)] readonly uint changedNanoseconds;
    [FieldOffset(136)] readonly uint deviceMajor;
    [FieldOffset(140)] readonly uint deviceMinor;
    [FieldOffset(144)] readonly ulong mount;

    public EntryKind Kind => (mode & 0xf000) switch
    {
        0x8000 => EntryKind.File,
        0x4000 => EntryKind.Directory,
        0xa000 => EntryKind.Link,
        _ => EntryKind.Other,
    };

    /// <summary>Permission bits without set-user and set-group: changed content does not keep those.</summary>
    public uint Permissions => mode & 0x1ffu;

    /// <summary>Size of a regular file in bytes; 0 for anything else.</summary>
    public long SizeBytes => Kind == EntryKind.File ? (long)size : 0;

    /// <summary>True when the same file can be reached by another name, perhaps outside the workspace.</summary>
    public bool HasOtherNames => names > 1;

    /// <summary>True when nothing names it any more: it was removed while its handle was open.</summary>
    public bool IsGone => names == 0;

    public uint User => user;
    public uint Group => group;

    public bool IsSameEntry(in EntryStat other) => inode == other.inode && deviceMajor == other.deviceMajor && deviceMinor == other.deviceMinor;

    /// <summary>Whether nothing was done to the entry since, as far as the kernel's own time of change tells.</summary>
    public bool IsUnchangedSince(in EntryStat other) =>
        IsSameEntry(other) && mode == other.mode && size == other.size && changedSeconds == other.changedSeconds && changedNanoseconds == other.changedNanoseconds;

    /// <summary>
    /// Whether both lie on one mount. The mount is asked for and not the device: layered file systems give files another device
    /// than their folders. A kernel that does not tell mounts apart (before 5.8) is asked for the device.
    /// </summary>
    public bool IsOnMountOf(in EntryStat other) =>
        (known & other.known & 0x1000) != 0 ? mount == other.mount : deviceMajor == other.deviceMajor && deviceMinor == other.deviceMinor;
}
