using Openclawssy.Runtime.Storage;

namespace Openclawssy.Cli;

/// <summary>The part of <c>doctor</c> about runs nobody ended: their process died, and the next run will close them.</summary>
static class RunChecks
{
    public static Finding Leftovers(StateFolder state)
    {
        var left = Abandoned(state.ProcessesFolder);
        return left switch
        {
            [] => new("runs", Health.Ok, "every run of a process that ended was given its end"),
            _ => new("runs", Health.Warning, $"not closed, because the process ended first: {string.Join(", ", left.Take(5))}{(left.Count > 5 ? $" and {left.Count - 5} more" : "")}", "the next `openclawssy ask` or `run` closes them and says what is not known"),
        };
    }

    // Only looks: it takes no lock away from anybody and removes nothing, unlike the scan before a run.
    static List<string> Abandoned(string folder)
    {
        if (!Directory.Exists(folder)) return [];
        var runs = new List<string>();
        foreach (var path in Directory.GetFiles(folder, "*.lock").Order(StringComparer.Ordinal))
        {
            var name = Path.GetFileNameWithoutExtension(path);
            if (name.StartsWith('.') || ProcessLock.IsHeld(folder, name)) continue;
            // Between looking and reading its owner may have ended well and removed it.
            try { runs.AddRange(File.ReadLines(path).Select(line => line.Split(' ')).Where(words => words.Length == 2).Select(words => words[1])); }
            catch (FileNotFoundException) { }
        }
        return runs;
    }
}
