using System.Globalization;

namespace Openclawssy.Launcher;

/// <summary>The kernel's own limits on the process that becomes the command, inherited by all it starts.</summary>
static unsafe class ResourceLimits
{
    const int Cpu = 0, FileSize = 1, Data = 2, Core = 4, Processes = 6, OpenFiles = 7, LockedMemory = 8, MessageQueues = 12;

    /// <param name="countProcesses">Also limit processes of this user: counted over everything the user runs, so what runs already is added.</param>
    public static void Apply(LaunchLimits limits, bool countProcesses)
    {
        // The second value is where SIGKILL follows the warning.
        Set(Cpu, (ulong)limits.CpuSeconds, (ulong)limits.CpuSeconds + 2);
        Set(FileSize, (ulong)limits.FileBytes, (ulong)limits.FileBytes);
        // Writable private memory. Address space itself is reserved in huge amounts by many runtimes that never touch it.
        Set(Data, (ulong)limits.MemoryBytes, (ulong)limits.MemoryBytes);
        Set(Core, 0, 0);
        Set(OpenFiles, (ulong)limits.OpenFiles, (ulong)limits.OpenFiles);
        Set(LockedMemory, 0, 0);
        Set(MessageQueues, 0, 0);
        if (countProcesses) Set(Processes, (ulong)(limits.Processes + Running()), (ulong)(limits.Processes + Running()));
    }

    /// <summary>Threads this user runs already, as far as /proc shows them.</summary>
    static long Running()
    {
        var user = Libc.getuid();
        var count = 0L;
        foreach (var name in Entries.Of("/proc"))
        {
            if (!int.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out _)) continue;
            var status = Libc.ReadText($"/proc/{name}/status");
            if (Field(status, "Uid:") == user) count += Math.Max(1, Field(status, "Threads:"));
        }
        return count;
    }

    static long Field(string status, string name)
    {
        var at = status.IndexOf($"\n{name}", StringComparison.Ordinal);
        if (at < 0) return -1;
        var rest = status.AsSpan(at + 1 + name.Length).TrimStart(" \t");
        var end = rest.IndexOfAny('\t', '\n');
        return long.TryParse(end < 0 ? rest : rest[..end], NumberStyles.None, CultureInfo.InvariantCulture, out var value) ? value : -1;
    }

    static void Set(int resource, ulong soft, ulong hard)
    {
        var pair = stackalloc ulong[2] { soft, hard };
        if (Libc.setrlimit(resource, pair) != 0) throw new StageException("setrlimit", Libc.LastError);
    }
}
