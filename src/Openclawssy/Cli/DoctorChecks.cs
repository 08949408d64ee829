using Openclawssy.Egress;
using Openclawssy.Index;
using Openclawssy.Providers;
using Openclawssy.Runtime.Agents;
using Openclawssy.Runtime.Config;
using Openclawssy.Runtime.Journal;
using Openclawssy.Runtime.Policy;
using Openclawssy.Runtime.Sandboxes;
using Openclawssy.Runtime.Storage;
using Openclawssy.Runtime.Workspaces;
using Openclawssy.Sandboxes;
using Openclawssy.Tools;

namespace Openclawssy.Cli;

enum Health { Ok, Warning, Failed }

/// <param name="NextStep">What to do about it; null when it is fine.</param>
sealed record Finding(string Check, Health Health, string What, string? NextStep = null);

/// <summary>Looks at one instance without changing anything. Each check says how strong a protection really is here, not how strong it could be.</summary>
static class DoctorChecks
{
    /// <param name="online">Ask the models, too: one real, short call to each.</param>
    public static async Task<IReadOnlyList<Finding>> RunAsync(CommandContext context, bool online, CancellationToken cancellationToken)
    {
        StateFolder state;
        try { state = StateFolder.Open(context.Root); }
        catch (StateFolderException problem) { return [new("state", Health.Failed, problem.Message, problem.NextStep)]; }
        var load = ConfigFile.Load(DurableFile.ReadOrNull(state.ConfigFile, ConfigFile.MaxBytes), state.ConfigFile);
        var findings = new List<Finding> { FileChecks.State(state), FileChecks.Modes(state), FileChecks.Disk(state.Path, FileChecks.FreeOn) };
        findings.AddRange(Configuration(load));
        if (load.Config is { } config)
        {
            findings.Add(Files(context, state, config));
            findings.Add(new KernelCheck(KernelCheck.OfThisMachine).Run());
            findings.AddRange(Commands(context, state, config));
            findings.Add(Agents(state));
            findings.Add(Grants(state));
            using var secrets = new StoredSecrets(context.World, config, state, context.Root, AuditedMark.Everything);
            findings.AddRange(SecretChecks.Run(secrets, state, config, context));
            findings.Add(DiscordCheck.Run(context, state, config, secrets));
            using var models = new ModelChecks(context, config, secrets);
            await foreach (var finding in models.RunAsync(online, cancellationToken)) findings.Add(finding);
            findings.Add(NetworkCheck.Of(config.Network, SandboxChoice.Refusal(config) is null && config.Sandbox.Local.Network == SandboxNetwork.Proxy));
            findings.AddRange(GatewayChecks.Run(config.Server, context.Root, context.World.Clock.GetUtcNow(), GatewayChecks.SocketsOfThisMachine));
            findings.Add(Anchor(context, state, config));
            findings.Add(Index(state));
            findings.Add(Audit(context, state, secrets.HeadKeys));
        }
        else findings.Add(Audit(context, state, HeadKeys.Locked("the configuration, which says where the secret store is, cannot be read")));
        findings.Add(RunChecks.Leftovers(state));
        return findings;
    }

    // Looks at the file's head only: opening a database writes beside it, and this changes nothing.
    static Finding Index(StateFolder state)
    {
        var file = new IndexFile(state, null);
        if (!File.Exists(file.Path)) return new("index", Health.Ok, "there is no index of runs yet; the next run makes it");
        if (!file.LooksWhole()) return new("index", Health.Warning, $"{file.Path} is no database; it is derived and changes no run", "the next run moves it aside and makes it again");
        return File.Exists(file.BrokenPath)
            ? new("index", Health.Warning, $"an index of runs was broken and was made again from the journals; the old one is {file.BrokenPath}", $"look at the disk, then remove {file.BrokenPath}")
            : new("index", Health.Ok, $"{file.Path} is there");
    }

    static IEnumerable<Finding> Configuration(ConfigLoad load)
    {
        foreach (var problem in load.Problems) yield return new("config", Health.Failed, problem.ToString(), "nothing runs until this is corrected");
        foreach (var warning in load.Warnings) yield return new("config", Health.Warning, warning.ToString(), "correct it in the file; `openclawssy config schema` describes every key");
        if (load.Config is not null) yield return new("config", Health.Ok, load.Exists ? $"{load.File} is valid" : "there is no configuration file; the defaults are in force");
    }

