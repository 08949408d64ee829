using Openclawssy.Runtime.Storage;

namespace Openclawssy.Cli;

/// <summary>The part of <c>doctor</c> about files: who may touch what decides for the agents, and whether the disk has room.</summary>
static class FileChecks
{
    /// <summary>With less room than this many bytes a run may not be able to keep its record.</summary>
    public const long TooLittle = 32L * 1024 * 1024;

    /// <summary>With less room than this many bytes it is time to look.</summary>
    public const long Little = 1024L * 1024 * 1024;

    const UnixFileMode Others =
        UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.OtherExecute;

    public static Finding State(StateFolder state)
    {
        if (OperatingSystem.IsWindows()) return new("state", Health.Warning, "file modes cannot be checked here", "run openclawssy on Linux");
        return (File.GetUnixFileMode(state.Path) & Others) == 0
            ? new("state", Health.Ok, $"{state.Path} is yours alone")
            : new("state", Health.Warning, $"{state.Path} is open to other users of this machine", $"chmod 700 {state.Path}");
    }

    /// <summary>The files that say what agents may do and who they are, the keys among them.</summary>
    public static Finding Modes(StateFolder state)
    {
        if (OperatingSystem.IsWindows()) return new("files", Health.Warning, "file modes cannot be checked here", "run openclawssy on Linux");
        var deciding = Deciding(state).ToList();
        if (deciding.Find(file => file.LinkTarget is not null) is { } link)
            return new("files", Health.Failed, $"{link.FullName} is a link, and what it leads to may be changed from elsewhere", "put the file itself in its place");
        var open = deciding.FindAll(file => (file.UnixFileMode & Others) != 0);
        return open switch
        {
            [] => new("files", Health.Ok, $"{deciding.Count} files that decide are yours alone"),
            [var first, ..] => new("files", Health.Warning,
                $"{first.FullName}{(open.Count == 1 ? " is" : $" and {open.Count - 1} more are")} open to other users of this machine", $"chmod -R go= {state.Path}"),
        };
    }

    static IEnumerable<FileInfo> Deciding(StateFolder state)
    {
        var agents = new DirectoryInfo(state.Of("agents"));
        var folders = new[] { new DirectoryInfo(state.Path), new DirectoryInfo(state.Of("policy")) }.Concat(agents.Exists ? agents.EnumerateDirectories() : []);
        return folders.Where(folder => folder.Exists).SelectMany(folder => folder.EnumerateFiles());
    }

    /// <param name="free">Bytes left on the disk of a folder.</param>
    public static Finding Disk(string folder, Func<string, long> free)
    {
        long left;
        try { left = free(folder); }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            return new("disk", Health.Warning, $"nobody can say how much room is left for {folder}: {problem.Message}", "look with `df`");
        }
        var what = $"{left / (1024 * 1024)} MiB are left for {folder}";
        return left switch
        {
            < TooLittle => new("disk", Health.Failed, $"{what}; a run could not keep its record", "make room: old runs lie in agents/*/runs"),
            < Little => new("disk", Health.Warning, what, "make room soon: old runs lie in agents/*/runs"),
            _ => new("disk", Health.Ok, what),
        };
    }

    public static long FreeOn(string folder) => new DriveInfo(folder).AvailableFreeSpace;
}
