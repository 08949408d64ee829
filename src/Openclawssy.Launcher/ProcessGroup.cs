using System.Globalization;

namespace Openclawssy.Launcher;

/// <summary>A group of the kernel's pids controller for one command: counts every process and thread in it, whoever the user is.</summary>
sealed unsafe class ProcessGroup
{
    readonly string folder;

    ProcessGroup(string folder) => this.folder = folder;

    /// <summary>A new group that takes at most so many, or null where this user may not make one.</summary>
    public static ProcessGroup? Create(long limit)
    {
        foreach (var parent in Parents())
        {
            var folder = $"{parent}/openclawssy-{Libc.getpid().ToString(CultureInfo.InvariantCulture)}";
            if (Libc.mkdir(Libc.Text(folder), 493) != 0) continue;
            if (Libc.WriteText($"{folder}/pids.max", limit.ToString(CultureInfo.InvariantCulture))) return new(folder);
            Libc.rmdir(Libc.Text(folder));
        }
        return null;
    }

    /// <summary>Where a process writes 0 to join; negative when it cannot be opened.</summary>
    public int OpenList() => Libc.Open($"{folder}/cgroup.procs", Libc.WriteOnly);

    /// <summary>No more forks, and where the kernel can, the end of all of them in one step.</summary>
    public void Stop()
    {
        Libc.WriteText($"{folder}/pids.max", "0");
        Libc.WriteText($"{folder}/cgroup.kill", "1");
    }

    /// <summary>Whether a fork was refused.</summary>
    public bool WasFull() => Libc.ReadText($"{folder}/pids.events").Split('\n').Any(line => line.StartsWith("max ", StringComparison.Ordinal) && line != "max 0");

    public void Remove()
    {
        // The kernel needs a moment after the last process.
        for (var attempt = 0; attempt < 100 && Libc.rmdir(Libc.Text(folder)) != 0; attempt++) Libc.poll(null, 0, 1);
    }

    /// <summary>The groups this process is in: of the pids controller alone, then of the unified hierarchy.</summary>
    static IEnumerable<string> Parents()
    {
        foreach (var line in Libc.ReadText("/proc/self/cgroup").Split('\n'))
        {
            var parts = line.Split(':', 3);
            if (parts.Length < 3) continue;
            var path = parts[2] == "/" ? "" : parts[2];
            if (parts[1].Split(',').Contains("pids")) yield return $"/sys/fs/cgroup/pids{path}";
            if (parts[0] == "0") yield return $"/sys/fs/cgroup{path}";
        }
    }
}