    static Finding Files(CommandContext context, StateFolder state, OpenclawssyConfig config)
    {
        var root = Path.GetFullPath(config.Workspace.Root, context.Root);
        try
        {
            using var workspace = Workspace.Open(root, state.Path, new(config.Workspace.Protected, config.Workspace.Containment == Runtime.Config.Containment.Require));
            return workspace.Containment == Runtime.Workspaces.Containment.KernelAtomic
                ? new("workspace", Health.Ok, $"{root}, containment {workspace.Containment.ToText()} (openat2)")
                : new("workspace", Health.Warning, $"{root}, containment {workspace.Containment.ToText()}: this kernel has no openat2, so a swapped folder can win a race", "use Linux 5.6 or newer; workspace.containment \"require\" refuses instead");
        }
        catch (WorkspaceException refused) { return new("workspace", Health.Failed, refused.Message, "`openclawssy init` makes the default one"); }
        catch (IOException refused) { return new("workspace", Health.Failed, refused.Message, "`openclawssy init` makes the default one"); }
    }

    /// <summary>Not what the configuration wishes: the self-test is run, as before the first command. While commands are off nothing is started.</summary>
    static IEnumerable<Finding> Commands(CommandContext context, StateFolder state, OpenclawssyConfig config)
    {
        if (SandboxChoice.Refusal(config) is { } off) return [new("commands", Health.Ok, $"off: {off}")];
        try
        {
            using var workspace = Workspace.Open(
                Path.GetFullPath(config.Workspace.Root, context.Root), state.Path, new(config.Workspace.Protected, config.Workspace.Containment == Runtime.Config.Containment.Require));
            return Commands(SandboxChoice.Of(config, workspace, state.Path).Status, config);
        }
        // The check of the workspace has said it already.
        catch (WorkspaceException) { return []; }
        catch (IOException) { return []; }
    }

    static IEnumerable<Finding> Commands(SandboxStatus status, OpenclawssyConfig config)
    {
        if (status.Refusal is { } refusal)
        {
            yield return new("commands", Health.Failed, $"no command runs, because {refusal}", "correct that, or set shell.enable_exec to false");
            yield break;
        }
        yield return new("commands", Health.Ok, $"sandbox {status.Tier}; stops {string.Join(", ", status.Stops)}");
        if (status.Leaves.Count > 0) yield return new("commands", Health.Warning, $"the {status.Tier} sandbox does not stop everything: {string.Join("; ", status.Leaves)}", status.Tier == "bubblewrap" ? "know it before you allow commands" : "know it before you allow commands; the stronger tier needs /usr/bin/bwrap and namespaces");
        if (Native.IsRoot)
            yield return new("commands", Health.Warning, "commands are started by root; they hold no capability and become the workspace's owner, but a hole in the kernel would be root's", "run openclawssy as a user of its own");
        if (config.Shell.AllowedCommands.Count == 0)
            yield return new("commands", Health.Warning, "shell.allowed_commands is empty, so every command is refused", "write a list into config.json, such as [\"git status\", \"ls\"]; * allows all");
    }

    static Finding Agents(StateFolder state)
    {
        var agents = AgentFolder.Existing(state.Path).ToList();
        return agents.Count > 0 ? new("agents", Health.Ok, string.Join(", ", agents)) : new("agents", Health.Failed, "there is no agent", "`openclawssy init -agent default`");
    }

    static Finding Grants(StateFolder state)
    {
        var grants = new GrantsFile(state.GrantsFile, Toolbox.All.Select(tool => tool.Name)).Current();
        return grants.Problem is { } problem
            ? new("grants", Health.Failed, $"nothing is granted to anybody: {problem}", $"correct {state.GrantsFile}, or remove it and run `openclawssy init`")
            : new("grants", Health.Ok, $"{state.GrantsFile} is readable");
    }

    static Finding Anchor(CommandContext context, StateFolder state, OpenclawssyConfig config)
    {
        try
        {
            return Anchors.Of(config.Audit, state, context.Surroundings.Variable) is { } anchor
                ? new("anchor", Health.Ok, $"the audit's end is also remembered in {anchor.Place}")
                : new("anchor", Health.Warning, "the audit's end is remembered nowhere outside the installation, so a cut or recomputed audit cannot be told from a true one", "set audit.anchor to \"file:/path\"");
        }
        catch (NotSupportedException refused) { return new("anchor", Health.Failed, refused.Message, "correct audit.anchor"); }
    }

    static Finding Audit(CommandContext context, StateFolder state, HeadKeys keys)
    {
        var verdict = AuditVerifier.Verify(state.Path, Anchors.ForChecking(state, context.Surroundings.Variable), keys: keys);
        return verdict.ExitCode == AuditVerdict.Intact
            ? new("audit", Health.Ok, $"{verdict.Summary} ({verdict.Records} records); MAC of its head: {verdict.Mac}")
            : new("audit", Health.Failed, verdict.Summary, "`openclawssy audit verify` names every place");
    }
}
