using Openclawssy.Launcher;
using Openclawssy.Runtime.Config;
using Openclawssy.Runtime.Sandboxes;
using Openclawssy.Runtime.Toolkit;
using Openclawssy.Runtime.Workspaces;

namespace Openclawssy.Sandboxes;

/// <summary>What of this machine a local sandbox is built from; a test hands over its own.</summary>
/// <param name="Launcher">Absolute address of the launcher.</param>
/// <param name="Bubblewrap">Where bubblewrap must be; distributions allow it its namespaces under this name only.</param>
/// <param name="Folders">Where programs are looked for.</param>
sealed record LocalMachine(string Launcher, string Bubblewrap, IReadOnlyList<string> Folders)
{
    public static LocalMachine This => new(LauncherFile.Address, "/usr/bin/bwrap", ExecutableLookup.SystemFolders);
}

/// <summary>The sandbox made of this machine's kernel: the launcher, and bubblewrap's namespaces where asked for and available.</summary>
sealed class LocalSandbox : ISandbox
{
    const string NoNamespace = "sandbox.local.network is \"proxy\", which the landlock tier cannot have: without a network of its own, a command that may open sockets could connect anywhere; "
        + "the operator can install bubblewrap, or set it to \"none\"";

    readonly ShellConfig shell;
    readonly LocalSandboxConfig config;
    readonly Workspace workspace;
    readonly LocalMachine machine;
    readonly ICommandSecrets secrets;
    readonly string stateFolder;
    readonly ExecutableLookup lookup;
    readonly CommandAllowList allowed;
    readonly Lazy<(LaunchTier Tier, SandboxStatus Status)> found;

    public LocalSandbox(ShellConfig shell, LocalSandboxConfig config, Workspace workspace, string stateFolder, LocalMachine machine, ICommandSecrets? secrets = null)
    {
        this.secrets = secrets ?? new NoCommandSecrets();
        (this.shell, this.config, this.workspace, this.stateFolder, this.machine) = (shell, config, workspace, stateFolder, machine);
        lookup = new(machine.Folders);
        allowed = new(shell.AllowedCommands, lookup.Find);
        found = new(() => Task.Run(FindAsync).GetAwaiter().GetResult());
    }

    public SandboxStatus Status => found.Value.Status;

    public IShell ShellFor(Permit permit, string runFolder, ICommandNetwork? network)
    {
        permit.Demand(Reach.Shell);
        if (Status.Refusal is { } refusal) throw ToolException.SandboxRequired(refusal);
        return new LocalShell(shell, config, workspace, lookup, allowed, new(machine, config, workspace, found.Value.Tier), secrets, permit, runFolder, config.Network == SandboxNetwork.Proxy ? network : null);
    }

    async Task<(LaunchTier, SandboxStatus)> FindAsync()
    {
        if (Complain() is { } complaint) return (default, SandboxStatus.Refused(complaint));
        TemporaryFolder.SweepLeftovers();
        LaunchTier[] wanted = config.Tier switch
        {
            SandboxTier.Bubblewrap => [LaunchTier.Bubblewrap],
            SandboxTier.Landlock => [LaunchTier.Landlock],
            _ => [LaunchTier.Bubblewrap, LaunchTier.Landlock],
        };
        var reasons = new List<string>();
        foreach (var tier in wanted)
        {
            if (tier == LaunchTier.Landlock && config.Network == SandboxNetwork.Proxy)
            {
                reasons.Add(NoNamespace);
                continue;
            }
            if (tier == LaunchTier.Bubblewrap && ComplainBubblewrap() is { } missing)
            {
                reasons.Add(missing);
                continue;
            }
            var status = await new SelfTest(new(machine, config, workspace, tier)).RunAsync();
            if (status.Refusal is null) return (tier, reasons.Count == 0 ? status : status with { Leaves = [.. status.Leaves, $"not the stronger tier ({reasons[0]})"] });
            reasons.Add(status.Refusal);
        }
        return (default, SandboxStatus.Refused(string.Join("; ", reasons)));
    }

    string? Complain()
    {
        if (!OperatingSystem.IsLinux()) return "sandbox.provider local needs Linux";
        foreach (var open in config.ReadOnly)
            if (Contains(open, stateFolder) || Contains(stateFolder, open))
                return $"sandbox.local.read_only names {open}, which would show commands the state folder {stateFolder}; take it out of the list";
        return LauncherFile.Complain(machine.Launcher);
    }

    string? ComplainBubblewrap() => Native.Look(machine.Bubblewrap) switch
    {
        null => $"{machine.Bubblewrap} is not installed (on Debian and Ubuntu: apt-get install bubblewrap)",
        { IsFile: true, IsExecutable: true, IsRootsAlone: true } => null,
        _ => $"{machine.Bubblewrap} is no program of root's alone",
    };

    static bool Contains(string folder, string path) => folder == "/" || path == folder || path.StartsWith(folder.TrimEnd('/') + "/", StringComparison.Ordinal);
}
