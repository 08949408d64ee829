using System.Collections.Concurrent;
using System.Security.Cryptography;
using Openclawssy.Egress;
using Openclawssy.Index;
using Openclawssy.Providers;
using Openclawssy.Runtime.Agents;
using Openclawssy.Runtime.Channels;
using Openclawssy.Runtime.Config;
using Openclawssy.Runtime.Journal;
using Openclawssy.Runtime.Policy;
using Openclawssy.Runtime.Prompts;
using Openclawssy.Runtime.Records;
using Openclawssy.Runtime.Runs;
using Openclawssy.Runtime.Sandboxes;
using Openclawssy.Runtime.Scheduling;
using Openclawssy.Runtime.Sessions;
using Openclawssy.Runtime.Storage;
using Openclawssy.Runtime.Text;
using Openclawssy.Runtime.Toolkit;
using Openclawssy.Runtime.Workspaces;
using Openclawssy.Sandboxes;
using Openclawssy.Tools;

namespace Openclawssy;

/// <summary>
/// The only composition root: every object of a running instance, in the order it is made, on one page. If something is not
/// built here, it is not built. Disposed in reverse.
/// </summary>
sealed class Installation : IDisposable
{
    readonly ConcurrentDictionary<AgentId, AuditLog> audits = new();

    /// <exception cref="StateFolderException">There is no instance here, or it is somebody else's.</exception>
    /// <exception cref="ConfigRefusedException">The configuration has mistakes; nothing runs on a guess.</exception>
    public Installation(World world, string root)
    {
        Root = root;
        State = StateFolder.Open(root);
        // What a killed writer left beside the files it was replacing; a living one holds its file.
        foreach (var folder in new[] { State.Path, State.Of("policy"), State.Of("scheduler") }) DurableFile.SweepLeftovers(folder);
        var written = ReadConfig();
        Config = ConfigFile.Load(written, State.ConfigFile).Require();
        Workspace = Workspace.Open(
            Path.GetFullPath(Config.Workspace.Root, root), State.Path, new(Config.Workspace.Protected, Config.Workspace.Containment == Runtime.Config.Containment.Require));

        var ids = new Ids(world.Clock, Chance);
        Secrets = new(world, Config, State, root);
        InstallationAudit = OpenAudit(world, State, Config.Audit, ids, () => Secrets.HeadKeys);
        Process = ProcessLock.Create(State.ProcessesFolder, ids.NewName());
        // Early: it opens its file on another thread.
        Archive = new(State.Path);
        Index = new(new(State, Process.Name), Archive, world.Boot(), world.Clock, problem =>
        {
            Process.LeaveForNextStart();
            world.Report("the index of runs", problem);
        });
        var follower = new IndexFollower(Index);
        Catalog = new(Toolbox.All, PublishedSchemas.Of);
        Grants = new(State.GrantsFile, Catalog.All.Select(tool => tool.Name));
        Egress = EgressClient.OfSystem(world.Clock);
        var models = new ModelClients(Config, world, root, Egress, Secrets.Use);
        var network = new NetworkRules(ReadConfig, State.ConfigFile, new(written, EgressPolicy.Of(Config.Network)));
        ConfigNow = new(ReadConfig, State.ConfigFile);
        Sandbox = new SwitchedSandbox(SandboxChoice.Of(Config, Workspace, State.Path, new StoredCommandSecrets(Secrets)), ConfigNow.Read);
        Sessions = new(State.Path, world.Clock, ids);
        var deliveries = new DeliveryWitness(new Deliveries(Ledgers), Sessions, world.Report);

        Runner = new(new(
            State.Path, Catalog, Grants, Workspace, Sandbox, models.Of, Prompt, WitnessesOf, Sessions, Process, ids, Chance, world.Clock, Secrets.Scrub, Secrets.Pieces, world.Report, Doors(),
            Web: () => new WebDoor(Egress, network.AtRunStart(), new StoredSecretInjector(Secrets), world.Clock)));
        Orphans = new(State.Path, WitnessesOf, Sessions, world.Clock);

        // What a run owes is noted before the index knows its end: from there on it may be removed.
        IReadOnlyList<IJournalWitness> WitnessesOf(AgentId agent) => [AuditOf(agent), deliveries, follower];
        static Action Permitted(Permit permit, Reach reach) => () => permit.Demand(reach);
        static void Never() => throw ToolException.Denied("a tool that only reads changes nothing");

        AuditLog AuditOf(AgentId agent) => audits.GetOrAdd(agent, id => new AuditLog(State.Path, id, world.Clock, Masked, InstallationAudit));
        ToolDoors Doors() => new()
        {
            Grants = caller => new GrantsDesk(caller, Grants, Catalog, () => AgentFolder.Existing(State.Path), InstallationAudit.Record),
            Configuration = caller => new ConfigurationDesk(caller, ConfigStore.In(State), InstallationAudit.Record),
            Secrets = caller => new SecretsDesk(caller, Secrets, Config, InstallationAudit),
            Runs = viewer => new RunRecords(Index, Archive, viewer),
            Sessions = viewer => new SessionDesk(Sessions, viewer, Never),
            Agents = viewer => new AgentDesk(State.Path, Grants, ConfigStore, viewer, Never),
            RunControl = (viewer, permit) => new RunControl(Archive, viewer, Permitted(permit, Reach.RunControl)),
            SessionControl = (viewer, permit) => new SessionDesk(Sessions, viewer, Permitted(permit, Reach.SessionControl)),
            Scheduler = (viewer, caller) => new SchedulerDesk(Jobs, viewer, caller.Authority.Names, Catalog, () => AgentFolder.Existing(State.Path), world.Clock, ids, TimeZoneNames.Find, (happened, payload) =>
            {
                caller.Demand(Reach.Scheduler);
                InstallationAudit.Record(caller.Actor, happened, payload);
            }),
            AgentControl = (viewer, permit) => new AgentDesk(State.Path, Grants, ConfigStore, viewer, Permitted(permit, Reach.AgentControl)),
        };
        string Prompt(AgentId agent, IReadOnlyList<Tool> tools) =>
            PromptBuilder.Build(AgentDocuments.Read(new(State.Path, agent)), new(Workspace.Root, [.. tools.Select(tool => tool.Name)]));
    }

