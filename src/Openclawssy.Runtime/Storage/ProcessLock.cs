using System.Text;

namespace Openclawssy.Runtime.Storage;

/// <summary>
/// A process' sign of life: <c>processes/NAME.lock</c>, locked as long as the process lives, listing the runs it made. Whoever
/// can take the lock knows that the process is gone; a process number is never asked.
/// </summary>
public sealed class ProcessLock : IDisposable
{
    internal const string Extension = ".lock";

    /// <summary>Lines after which the file is written anew with the open runs only: a process that lives for months lists what counts.</summary>
    internal const int MaxLines = 4096;

    readonly string folder, path;
    readonly Lock gate = new();
    readonly HashSet<string> open = new(StringComparer.Ordinal);
    AppendFile file;
    AppendFile? retired;
    int lines;
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
    public void Record(string agentId, string runId) => RecordAsync(agentId, runId).AsTask().GetAwaiter().GetResult();

    /// <inheritdoc cref="Record"/>
    public async ValueTask RecordAsync(string agentId, string runId)
    {
        AppendFile into;
        long end;
        lock (gate)
        {
            if (lines >= MaxLines && open.Count < MaxLines / 2) WriteAnew();
            into = file;
            end = Add($"{agentId} {runId}");
            open.Add($"{agentId} {runId}");
        }
        await into.SyncAsync(end);
        if (Volatile.Read(ref named)) return;
        Posix.SyncFolder(folder);
        Volatile.Write(ref named, true);
    }

    /// <summary>A run has its end on disk: nobody has to look at it any more. Not synced; what is lost of it is looked at once for nothing.</summary>
    public void Ended(string agentId, string runId)
    {
        lock (gate)
        {
            if (!open.Remove($"{agentId} {runId}")) return;
            try { Add($"- {agentId} {runId}"); }
            catch (IOException) { /* The next start looks at the run and sees its end. */ }
        }
    }

    long Add(string line)
    {
        lines++;
        return file.Append(Encoding.UTF8.GetBytes(line + "\n"));
    }

    // Locked and whole before it takes the name, so at every moment the name stands for a held list of all open runs. The old file
    // stays open until the next time: somebody may still be waiting for its sync.
    void WriteAnew()
    {
        using var provisional = ProvisionalFile.Create(folder, Name + Extension);
        provisional.Fill(Encoding.UTF8.GetBytes(string.Concat(open.Select(run => run + "\n"))));
        provisional.Replace(path);
        Posix.SyncFolder(folder);
        retired?.Dispose();
        retired = file;
        file = AppendFile.Adopt(path, provisional.Detach());
        lines = open.Count;
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
        retired?.Dispose();
    }
}
