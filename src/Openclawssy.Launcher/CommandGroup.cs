using System.Globalization;

namespace Openclawssy.Launcher;

/// <summary>
/// A group of the kernel's (cgroup) for one command, where this user may make one: counts every process and thread in it, whoever the
/// user is, and its memory to the page. The two may stand in two trees (version 1) or in one (version 2).
/// </summary>
sealed unsafe class CommandGroup
{
    const int Exists = 17;

    readonly string? pids, memory;

    CommandGroup(string? pids, string? memory) => (this.pids, this.memory) = (pids, memory);

    public bool HoldsMemory => memory is not null;

    /// <summary>One list of processes for both.</summary>
    public bool IsOne => pids == memory;

    /// <summary>Holds what can be held here, which may be nothing.</summary>
    public static CommandGroup Create(LaunchLimits limits)
    {
        (string, long) processes = ("pids.max", limits.Processes), unified = ("memory.max", limits.MemoryBytes);
        var (pidsPlaces, memoryPlaces, unifiedPlaces) = Places();
        if (Make(unifiedPlaces, processes, unified) is { } both)
        {
            // Else memory beyond the limit would go to the disk instead; where there is no such file, nothing does.
            Libc.WriteText($"{both}/memory.swap.max", "0");
            return new(both, both);
        }
        return new(Make([.. pidsPlaces, .. unifiedPlaces], processes), Make(memoryPlaces, ("memory.limit_in_bytes", limits.MemoryBytes)));
    }

    /// <summary>Where a process writes 0 to be counted; negative when there is none.</summary>
    public int OpenProcesses() => OpenList(pids);

    /// <summary>The same for its memory.</summary>
    public int OpenMemory() => OpenList(memory);

    /// <summary>No more forks, and where the kernel can, the end of all of them in one step.</summary>
    public void Stop()
    {
        if (pids is null) return;
        Libc.WriteText($"{pids}/pids.max", "0");
        Libc.WriteText($"{pids}/cgroup.kill", "1");
    }

    /// <summary>Whether a fork was refused.</summary>
    public bool WasFull() => pids is not null && Happened($"{pids}/pids.events", "max ");

    /// <summary>Whether the kernel had to kill for memory.</summary>
    public bool RanOutOfMemory() => memory is not null && (Happened($"{memory}/memory.events", "oom_kill ") || Happened($"{memory}/memory.oom_control", "oom_kill "));

    public void Remove()
    {
        foreach (var folder in new[] { pids, IsOne ? null : memory })
            // The kernel needs a moment after the last process.
            for (var attempt = 0; folder is not null && attempt < 100 && Libc.rmdir(Libc.Text(folder)) != 0; attempt++) Libc.poll(null, 0, 1);
    }

    static int OpenList(string? folder) => folder is null ? -1 : Libc.Open($"{folder}/cgroup.procs", Libc.WriteOnly);

    static bool Happened(string file, string name) => Libc.ReadText(file).Split('\n').Any(line => line.StartsWith(name, StringComparison.Ordinal) && line != $"{name}0");

    static string? Make(IEnumerable<string> parents, params (string File, long Limit)[] limits)
    {
        foreach (var parent in parents)
        {
            var folder = $"{parent}/openclawssy-{Libc.getpid().ToString(CultureInfo.InvariantCulture)}";
            // One of this name is what a killed launcher with the same number left.
            if (Libc.mkdir(Libc.Text(folder), 493) != 0 && (Libc.LastError != Exists || Libc.rmdir(Libc.Text(folder)) != 0 || Libc.mkdir(Libc.Text(folder), 493) != 0)) continue;
            if (Array.TrueForAll(limits, limit => Libc.WriteText($"{folder}/{limit.File}", limit.Limit.ToString(CultureInfo.InvariantCulture)))) return folder;
            Libc.rmdir(Libc.Text(folder));
        }
        return null;
    }

    /// <summary>
    /// The groups this process is in: of each controller alone, and of the unified hierarchy. There a group with processes lends its
    /// controllers to none below it, so the one above is asked too: for a user's own programs systemd hands that one to the user.
    /// </summary>
    static (List<string> Pids, List<string> Memory, List<string> Unified) Places()
    {
        var (pids, memory, unified) = (new List<string>(), new List<string>(), new List<string>());
        foreach (var line in Libc.ReadText("/proc/self/cgroup").Split('\n'))
        {
            var parts = line.Split(':', 3);
            if (parts.Length < 3) continue;
            var path = parts[2] == "/" ? "" : parts[2];
            var controllers = parts[1].Split(',');
            if (controllers.Contains("pids")) pids.Add($"/sys/fs/cgroup/pids{path}");
            if (controllers.Contains("memory")) memory.Add($"/sys/fs/cgroup/memory{path}");
            if (parts[0] != "0") continue;
            unified.Add($"/sys/fs/cgroup{path}");
            if (path.Length > 0) unified.Add($"/sys/fs/cgroup{path[..path.LastIndexOf('/')]}");
        }
        return (pids, memory, unified);
    }
}