    public string Root { get; }

    /// <summary>The one way to the network.</summary>
    public EgressClient Egress { get; }
    public StateFolder State { get; }
    public OpenclawssyConfig Config { get; }
    public Workspace Workspace { get; }
    /// <summary>The configuration as the file says it now, for what must not wait for a restart.</summary>
    public ConfigNow ConfigNow { get; }

    public ISandbox Sandbox { get; }
    public InstallationAudit InstallationAudit { get; }
    public ProcessLock Process { get; }
    public ToolCatalog Catalog { get; }
    public GrantsFile Grants { get; }
    public RunArchive Archive { get; }
    public RunIndex Index { get; }

    /// <summary>The configuration as others may change it; this instance goes by what it was when it was composed.</summary>
    public ConfigStore ConfigStore => ConfigStore.In(State);

    public JobsFile Jobs => JobsFile.In(State);

    /// <summary>What cannot be made again beside the index: planned instants and deliveries.</summary>
    public LedgerFile Ledgers => new(new(State, Process.Name));

    public SessionStore Sessions { get; }
    public StoredSecrets Secrets { get; }
    public Runner Runner { get; }
    public OrphanedRuns Orphans { get; }

    /// <summary>The settings a run of this agent goes by, now.</summary>
    public RunSettings SettingsOf(AgentId agent)
    {
        var model = Config.ModelFor(agent);
        return new(new(model.Provider, model.Name, model.MaxTokens, model.Temperature, Stream: true),
            RunSettings.DefaultMaxIterations, ToolLimit, Config.Engine.RunTimeout(), Config.Output.MaxThinkingChars,
            Config.Model.ContextWindow ?? ModelEndpoint.DefaultContextWindow, Cli.VersionText.Number, Secrets.Redaction);
    }

    /// <summary>A command's own limit comes first, so that its result is not lost to the tool's.</summary>
    TimeSpan ToolLimit => TimeSpan.FromTicks(Math.Max(RunSettings.DefaultToolLimit.Ticks, TimeSpan.FromMilliseconds(Config.Shell.MaxTimeoutMs + 30_000L).Ticks));

    /// <summary>The configuration file's bytes as they are now; null when there is none.</summary>
    public byte[]? ReadConfig() => DurableFile.ReadOrNull(State.ConfigFile, ConfigFile.MaxBytes);

    /// <summary>True while the last record of some agent could not be written: then nothing with an effect runs.</summary>
    public bool IsAuditLost => audits.Values.Any(audit => audit.Lost is not null);

    public bool HasAgent(AgentId agent) => AgentFolder.Existing(State.Path).Contains(agent);

    public void Dispose()
    {
        Egress.Dispose();
        foreach (var audit in audits.Values) audit.Dispose();
        Index.Dispose();
        Process.Dispose();
        InstallationAudit.Dispose();
        Secrets.Dispose();
        Workspace.Dispose();
    }

    /// <summary>The installation's own audit, and its anchor outside.</summary>
    /// <exception cref="NotSupportedException">The configuration asks for an anchor there is not.</exception>
    public static InstallationAudit OpenAudit(World world, StateFolder state, AuditConfig config, Ids ids, Func<HeadKeys> headKeys) =>
        new(state.Path, world.Clock, ids, Anchors.ForWriting(config, state, world.Variable), Masked, headKeys);

    /// <summary>Unpredictable bytes from the system.</summary>
    public static void Chance(Span<byte> bytes) => RandomNumberGenerator.Fill(bytes);

    /// <summary>What looks like a credential is masked in everything kept outside a run's own folder.</summary>
    public static (string Text, int Redactions) Masked(string text)
    {
        var masked = Redactor.Redact(text);
        return (masked.Text, masked.Count);
    }
}
