using System.Diagnostics;
using System.Globalization;
using Microsoft.Win32.SafeHandles;

namespace Openclawssy.Runtime.Storage;

/// <summary>
/// A file under a name of its own until it is complete. Its writer holds a lock on it, so that a sweep after a crash can tell
/// a dead writer's leftover from a live writer's work.
/// </summary>
sealed class ProvisionalFile : IDisposable
{
    public const string Suffix = ".replacing";

    readonly string folder;
    string? path;
    SafeFileHandle? handle;

    ProvisionalFile(string folder, string path, SafeFileHandle handle) => (this.folder, this.path, this.handle) = (folder, path, handle);

    public static ProvisionalFile Create(string folder, string name)
    {
        while (true)
        {
            var path = Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $".{name}.{Stopwatch.GetTimestamp():x}{Suffix}"));
            if (Posix.TryCreate(path) is not { } handle) continue;
            // A sweep may find the file before it is locked. It removes under the lock, so having the lock and a name means being safe.
            if (Posix.TryLock(handle, path) && Posix.Facts(handle).Links > 0) return new(folder, path, handle);
            handle.Dispose();
        }
    }

    public void Fill(ReadOnlySpan<byte> content)
    {
        Posix.WriteAll(handle!, content, path!);
        Posix.Sync(handle!, path!);
    }

    public void FillUnsynced(ReadOnlySpan<byte> content) => Posix.WriteAll(handle!, content, path!);

    /// <summary>Takes the final name, replacing what has it. The folder still has to be synced.</summary>
    public void Replace(string final)
    {
        Posix.Rename(path!, final);
        path = null;
    }

    /// <summary>Takes the final name unless it is taken. The folder still has to be synced.</summary>
    public bool TryTake(string final) => Posix.TryLink(path!, final);

    public void SyncFolder() => Posix.SyncFolder(folder);

    /// <summary>Hands over the open, locked file.</summary>
    public SafeFileHandle Detach()
    {
        var detached = handle!;
        handle = null;
        return detached;
    }

    public void Dispose()
    {
        try { if (path is not null) Posix.Remove(path); }
        catch (IOException) { /* The sweep at the next start removes it; the caller must see the first error. */ }
        path = null;
        handle?.Dispose();
    }

    /// <summary>Removes what dead writers left in a folder; returns how many files that were.</summary>
    public static int Sweep(string folder)
    {
        if (!Directory.Exists(folder)) return 0;
        var removed = 0;
        foreach (var path in Directory.GetFiles(folder, ".*" + Suffix))
        {
            if (Posix.Facts(path) is not { IsRegular: true }) continue;
            using var handle = Posix.OpenToRead(path);
            if (handle is null || !Posix.TryLock(handle, path)) continue;
            if (Posix.Facts(path) is not { } named || !named.IsSameAs(Posix.Facts(handle))) continue;
            Posix.Remove(path);
            removed++;
        }
        return removed;
    }
}
