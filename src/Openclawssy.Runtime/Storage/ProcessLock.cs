using System.Text;

namespace Openclawssy.Runtime.Storage;

/// <summary>
/// A process' sign of life: <c>processes/NAME.lock</c>, locked as long as the process lives, listing the runs it made. Whoever
/// can take the lock knows that the process is gone; a process number is never asked.
/// </summary>
public sealed class ProcessLock : IDisposable
{
    internal const string Extension = ".lock";

    readonly string folder, path;
    readonly AppendFile file;
    bool named;

    ProcessLock(string folder, string name, string path, AppendFile file) => (this.folder, Name, this.path, this.file) = (folder, name, path, file);

    /// <summary>What <c>run.created</c> says about its process.</summary>
    public string Name { get; }

    /// <param name="processesFolder">Made when missing.</param>
    /// <param name="name">A new random name.</param>
    public static ProcessLock Create(string processesFolder, string name)
    {
        DurableFile.EnsureFolder(processesFolder);
        var path = Path.Combine(processesFolder, name + Extension);
        // Locked before it has the name that others look for, so that nobody can take it in between.
        using var provisional = ProvisionalFile.Create(processesFolder, name + Extension);
        provisional.Replace(path);
        return new(processesFolder, name, path, AppendFile.Adopt(path, provisional.Detach()));
    }

    /// <summary>Lists a run, on disk when this returns. To be called before the run's journal exists.</summary>
    public void Record(string agentId, string runId)
    {
        file.Sync(file.Append(Encoding.UTF8.GetBytes($"{agentId} {runId}\n")));
        if (Volatile.Read(ref named)) return;
        Posix.SyncFolder(folder);
        Volatile.Write(ref named, true);
    }

    /// <summary>Whether the process of that name still lives.</summary>
    public static bool IsHeld(string processesFolder, string name)
    {
        var path = Path.Combine(processesFolder, name + Extension);
        using var handle = Posix.OpenToRead(path);
        return handle is not null && !Posix.TryLock(handle, path, shared: true);
    }

    /// <summary>
    /// Processes that ended without cleaning up. Each is held against other scanners until it is disposed;
    /// <see cref="AbandonedProcess.Forget"/> it when its runs are closed.
    /// </summary>
    public static IEnumerable<AbandonedProcess> FindAbandoned(string processesFolder)
    {
        if (!Directory.Exists(processesFolder)) yield break;
        ProvisionalFile.Sweep(processesFolder);
        foreach (var path in Directory.GetFiles(processesFolder, "*" + Extension).Order(StringComparer.Ordinal))
            if (!Path.GetFileName(path).StartsWith('.') && AbandonedProcess.TryTake(path) is { } abandoned) yield return abandoned;
    }

    /// <summary>A run of this process could not be given its end. The file stays, so that the next start ends it.</summary>
    public void LeaveForNextStart() => Volatile.Write(ref left, true);

    bool left;

    /// <summary>A clean end: every run this process made has ended, so the file goes.</summary>
    public void Dispose()
    {
        try { if (!Volatile.Read(ref left)) Posix.Remove(path); }
        catch (IOException) { /* The next scan finds it, unlocked, with runs that all ended. */ }
        file.Dispose();
    }
}
