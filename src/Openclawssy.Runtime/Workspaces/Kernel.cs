using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Openclawssy.Runtime.Workspaces;

/// <summary>
/// The system calls this room is made of. Each works on a directory handle and one name, gives back the error number (0 is
/// success) and throws nothing: what an error means is said where the call is made. Names are UTF-8 and end with a NUL.
/// </summary>
static unsafe partial class Kernel
{
    const int Cwd = -100;
    const int EmptyPath = 0x1000;
    const int DoNotFollow = 0x100;
    const int EffectiveIds = 0x200;
    const int RemoveFolder = 0x200;
    const uint BasicStats = 0x7ff;
    const uint MountId = 0x1000;

    // RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS | RESOLVE_NO_XDEV
    const ulong Contained = 0x08 | 0x04 | 0x02 | 0x01;

    /// <summary>Tries that keep a call going while other processes rename things under it.</summary>
    public const int Attempts = 8;

    /// <summary>Opens a relative path in one step that the kernel keeps beneath <paramref name="folder"/>, on its mount, without links.</summary>
    public static SafeFileHandle? OpenBeneath(SafeFileHandle folder, ReadOnlySpan<byte> path, int flags, out int error)
    {
        var how = new OpenHow { Flags = (ulong)(flags | Flag.CloseOnExec), Resolve = Contained };
        var held = false;
        try
        {
            folder.DangerousAddRef(ref held);
            fixed (byte* name = path)
                for (var attempt = 1; ; attempt++)
                {
                    var opened = RawSyscall(437, folder.DangerousGetHandle(), (nint)name, (nint)(&how), sizeof(OpenHow));
                    error = opened < 0 ? Marshal.GetLastPInvokeError() : 0;
                    if (error is Errno.Again or Errno.Interrupted && attempt < Attempts) continue;
                    return opened < 0 ? null : new SafeFileHandle(opened, ownsHandle: true);
                }
        }
        finally { if (held) folder.DangerousRelease(); }
    }

    /// <summary>Opens one name in a folder. A link with that name is never followed.</summary>
    public static SafeFileHandle? OpenOne(SafeFileHandle folder, ReadOnlySpan<byte> name, int flags, uint mode, out int error) =>
        Own(RawOpenAt(folder, name, flags | Flag.NoFollow | Flag.CloseOnExec, mode), out error);

    /// <summary>The folder above, for climbing to the root of the file system.</summary>
    public static SafeFileHandle? OpenAbove(SafeFileHandle folder, out int error) => OpenOne(folder, "..\0"u8, Flag.PathOnly | Flag.Directory, 0, out error);

    /// <summary>Opens an address the operator gave; links in it are the operator's own and are followed.</summary>
    public static SafeFileHandle? OpenAddress(string address, int flags, out int error) => Own(RawOpen(Cwd, address, flags | Flag.CloseOnExec, 0), out error);

    /// <summary>Opens what a path-only handle holds, whatever its name has become: nothing can be swapped in between.</summary>
    public static SafeFileHandle? Reopen(SafeFileHandle pinned, int flags, out int error) => OpenAddress(Link(pinned), flags, out error);

    /// <summary>Where a handle is now, or null when the kernel does not say.</summary>
    public static string? AddressOf(SafeFileHandle handle)
    {
        Span<byte> text = stackalloc byte[4096];
        var length = RawReadLink(Link(handle), text, text.Length);
        return length <= 0 || length == text.Length ? null : System.Text.Encoding.UTF8.GetString(text[..(int)length]);
    }

    public static int Look(SafeFileHandle handle, out EntryStat stat) => Result(RawStatx(handle, "\0"u8, EmptyPath, BasicStats | MountId, out stat));

    /// <summary>Looks at one name in a folder; at the link itself when it is one.</summary>
    public static int LookIn(SafeFileHandle folder, ReadOnlySpan<byte> name, out EntryStat stat) =>
        Result(RawStatx(folder, name, DoNotFollow, BasicStats | MountId, out stat));

    /// <summary>Whether this process may write the file by its mode and owner.</summary>
    public static int MayWrite(SafeFileHandle folder, ReadOnlySpan<byte> name) => Result(RawAccess(folder, name, 2, EffectiveIds | DoNotFollow));

    /// <summary>Fills the buffer with raw directory records; returns their length, 0 at the end, negative on error.</summary>
    public static int ReadFolder(SafeFileHandle folder, Span<byte> records, out int error)
    {
        var length = (int)RawReadFolder(folder, records, records.Length);
        error = length < 0 ? Marshal.GetLastPInvokeError() : 0;
        return length;
    }

    /// <summary>Back to a folder's first entry.</summary>
    public static void Rewind(SafeFileHandle folder) => RawSeek(folder, 0, 0);

    public static int Read(SafeFileHandle file, Span<byte> into, long offset, out int error)
    {
        while (true)
        {
            var length = (int)RawRead(file, into, into.Length, offset);
            error = length < 0 ? Marshal.GetLastPInvokeError() : 0;
            if (error != Errno.Interrupted) return length;
        }
    }

    /// <summary>Writes all of it where the handle stands.</summary>
    public static int WriteAll(SafeFileHandle file, ReadOnlySpan<byte> bytes)
    {
        while (bytes.Length > 0)
        {
            var written = RawWrite(file, bytes, bytes.Length);
            if (written < 0)
            {
                var error = Marshal.GetLastPInvokeError();
                if (error == Errno.Interrupted) continue;
                return error;
            }
            bytes = bytes[(int)written..];
        }
        return 0;
    }

