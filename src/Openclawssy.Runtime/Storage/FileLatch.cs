using System.Buffers.Text;
using System.Globalization;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Openclawssy.Runtime.Storage;

/// <summary>
/// A lock file kept open, entered and left for each append to a file that several processes share. It also carries one number
/// that a process changes before it changes what the others remember. Not for several threads at once.
/// </summary>
sealed class FileLatch(string path) : IDisposable
{
    SafeFileHandle? handle;

    public void Enter()
    {
        while (true)
        {
            handle ??= Open();
            FileLock.WaitFor(() => Posix.TryLock(handle, path), path);
            if (Posix.Facts(handle).Links > 0) return;
            // Somebody removed the lock file; others would lock a new one.
            handle.Dispose();
            handle = null;
        }
    }

    public void Leave() => Posix.Unlock(handle!, path);

    /// <summary>The number the lock file carries, -1 when there is none.</summary>
    public long Mark
    {
        get
        {
            Span<byte> digits = stackalloc byte[20];
            var count = Posix.ReadAt(handle!, digits, 0, path);
            return Utf8Parser.TryParse(digits[..count], out long mark, out var used) && used < count && digits[used] == '\n' ? mark : -1;
        }
        set => Posix.WriteAt(handle!, Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{value:D10}\n")), 0, path);
    }

    /// <summary>
    /// Keeps appenders out until it is disposed, for a reader that looks where the end is. Null when there is no lock file to
    /// read: a copy on another machine has none, and needs none.
    /// </summary>
    public static SafeFileHandle? Share(string path)
    {
        SafeFileHandle? handle;
        try { handle = Posix.OpenToRead(path); }
        catch (IOException) { return null; }
        if (handle is not null) FileLock.WaitFor(() => Posix.TryLock(handle, path, shared: true), path);
        return handle;
    }

    SafeFileHandle Open()
    {
        if (Posix.TryOpenLock(path) is { } opened) return opened;
        DurableFile.EnsureFolder(Path.GetDirectoryName(path)!);
        return Posix.TryOpenLock(path) ?? throw new DiskException("open the lock", path, Errno.NotFound);
    }

    public void Dispose() => handle?.Dispose();
}
