using System.Diagnostics;
using Microsoft.Win32.SafeHandles;

namespace Openclawssy.Runtime.Storage;

/// <summary>
/// An exclusive lock between processes and threads: <c>flock</c> on a file of its own that is never removed. The kernel lets go
/// when the process ends, however it ends. A file system that cannot lock is an error, never a lock.
/// </summary>
public sealed class FileLock : IDisposable
{
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);
    static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(10), LongestPause = TimeSpan.FromMilliseconds(250);

    readonly SafeFileHandle handle;
    FileLock(SafeFileHandle handle) => this.handle = handle;

    /// <summary>The lock, or null when somebody has it. The folder must exist.</summary>
    public static FileLock? TryAcquire(string path)
    {
        while (true)
        {
            var handle = Posix.TryOpenLock(path) ?? throw new DiskException("open the lock", path, Errno.NotFound);
            try
            {
                if (!Posix.TryLock(handle, path))
                {
                    handle.Dispose();
                    return null;
                }
                // Somebody removed the file while we took it: the next one would lock another file. Take that one.
                if (Posix.Facts(handle).Links > 0) return new(handle);
            }
            catch
            {
                handle.Dispose();
                throw;
            }
            handle.Dispose();
        }
    }

    /// <summary>The lock for a short critical section; another holder is waited for, at most 10 s.</summary>
    public static FileLock Acquire(string path)
    {
        FileLock? acquired = null;
        WaitFor(() => (acquired = TryAcquire(path)) is not null, path);
        return acquired!;
    }

    /// <summary>The lock, or null when somebody still has it after <paramref name="wait"/>.</summary>
    public static async ValueTask<FileLock?> AcquireAsync(string path, TimeSpan wait, TimeProvider clock, CancellationToken cancellationToken)
    {
        var start = clock.GetTimestamp();
        for (var pause = FirstPause; ; pause = pause * 2 < LongestPause ? pause * 2 : LongestPause)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (TryAcquire(path) is { } acquired) return acquired;
            var left = wait - clock.GetElapsedTime(start);
            if (left <= TimeSpan.Zero) return null;
            await Task.Delay(pause < left ? pause : left, clock, cancellationToken);
        }
    }

    /// <summary>Spins, then sleeps by the millisecond: these locks are held for microseconds, or for one <c>fsync</c>.</summary>
    internal static void WaitFor(Func<bool> tryIt, string path)
    {
        if (tryIt()) return;
        var start = Stopwatch.GetTimestamp();
        var spin = new SpinWait();
        while (!tryIt())
        {
            if (Stopwatch.GetElapsedTime(start) > Patience)
                throw new IOException($"{path} was held by another process for more than {Patience.TotalSeconds} s; find and end that process");
            spin.SpinOnce(sleep1Threshold: 20);
        }
    }

    public void Dispose() => handle.Dispose();
}