    /// <summary>The framework's own flush hides errors on Linux, so durability is asked for here.</summary>
    public static int Sync(SafeFileHandle handle) => Result(RawSync(handle));

    public static int Truncate(SafeFileHandle file, long size) => Result(RawTruncate(file, size));

    public static int SetMode(SafeFileHandle file, uint mode) => Result(RawSetMode(file, mode));

    public static int SetOwner(SafeFileHandle file, uint user, uint group) => Result(RawSetOwner(file, user, group));

    public static int MakeFolder(SafeFileHandle folder, ReadOnlySpan<byte> name, uint mode) => Result(RawMakeFolder(folder, name, mode));

    public static int RemoveName(SafeFileHandle folder, ReadOnlySpan<byte> name, bool isFolder) => Result(RawUnlink(folder, name, isFolder ? RemoveFolder : 0));

    public static int Rename(SafeFileHandle from, ReadOnlySpan<byte> name, SafeFileHandle to, ReadOnlySpan<byte> newName, bool replace) =>
        Result(RawRename(from, name, to, newName, replace ? 0u : 1u));

    /// <summary>An advisory lock for the life of the handle; never waits.</summary>
    public static int Lock(SafeFileHandle file, bool alone) => Result(RawLock(file, 4 | (alone ? 2 : 1)));

    public static uint EffectiveUser() => RawEffectiveUser();

    public static int ProcessId() => RawProcessId();

    static string Link(SafeFileHandle handle) => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"/proc/self/fd/{handle.DangerousGetHandle()}");

    static int Result(int returned) => returned < 0 ? Marshal.GetLastPInvokeError() : 0;

    static SafeFileHandle? Own(int descriptor, out int error)
    {
        error = descriptor < 0 ? Marshal.GetLastPInvokeError() : 0;
        return descriptor < 0 ? null : new SafeFileHandle(descriptor, ownsHandle: true);
    }

    [StructLayout(LayoutKind.Sequential)]
    struct OpenHow
    {
        public ulong Flags, Mode, Resolve;
    }

    // syscall(2) is variadic; a call with fixed arguments is the same thing on Linux x64 and arm64.
    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    private static partial nint RawSyscall(nint number, nint first, nint second, nint third, nint fourth);

    [LibraryImport("libc", EntryPoint = "openat", SetLastError = true)]
    private static partial int RawOpenAt(SafeFileHandle folder, ReadOnlySpan<byte> name, int flags, uint mode);

    [LibraryImport("libc", EntryPoint = "openat", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int RawOpen(int folder, string address, int flags, uint mode);

    [LibraryImport("libc", EntryPoint = "readlink", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial nint RawReadLink(string address, Span<byte> text, nint size);

    [LibraryImport("libc", EntryPoint = "statx", SetLastError = true)]
    private static partial int RawStatx(SafeFileHandle folder, ReadOnlySpan<byte> name, int flags, uint mask, out EntryStat stat);

    [LibraryImport("libc", EntryPoint = "faccessat", SetLastError = true)]
    private static partial int RawAccess(SafeFileHandle folder, ReadOnlySpan<byte> name, int mode, int flags);

    [LibraryImport("libc", EntryPoint = "getdents64", SetLastError = true)]
    private static partial nint RawReadFolder(SafeFileHandle folder, Span<byte> records, nint size);

    [LibraryImport("libc", EntryPoint = "lseek", SetLastError = true)]
    private static partial long RawSeek(SafeFileHandle folder, long offset, int from);

    [LibraryImport("libc", EntryPoint = "pread", SetLastError = true)]
    private static partial nint RawRead(SafeFileHandle file, Span<byte> into, nint size, long offset);

    [LibraryImport("libc", EntryPoint = "write", SetLastError = true)]
    private static partial nint RawWrite(SafeFileHandle file, ReadOnlySpan<byte> bytes, nint size);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static partial int RawSync(SafeFileHandle handle);

    [LibraryImport("libc", EntryPoint = "ftruncate", SetLastError = true)]
    private static partial int RawTruncate(SafeFileHandle file, long size);

    [LibraryImport("libc", EntryPoint = "fchmod", SetLastError = true)]
    private static partial int RawSetMode(SafeFileHandle file, uint mode);

    [LibraryImport("libc", EntryPoint = "fchown", SetLastError = true)]
    private static partial int RawSetOwner(SafeFileHandle file, uint user, uint group);

    [LibraryImport("libc", EntryPoint = "mkdirat", SetLastError = true)]
    private static partial int RawMakeFolder(SafeFileHandle folder, ReadOnlySpan<byte> name, uint mode);

    [LibraryImport("libc", EntryPoint = "unlinkat", SetLastError = true)]
    private static partial int RawUnlink(SafeFileHandle folder, ReadOnlySpan<byte> name, int flags);

    [LibraryImport("libc", EntryPoint = "renameat2", SetLastError = true)]
    private static partial int RawRename(SafeFileHandle from, ReadOnlySpan<byte> name, SafeFileHandle to, ReadOnlySpan<byte> newName, uint flags);

    [LibraryImport("libc", EntryPoint = "flock", SetLastError = true)]
    private static partial int RawLock(SafeFileHandle file, int operation);

    [LibraryImport("libc", EntryPoint = "geteuid")]
    private static partial uint RawEffectiveUser();

    [LibraryImport("libc", EntryPoint = "getpid")]
    private static partial int RawProcessId();
}
