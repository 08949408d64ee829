using System.Globalization;

namespace Openclawssy.Launcher;

/// <summary>All processes that come from this one. As their subreaper this process inherits each whose parent died, so none can get away from it.</summary>
static unsafe class Tree
{
    const int NoWait = 1, NoChild = 10, Kill = 9;

    /// <summary>Takes in everything that has ended.</summary>
    /// <param name="main">The process whose end matters.</param>
    /// <param name="status">Its wait status, once it has one.</param>
    /// <returns>False when no child is left at all.</returns>
    public static bool Reap(int main, ref int? status)
    {
        while (true)
        {
            int how;
            var process = Libc.waitpid(-1, &how, NoWait);
            if (process == 0) return true;
            if (process < 0)
            {
                if (Libc.LastError == NoChild) return false;
                continue;
            }
            if (process == main) status = how;
        }
    }

    /// <summary>Kills until nothing is left: children of the killed come to us and are met in the next round.</summary>
    public static void KillAll(int main, ref int? status)
    {
        for (var round = 0; Reap(main, ref status); round++)
        {
            foreach (var process in Descendants()) Libc.kill(process, Kill);
            // What was killed needs a moment to go; it cannot refuse.
            if (round > 0) Libc.poll(null, 0, round < 20 ? 1 : 10);
        }
    }

    /// <summary>Resident memory of all of them in bytes. Pages they share are counted once, where the kernel says so.</summary>
    public static long ResidentBytes(long enough)
    {
        var processes = Descendants();
        var sum = processes.Sum(process => Pages(Libc.ReadText($"/proc/{process}/statm"))) * Environment.SystemPageSize;
        if (sum <= enough) return sum;
        return processes.Sum(process => Libc.ReadText($"/proc/{process}/smaps_rollup") is { Length: > 0 } text ? Kilobytes(text) * 1024 : Pages(Libc.ReadText($"/proc/{process}/statm")) * Environment.SystemPageSize);
    }

    static List<int> Descendants()
    {
        var found = new List<int>();
        if (Libc.ReadText("/proc/self/task/" + Number(Libc.getpid()) + "/children") is { Length: > 0 }) Below(Libc.getpid(), found, 0);
        // Without that file, or when it was read at a bad moment, by looking at everybody's parent.
        return found.Count > 0 ? found : ByParents();
    }

    static void Below(int process, List<int> found, int depth)
    {
        if (depth > 10_000) return;
        foreach (var thread in Entries.Of($"/proc/{Number(process)}/task"))
            foreach (var word in Libc.ReadText($"/proc/{Number(process)}/task/{thread}/children").Split(' ', StringSplitOptions.RemoveEmptyEntries))
            {
                if (!int.TryParse(word, NumberStyles.None, CultureInfo.InvariantCulture, out var child)) continue;
                found.Add(child);
                Below(child, found, depth + 1);
            }
    }

    static List<int> ByParents()
    {
        var parents = new Dictionary<int, int>();
        foreach (var name in Entries.Of("/proc"))
        {
            if (!int.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out var process)) continue;
            // "pid (name) state parent …"; the name may hold anything, so what follows its last bracket counts.
            var stat = Libc.ReadText($"/proc/{name}/stat");
            var words = stat[(stat.LastIndexOf(')') + 1)..].Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (words.Length > 1 && int.TryParse(words[1], NumberStyles.None, CultureInfo.InvariantCulture, out var parent)) parents[process] = parent;
        }
        var self = Libc.getpid();
        return [.. parents.Keys.Where(process => process != self && Leads(process))];

        bool Leads(int process)
        {
            for (var step = 0; step < parents.Count && parents.TryGetValue(process, out var parent); step++)
            {
                if (parent == self) return true;
                process = parent;
            }
            return false;
        }
    }

    static long Pages(string statm) =>
        statm.Split(' ') is [_, var resident, ..] && long.TryParse(resident, NumberStyles.None, CultureInfo.InvariantCulture, out var pages) ? pages : 0;

    static long Kilobytes(string rollup)
    {
        var at = rollup.IndexOf("\nPss:", StringComparison.Ordinal);
        if (at < 0) return 0;
        var rest = rollup.AsSpan(at + 5).TrimStart();
        return long.TryParse(rest[..Math.Max(0, rest.IndexOf(' '))], NumberStyles.None, CultureInfo.InvariantCulture, out var value) ? value : 0;
    }

    static string Number(int process) => process.ToString(CultureInfo.InvariantCulture);
}
