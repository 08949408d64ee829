using System.Globalization;
using Openclawssy.Launcher;
using Openclawssy.Runtime.Config;
using Openclawssy.Runtime.Workspaces;

namespace Openclawssy.Sandboxes;

/// <summary>What every command of a sandbox has in common: what it may see, who it is, its few variables and its own temporary folder.</summary>
sealed class CommandFrame(LocalMachine machine, LocalSandboxConfig config, Workspace workspace, LaunchTier tier)
{
    const long Mebibyte = 1024 * 1024;

    public string Launcher => machine.Launcher;
    public LaunchTier Tier => tier;
    public string TierName => tier == LaunchTier.Bubblewrap ? "bubblewrap" : "landlock";

    /// <summary>A request that still lacks what the one command is about.</summary>
    public LaunchRequest Request(string program, IReadOnlyList<string> arguments, TimeSpan limit, TemporaryFolder temporary)
    {
        var (user, group) = Person();
        return new()
        {
            Tier = tier,
            Program = program,
            Arguments = arguments,
            Environment = [.. Variables(temporary.Inside).Select(pair => $"{pair.Key}={pair.Value}")],
            Workspace = workspace.Root,
            Temporary = temporary.Inside,
            ReadOnly = config.ReadOnly,
            Bubblewrap = tier == LaunchTier.Bubblewrap ? machine.Bubblewrap : "",
            User = user,
            Group = group,
            Limits = new((long)limit.TotalMilliseconds, config.CpuSeconds, config.MemoryMb * Mebibyte, config.FileSizeMb * Mebibyte, config.Processes, config.OpenFiles, config.OutputMb * Mebibyte),
        };
    }

    /// <summary>True where a command may have the program's own proxy, and nothing else, as its network.</summary>
    public bool HasProxy => config.Network == SandboxNetwork.Proxy && tier == LaunchTier.Bubblewrap;

    /// <summary>
    /// What tells a command's programs of the proxy. Most read the small letters, some the large; no host is to be reached without it. Other
    /// schemes than the two have no variable: nothing else passes.
    /// </summary>
    public static IReadOnlyDictionary<string, string> ProxyVariables { get; } = new[] { "http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY" }
        .Select(name => KeyValuePair.Create(name, $"http://127.0.0.1:{LaunchRequest.ProxyPort}")).Concat([new("no_proxy", ""), new("NO_PROXY", "")]).ToDictionary();

    public TemporaryFolder NewTemporaryFolder() => tier == LaunchTier.Bubblewrap ? TemporaryFolder.InMemory() : TemporaryFolder.OnDisk(Person());

    /// <summary>The variables every command has. Their values say nothing about this machine.</summary>
    public static IReadOnlyDictionary<string, string> Variables(string home) => new Dictionary<string, string>
    {
        ["PATH"] = "/usr/local/bin:/usr/bin:/bin",
        ["HOME"] = home,
        ["TMPDIR"] = home,
        ["LANG"] = "C.UTF-8",
    };

    /// <summary>As root, commands run as the workspace's owner; 0 is nobody to become.</summary>
    (uint User, uint Group) Person() =>
        Native.IsRoot && Native.Look(workspace.Root) is { User: not 0 } owner ? (owner.User, owner.Group) : (0, 0);
}

/// <summary>A command's own temporary folder, gone with it.</summary>
sealed class TemporaryFolder : IDisposable
{
    const string Prefix = "openclawssy-shell-";

    readonly string? onDisk;

    TemporaryFolder(string inside, string? onDisk) => (Inside, this.onDisk) = (inside, onDisk);

    /// <summary>Its address as the command sees it.</summary>
    public string Inside { get; }

    /// <summary>A folder of this program's own, which no command sees.</summary>
    public static TemporaryFolder Unseen() => OnDisk((0, 0));

    /// <summary>With namespaces it is a fresh file system of memory and needs no removal.</summary>
    public static TemporaryFolder InMemory() => new("/tmp", null);

    /// <exception cref="IOException">It could not be made.</exception>
    public static TemporaryFolder OnDisk((uint User, uint Group) person)
    {
        var folder = Directory.CreateTempSubdirectory($"{Prefix}{Environment.ProcessId}-").FullName;
        if (person.User != 0 && !Native.Give(folder, person.User, person.Group)) throw new IOException($"{folder} could not be given to user {person.User}");
        return new(folder, folder);
    }

    /// <summary>
    /// Removes what killed processes of this user left. Folders of other users stay: as root, going through somebody else's folder
    /// is a race one can lose.
    /// </summary>
    public static void SweepLeftovers()
    {
        foreach (var folder in Directory.EnumerateDirectories(Path.GetTempPath(), $"{Prefix}*"))
            if (Native.Look(folder) is { IsFolder: true } owner && owner.User == Native.User
                && int.TryParse(Path.GetFileName(folder)[Prefix.Length..].Split('-')[0], NumberStyles.None, CultureInfo.InvariantCulture, out var process) && Native.Look($"/proc/{process}") is null)
                new TemporaryFolder(folder, folder).Dispose();
    }

    public void Dispose()
    {
        if (onDisk is null) return;
        // What the command made read-only for itself is still ours to remove.
        try { Directory.Delete(onDisk, recursive: true); }
        catch (UnauthorizedAccessException) { Unlock(); }
        catch (IOException) { Unlock(); }
    }

    void Unlock()
    {
        try
        {
            foreach (var folder in new DirectoryInfo(onDisk!).EnumerateDirectories("*", new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.ReparsePoint, IgnoreInaccessible = true }))
                Native.SetMode(folder.FullName, 0x1c0);
            Directory.Delete(onDisk!, recursive: true);
        }
        catch (UnauthorizedAccessException) { }
        catch (IOException) { }
    }
}
