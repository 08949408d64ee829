using Microsoft.Win32.SafeHandles;

namespace Openclawssy.Runtime.Storage;

/// <summary>
/// A file that only grows, one <c>write(2)</c> for each append. Appends happen under a lock, the sync outside it: one
/// <c>fsync</c> serves everybody who waits when it starts. Safe for several threads; several processes need a lock of their own
/// around <see cref="Append"/>.
/// </summary>
public sealed class AppendFile : IDisposable
{
    readonly string path;
    readonly SafeFileHandle handle;
    readonly Lock gate = new();
    long end, synced, covered;
    TaskCompletionSource? running, next;
    IOException? lost;

    AppendFile(string path, SafeFileHandle handle)
    {
        (this.path, this.handle) = (path, handle);
        end = Posix.Facts(handle).Size;
        // What an earlier process wrote may not be on disk yet, so nothing counts as synced.
    }

    /// <summary>Makes a file that must not exist (0600); its name is on disk when this returns.</summary>
    public static AppendFile CreateNew(string path)
    {
        var handle = Posix.TryCreate(path) ?? throw new DiskException("create", path, Errno.Exists);
        try
        {
            Posix.SyncFolder(System.IO.Path.GetDirectoryName(path) ?? "");
            return new(path, handle);
        }
        catch
        {
            handle.Dispose();
            throw;
        }
    }

    /// <summary>Opens a file that exists.</summary>
    public static AppendFile Open(string path) => new(path, Posix.OpenToAppend(path, create: false));

    /// <summary>Opens a file, making it (0600, name on disk) when it is missing.</summary>
    public static AppendFile OpenOrCreate(string path) => Posix.Facts(path) is null && TryCreateNew(path) is { } made ? made : Open(path);

    static AppendFile? TryCreateNew(string path)
    {
        try { return CreateNew(path); }
        catch (DiskException refused) when (refused.Errno == Errno.Exists) { return null; }
    }

    internal static AppendFile Adopt(string path, SafeFileHandle handle) => new(path, handle);

    public string Path => path;

    /// <summary>Where the next append begins, in bytes.</summary>
    public long Length { get { lock (gate) return end; } }

    /// <summary>Adds bytes at the end and returns where the file then ends. On an error nothing of them stays.</summary>
    public long Append(ReadOnlySpan<byte> bytes)
    {
        lock (gate)
        {
            ThrowIfLost();
            var written = 0;
            while (written < bytes.Length)
            {
                var count = Posix.Write(handle, bytes[written..]);
                if (count < 0)
                {
                    TakeBack(written);
                    throw new DiskException("append to", path, -count);
                }
                written += count;
            }
            return end += written;
        }
    }

    // A half-written line would make the next one unreadable. If it cannot be taken back, nothing more is written here; the next start repairs it.
    void TakeBack(int written)
    {
        if (written > 0 && Posix.TryTruncate(handle, end) is not 0 and var errno) lost = new DiskException("take back a half-written line of", path, errno);
    }

    /// <summary>Returns when everything before <paramref name="upTo"/> (an end that <see cref="Append"/> gave) is on disk.</summary>
    /// <exception cref="DurabilityLostException">The kernel could not; this file takes no more appends.</exception>
    public void Sync(long upTo) => SyncAsync(upTo).AsTask().GetAwaiter().GetResult();

    /// <summary>Gives the next <see cref="Sync"/> a head start, so that several files synced in turn cost about one sync.</summary>
    public void BeginSync()
    {
        if (!handle.IsClosed) Posix.StartWriting(handle);
    }

    /// <inheritdoc cref="Sync"/>
    public ValueTask SyncAsync(long upTo)
    {
        Task mine;
        lock (gate)
        {
            if (synced >= upTo) return default;
            ThrowIfLost();
            if (running is not null)
            {
                if (covered >= upTo) return new(running.Task);
                next ??= new(TaskCreationOptions.RunContinuationsAsynchronously);
                return new(next.Task);
            }
            running = new(TaskCreationOptions.RunContinuationsAsynchronously);
            covered = end;
            mine = running.Task;
        }
        SyncOnce();
        return new(mine);
    }

    /// <summary>How many times the kernel was asked to sync.</summary>
    internal long Syncs { get; private set; }

    void SyncOnce()
    {
        var errno = handle.IsClosed ? Errno.InputOutput : Posix.TrySync(handle);
        TaskCompletionSource done;
        TaskCompletionSource? failed = null;
        var again = false;
        lock (gate)
        {
            Syncs++;
            done = running!;
            running = null;
            if (errno == 0) synced = Math.Max(synced, covered);
            else lost = new DurabilityLostException(path, errno);
            if (errno != 0) (failed, next) = (next, null);
            else if (next is not null)
            {
                (running, next, covered) = (next, null, end);
                again = true;
            }
        }
        if (again) ThreadPool.UnsafeQueueUserWorkItem(static file => file.SyncOnce(), this, preferLocal: false);
        if (errno == 0) done.SetResult();
        else
        {
            Fail(done);
            if (failed is not null) Fail(failed);
        }
    }

    void Fail(TaskCompletionSource waiting)
    {
        waiting.SetException(lost!);
        _ = waiting.Task.Exception;
    }

    void ThrowIfLost()
    {
        ObjectDisposedException.ThrowIf(handle.IsClosed, this);
        if (lost is DurabilityLostException durability) throw new DurabilityLostException(path, durability.Errno);
        if (lost is DiskException disk) throw new DiskException("append to", path, disk.Errno);
    }

    internal FileFacts Facts() => Posix.Facts(handle);

    internal int ReadAt(Span<byte> bytes, long offset) => Posix.ReadAt(handle, bytes, offset, path);

    /// <summary>Takes note that another process appended.</summary>
    internal void GrownTo(long size)
    {
        lock (gate) end = size;
    }

    /// <summary>Cuts a torn tail off, durably.</summary>
    internal void CutAt(long length)
    {
        lock (gate)
        {
            ThrowIfLost();
            if (Posix.TryTruncate(handle, length) is not 0 and var errno) throw new DiskException("cut", path, errno);
            end = length;
            synced = Math.Min(synced, length);
        }
        Posix.Sync(handle, path);
    }

    /// <summary>Closes without syncing.</summary>
    public void Dispose() => handle.Dispose();
}
