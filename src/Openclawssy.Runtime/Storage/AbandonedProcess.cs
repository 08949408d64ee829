using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Openclawssy.Runtime.Storage;

/// <summary>What a process that died left behind: its lock, held now by whoever found it, and the runs it had made.</summary>
public sealed class AbandonedProcess : IDisposable
{
    const int MaxBytes = 64 * 1024 * 1024;

    readonly string path;
    readonly SafeFileHandle handle;

    AbandonedProcess(string path, SafeFileHandle handle, IReadOnlyList<AbandonedRun> runs) => (this.path, this.handle, Runs) = (path, handle, runs);

    public string Name => Path.GetFileNameWithoutExtension(path);

    public IReadOnlyList<AbandonedRun> Runs { get; }

    internal static AbandonedProcess? TryTake(string path)
    {
        if (Posix.Facts(path) is not { IsRegular: true }) return null;
        var handle = Posix.OpenToRead(path);
        if (handle is null) return null;
        // Another scanner may have removed it between finding and locking.
        if (Posix.TryLock(handle, path) && Posix.Facts(handle) is { Links: > 0 } facts) return new(path, handle, Read(handle, facts.Size, path));
        handle.Dispose();
        return null;
    }

    static AbandonedRun[] Read(SafeFileHandle handle, long size, string path)
    {
        var bytes = new byte[Math.Min(size, MaxBytes)];
        var text = Encoding.UTF8.GetString(bytes, 0, Posix.ReadAt(handle, bytes, 0, path));
        var runs = new OrderedDictionary<string, AbandonedRun>(StringComparer.Ordinal);
        var lines = text.Split('\n');
        // A last line without its end was never acknowledged, so no run follows from it.
        foreach (var line in lines.AsSpan(0, lines.Length - 1))
        {
            if (line.Split(' ') is [var agent, var run]) runs[$"{agent} {run}"] = new(agent, run);
            if (line.Split(' ') is ["-", var ofAgent, var ended]) runs.Remove($"{ofAgent} {ended}");
        }
        return [.. runs.Values];
    }

    /// <summary>Everything is closed: removes the file.</summary>
    public void Forget() => Posix.Remove(path);

    public void Dispose() => handle.Dispose();
}

/// <summary>A run the dead process had made, as it was written: not yet parsed ids.</summary>
public sealed record AbandonedRun(string AgentId, string RunId);
