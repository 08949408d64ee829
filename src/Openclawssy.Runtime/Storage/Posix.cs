using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Openclawssy.Runtime.Storage;

/// <summary>
/// The kernel calls this room makes itself: the framework ignores a failing <c>fsync</c> and a failing <c>flock</c> on Linux,
/// and has no way to open without following a link.
/// </summary>
static unsafe partial class Posix
{
    const int ReadOnly = 0, ReadWrite = 2, Create = 0x40, Exclusive = 0x80, AtEnd = 0x400, NonBlocking = 0x800, CloseOnExec = 0x80000;
    const int LockShared = 1, LockExclusive = 2, LockNow = 4, LockRelease = 8;
    const int CurrentFolder = -100, EmptyPath = 0x1000, NoFollowAt = 0x100;
    const uint BasicFacts = 0x7ff;

    // Two flags have other values on 64-bit ARM.
    static readonly bool Arm = RuntimeInformation.ProcessArchitecture == Architecture.Arm64;
    static readonly int Folder = Arm ? 0x4000 : 0x10000;
    static readonly int NoFollow = Arm ? 0x8000 : 0x20000;

    /// <summary>Opens a regular file for reading, never through a link. Null when nothing is there.</summary>
    public static SafeFileHandle? OpenToRead(string path)
    {
        var handle = TryOpen(path, ReadOnly | NonBlocking, out var errno);
        if (handle is null) return errno is Errno.NotFound or Errno.NotAFolder ? null : throw new DiskException("read", path, errno);
        return DemandRegular(handle, path);
    }

    /// <summary>Opens for reading and appending. With <paramref name="create"/> a missing file is made (0600).</summary>
    public static SafeFileHandle OpenToAppend(string path, bool create)
    {
        var handle = TryOpen(path, ReadWrite | AtEnd | NonBlocking | (create ? Create : 0), out var errno) ?? throw new DiskException("append to", path, errno);
        return DemandRegular(handle, path);
    }

    /// <summary>Makes a file that must not exist (0600), open for reading and appending. Null when something is there.</summary>
    public static SafeFileHandle? TryCreate(string path) =>
        TryOpen(path, ReadWrite | AtEnd | Create | Exclusive, out var errno) ?? (errno == Errno.Exists ? null : throw new DiskException("create", path, errno));

    /// <summary>Opens a lock file, making it when missing. Null when its folder is missing.</summary>
    public static SafeFileHandle? TryOpenLock(string path) =>
        TryOpen(path, ReadWrite | Create | NonBlocking, out var errno) ?? (errno == Errno.NotFound ? null : throw new DiskException("open the lock", path, errno));

    static SafeFileHandle? TryOpen(string path, int flags, out int errno)
    {
        if (path.Contains('\0')) throw new ArgumentException("a path cannot contain a NUL character", nameof(path));
        int fd;
        do
        {
            fd = open(path, flags | CloseOnExec | NoFollow, 0x180);
            errno = fd < 0 ? Marshal.GetLastPInvokeError() : 0;
        } while (errno == Errno.Interrupted);
        return fd < 0 ? null : new SafeFileHandle(fd, ownsHandle: true);
    }

    static SafeFileHandle DemandRegular(SafeFileHandle handle, string path)
    {
        if (Facts(handle).IsRegular) return handle;
        handle.Dispose();
        throw new IOException($"{path} is not a regular file; move it away");
    }

    /// <summary>Writes some of the bytes. Returns how many, or the negative error number.</summary>
    public static int Write(SafeFileHandle handle, ReadOnlySpan<byte> bytes)
    {
        fixed (byte* start = bytes)
            while (true)
            {
                var count = write(handle, start, (nuint)bytes.Length);
                if (count > 0) return (int)count;
                var errno = count == 0 ? Errno.InputOutput : Marshal.GetLastPInvokeError();
                if (errno != Errno.Interrupted) return -errno;
            }
    }

