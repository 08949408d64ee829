using System.Collections.Concurrent;
using System.Security.Cryptography;
using Openclawssy.Index;
using Openclawssy.Providers;
using Openclawssy.Runtime.Agents;
using Openclawssy.Runtime.Config;
using Openclawssy.Runtime.Journal;
using Openclawssy.Runtime.Policy;
using Openclawssy.Runtime.Prompts;
using Openclawssy.Runtime.Records;
using Openclawssy.Runtime.Runs;
using Openclawssy.Runtime.Sessions;
using Openclawssy.Runtime.Storage;
using Openclawssy.Runtime.Text;
using Openclawssy.Runtime.Toolkit;
using Openclawssy.Runtime.Workspaces;
using Openclawssy.Tools;

namespace Openclawssy;

/// <summary>
/// The only composition root: every object of a running instance, in the order it is made, on one page. If something is not
/// built here, it is not built. Disposed in reverse.
/// </summary>
sealed class Installation : IDisposable
{
    readonly ConcurrentDictionary<AgentId, AuditLog> audits = new();
    readonly ModelClients models;

    /// <exception cref="StateFolderException">There is no instance here, or it is somebody else's.</exception>
    /// <exception cref="ConfigRefusedException">The configuration has mistakes; nothing runs on a guess.</exception>
    public Installation(World world, string root)
    {
        Root = root;
        State = StateFolder.Open(root);
        // What a killed writer left beside the files it was replacing; a living one holds its file.
        foreach (var folder in new[] { State.Path, State.Of("policy") }) DurableFile.SweepLeftovers(folder);
        Config = ConfigFile.Load(DurableFile.ReadOrNull(State.ConfigFile, ConfigFile.MaxBytes), State.ConfigFile).Require();
        Workspace = Workspace.Open(
            Path.GetFullPath(Config.Workspace.Root, root), State.Path, new(Config.Workspace.Protected, Config.Workspace.Containment == Runtime.Config.Containment.Require));

        var ids = new Ids(world.Clock, Chance);
        InstallationAudit = new(State.Path, world.Clock, ids, Anchors.ForWriting(Config.Audit, State, world.Variable), Masked);
        Process = ProcessLock.Create(State.ProcessesFolder, ids.NewName());
        // Early: it opens its file on another thread.
        Archive = new(State.Path);
        Index = new(new(State, Process.Name), Archive, world.Boot(), problem =>
        {
            Process.LeaveForNextStart();
            world.Report("the index of runs", problem);
        });
        var follower = new IndexFollower(Index);
        Catalog = new(Toolbox.All, PublishedSchemas.Of);
        Grants = new(State.GrantsFile, Catalog.All.Select(tool => tool.Name));
        models = new(Config, world, root);
        Sessions = new(State.Path, world.Clock, ids);

        Runner = new(new(
            State.Path, Catalog, Grants, Workspace, models.Of, Prompt, WitnessesOf, Sessions, Process, ids, Chance, world.Clock, Scrub: text => text, world.Report)
        {
            Doors = new()
            {
                Runs = caller => new RunRecords(Index, Archive, caller),
                Sessions = caller => new SessionDesk(Sessions, caller, Never),
                Agents = caller => new AgentDesk(State.Path, Grants, ConfigStore, caller, Never),
                RunControl = (caller, permit) => new RunControl(Archive, caller, Permitted(permit)),
                SessionControl = (caller, permit) => new SessionDesk(Sessions, caller, Permitted(permit)),
                AgentControl = (caller, permit) => new AgentDesk(State.Path, Grants, ConfigStore, caller, Permitted(permit)),
            },
        });
        Orphans = new(State.Path, WitnessesOf, Sessions, world.Clock);

        IReadOnlyList<IJournalWitness> WitnessesOf(AgentId agent) => [AuditOf(agent), follower];
        static Action Permitted(Permit permit) => () => permit.Demand(Reach.ControlPlane);
        static void Never() => throw ToolException.Denied("a tool that only reads changes nothing");

        AuditLog AuditOf(AgentId agent) => audits.GetOrAdd(agent, id => new AuditLog(State.Path, id, world.Clock, Masked, InstallationAudit));
        string Prompt(AgentId agent, IReadOnlyList<Tool> tools) =>
            PromptBuilder.Build(AgentDocuments.Read(new(State.Path, agent)), new(Workspace.Root, [.. tools.Select(tool => tool.Name)]));
    }

    public string Root { get; }
    public StateFolder State { get; }
    public OpenclawssyConfig Config { get; }
    public Workspace Workspace { get; }
    public InstallationAudit InstallationAudit { get; }
    public ProcessLock Process { get; }
    public ToolCatalog Catalog { get; }
    public GrantsFile Grants { get; }
    public RunArchive Archive { get; }
    public RunIndex Index { get; }

    /// <summary>The configuration as others may change it; this instance goes by what it was when it was composed.</summary>
    public ConfigStore ConfigStore => new(State.ConfigFile, () => DurableFile.ReadOrNull(State.ConfigFile, ConfigFile.MaxBytes), text => DurableFile.Replace(State.ConfigFile, text),
        text => DurableFile.Replace(State.LastGoodConfigFile, text), () => FileLock.Acquire(State.Of("config.lock")));

    public SessionStore Sessions { get; }
    public Runner Runner { get; }
    public OrphanedRuns Orphans { get; }

    /// <summary>The settings a run of this agent goes by, now.</summary>
    public RunSettings SettingsOf(AgentId agent)
    {
        var model = Config.ModelFor(agent);
        return new(new(model.Provider, model.Name, model.MaxTokens, model.Temperature, Stream: true),
            RunSettings.DefaultMaxIterations, RunSettings.DefaultToolLimit, Config.Engine.RunTimeout(), Config.Output.MaxThinkingChars,
            Config.Model.ContextWindow ?? ModelEndpoint.DefaultContextWindow, Cli.VersionText.Number, Redaction: "full");
    }

    public bool HasAgent(AgentId agent) => AgentFolder.Existing(State.Path).Contains(agent);

    public void Dispose()
    {
        models.Dispose();
        foreach (var audit in audits.Values) audit.Dispose();
        Index.Dispose();
        Process.Dispose();
        InstallationAudit.Dispose();
        Workspace.Dispose();
    }

    /// <summary>Unpredictable bytes from the system.</summary>
    public static void Chance(Span<byte> bytes) => RandomNumberGenerator.Fill(bytes);

    /// <summary>What looks like a credential is masked in everything kept outside a run's own folder.</summary>
    static (string Text, int Redactions) Masked(string text)
    {
        var masked = Redactor.Redact(text);
        return (masked.Text, masked.Count);
    }
}