    public static void WriteAll(SafeFileHandle handle, ReadOnlySpan<byte> bytes, string path)
    {
        while (bytes.Length > 0)
        {
            var count = Write(handle, bytes);
            if (count < 0) throw new DiskException("write", path, -count);
            bytes = bytes[count..];
        }
    }

    /// <summary>Reads until the span is full or the file ends; returns how much was read.</summary>
    public static int ReadAt(SafeFileHandle handle, Span<byte> bytes, long offset, string path)
    {
        var done = 0;
        fixed (byte* start = bytes)
            while (done < bytes.Length)
            {
                var count = pread(handle, start + done, (nuint)(bytes.Length - done), offset + done);
                if (count == 0) break;
                if (count > 0) done += (int)count;
                else if (Marshal.GetLastPInvokeError() is var errno && errno != Errno.Interrupted) throw new DiskException("read", path, errno);
            }
        return done;
    }

    public static void WriteAt(SafeFileHandle handle, ReadOnlySpan<byte> bytes, long offset, string path)
    {
        fixed (byte* start = bytes)
            if (pwrite(handle, start, (nuint)bytes.Length, offset) != bytes.Length) throw new DiskException("write", path, Marshal.GetLastPInvokeError());
    }

    /// <summary>Zero when the kernel says the file is on disk, else the error number. Never asked twice: a second answer may lie.</summary>
    public static int TrySync(SafeFileHandle handle)
    {
        int errno;
        do errno = fsync(handle) == 0 ? 0 : Marshal.GetLastPInvokeError();
        while (errno == Errno.Interrupted);
        return errno;
    }

    public static void Sync(SafeFileHandle handle, string path)
    {
        if (TrySync(handle) is not 0 and var errno) throw new DurabilityLostException(path, errno);
    }

    /// <summary>Makes creations, renames and removals in a folder durable.</summary>
    public static void SyncFolder(string path)
    {
        using var handle = TryOpen(path.Length == 0 ? "." : path, ReadOnly | Folder, out var errno) ?? OpenLinkedFolder(path, errno);
        errno = TrySync(handle);
        // Some file systems have no such thing as syncing a folder, and say so with "invalid".
        if (errno is not (0 or Errno.Invalid)) throw new DurabilityLostException(path, errno);
    }

    // The way to the state folder may lead over a link that a person made; the last part of a path we write ourselves never does.
    static SafeFileHandle OpenLinkedFolder(string path, int errno)
    {
        if (errno is not (Errno.Loop or Errno.NotAFolder)) throw new DiskException("open the folder", path, errno);
        var fd = open(path, ReadOnly | Folder | CloseOnExec, 0);
        return fd < 0 ? throw new DiskException("open the folder", path, Marshal.GetLastPInvokeError()) : new SafeFileHandle(fd, ownsHandle: true);
    }

    public static bool TryLock(SafeFileHandle handle, string path, bool shared = false)
    {
        while (true)
        {
            if (flock(handle, (shared ? LockShared : LockExclusive) | LockNow) == 0) return true;
            var errno = Marshal.GetLastPInvokeError();
            if (errno == Errno.WouldBlock) return false;
            if (errno != Errno.Interrupted) throw new DiskException("lock", path, errno);
        }
    }

    public static void Unlock(SafeFileHandle handle, string path)
    {
        if (flock(handle, LockRelease) != 0) throw new DiskException("unlock", path, Marshal.GetLastPInvokeError());
    }

    public static void Rename(string from, string to)
    {
        if (rename(from, to) != 0) throw new DiskException("replace", to, Marshal.GetLastPInvokeError());
    }

    /// <summary>Gives a file a second name unless that name is taken.</summary>
    public static bool TryLink(string from, string to)
    {
        if (link(from, to) == 0) return true;
        var errno = Marshal.GetLastPInvokeError();
        return errno == Errno.Exists ? false : throw new DiskException("create", to, errno);
    }

    public static void Remove(string path)
    {
        if (unlink(path) != 0 && Marshal.GetLastPInvokeError() is var errno and not Errno.NotFound) throw new DiskException("remove", path, errno);
    }

    /// <summary>Zero when the folder was made, else the error number.</summary>
    public static int TryMakeFolder(string path) => mkdir(path, 0x1c0) == 0 ? 0 : Marshal.GetLastPInvokeError();

    /// <summary>Zero when the file was cut, else the error number.</summary>
    public static int TryTruncate(SafeFileHandle handle, long length) => ftruncate(handle, length) == 0 ? 0 : Marshal.GetLastPInvokeError();

    public static FileFacts Facts(SafeFileHandle handle) =>
        statx(handle, "", EmptyPath, BasicFacts, out var facts) == 0 ? facts : throw new DiskException("look at", "an open file", Marshal.GetLastPInvokeError());

    /// <summary>What a path names, not following a link. Null when nothing is there.</summary>
    public static FileFacts? Facts(string path)
    {
        if (statx(CurrentFolder, path, NoFollowAt, BasicFacts, out var facts) == 0) return facts;
        var errno = Marshal.GetLastPInvokeError();
        return errno is Errno.NotFound or Errno.NotAFolder ? null : throw new DiskException("look at", path, errno);
    }

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int open(string path, int flags, uint mode);

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint write(SafeFileHandle handle, byte* bytes, nuint count);

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint pread(SafeFileHandle handle, byte* bytes, nuint count, long offset);

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint pwrite(SafeFileHandle handle, byte* bytes, nuint count, long offset);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int fsync(SafeFileHandle handle);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int sync_file_range(SafeFileHandle handle, long offset, long bytes, uint flags);

    /// <summary>
    /// Asks the kernel to start writing what is dirty, without waiting (SYNC_FILE_RANGE_WRITE). Only a head start: a failure
    /// shows in the <c>fsync</c> that has to follow.
    /// </summary>
    public static void StartWriting(SafeFileHandle handle) => _ = sync_file_range(handle, 0, 0, 2);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int ftruncate(SafeFileHandle handle, long length);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int flock(SafeFileHandle handle, int operation);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int rename(string from, string to);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int link(string from, string to);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int unlink(string path);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int mkdir(string path, uint mode);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int statx(SafeFileHandle folder, string path, int flags, uint mask, out FileFacts facts);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int statx(int folder, string path, int flags, uint mask, out FileFacts facts);
}

/// <summary>The part of <c>statx</c> this room looks at; its layout is the same on every architecture.</summary>
[StructLayout(LayoutKind.Explicit, Size = 256)]
readonly struct FileFacts
{
    [FieldOffset(16)] public readonly uint Links;
    [FieldOffset(20)] public readonly uint Owner;
    [FieldOffset(28)] readonly ushort mode;
    [FieldOffset(32)] readonly ulong inode;
    [FieldOffset(40)] readonly ulong size;
    [FieldOffset(96)] readonly long changedSeconds;
    [FieldOffset(104)] readonly uint changedNanoseconds;
    [FieldOffset(112)] readonly long writtenSecond;
    [FieldOffset(120)] readonly uint writtenNanosecond;
    [FieldOffset(136)] readonly ulong device;

    public long Size => (long)size;

    /// <summary>When the content was last written by the kernel's clock, in nanoseconds since 1970. Orders files; nothing else follows from it.</summary>
    public long LastWrite => writtenSecond * 1_000_000_000 + writtenNanosecond;

    public bool IsRegular => (mode & 0xf000) == 0x8000;
    public bool IsFolder => (mode & 0xf000) == 0x4000;
    public bool IsLink => (mode & 0xf000) == 0xa000;

    /// <summary>The nine permission bits, set-id and sticky.</summary>
    public int Permissions => mode & 0xfff;

    public FileStamp Stamp => new(inode, Size, changedSeconds, changedNanoseconds);

    public bool IsSameAs(FileFacts other) => inode == other.inode && device == other.device;
}

/// <summary>The error numbers this room tells apart (the same on Linux x64 and arm64).</summary>
static class Errno
{
    public const int NotFound = 2, Interrupted = 4, InputOutput = 5, WouldBlock = 11, Exists = 17, NotAFolder = 20, Invalid = 22, Loop = 40;
}
