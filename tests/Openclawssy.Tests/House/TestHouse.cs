using System.Security.Cryptography;
using Microsoft.Extensions.AI;
using Openclawssy.Runtime.Agents;
using Openclawssy.Runtime.Config;
using Openclawssy.Runtime.Journal;
using Openclawssy.Runtime.Policy;
using Openclawssy.Runtime.Prompts;
using Openclawssy.Runtime.Runs;
using Openclawssy.Runtime.Sandboxes;
using Openclawssy.Runtime.Sessions;
using Openclawssy.Runtime.Storage;
using Openclawssy.Runtime.Text;
using Openclawssy.Runtime.Toolkit;
using Openclawssy.Runtime.Workspaces;
using Openclawssy.TestKit;
using Openclawssy.Tools;

namespace Openclawssy.Tests.House;

/// <summary>A real instance in a temporary folder: real files, real journal and audit; only the model is scripted.</summary>
sealed class TestHouse : IAsyncDisposable
{
    readonly TempFolder folder = new();
    readonly List<Tool> extra = [];

    public TestHouse()
    {
        Directory.CreateDirectory(folder["workspace"]);
        State = StateFolder.Create(folder.Path);
        DurableFile.EnsureFolder(State.Of("policy"));
        new GrantsFile(State.GrantsFile, Toolbox.All.Select(tool => tool.Name)).EnsureStarter(Agent);
        AgentDocuments.Create(new AgentFolder(State.Path, Agent), ["fs.read"], force: false);
    }

    public AgentId Agent { get; } = AgentId.Parse("default");
    public ScriptedModel Model { get; } = new();
    public StateFolder State { get; }
    public string WorkspacePath => folder["workspace"];
    public string Root => folder.Path;
    public string AnchorPath => folder["anchor.json"];
    public TimeProvider Clock { get; set; } = TimeProvider.System;
    public TimeSpan ToolLimit { get; set; } = RunSettings.DefaultToolLimit;
    public TimeSpan RunLimit { get; set; } = TimeSpan.FromMinutes(20);
    public int MaxIterations { get; set; } = RunSettings.DefaultMaxIterations;
    public int ContextWindow { get; set; } = 120_000;
    public Authority? Authority { get; set; }
    public SessionStore Sessions => new(State.Path, Clock, new(Clock, Chance));

    /// <summary>Values that must stay out of texts.</summary>
    public KnownSecrets Known { get; set; } = KnownSecrets.None;

    /// <summary>The conversation runs belong to from now on.</summary>
    public SessionId? Session { get; set; }

    public Func<Workspace, ISandbox>? Sandbox { get; set; }
    public Func<IWebDoor>? Web { get; set; }
    public List<string> Reported { get; } = [];
    public List<IJournalListener> Listeners { get; } = [];

    /// <summary>In place of the real desks.</summary>
    public ToolDoors? Doors { get; set; }

    /// <summary>Beside the real audit.</summary>
    public List<IJournalWitness> Witnesses { get; } = [];

    public TestHouse With(Tool tool)
    {
        extra.Add(tool);
        return this;
    }

    /// <summary>Gives the agent the rights to the extra tools too.</summary>
    public void GrantEverything() => File.WriteAllText(State.GrantsFile,
        "{\"agents\":{\"default\":[" + string.Join(",", Catalog().All.Select(tool => $"\"{tool.Name}\"")) + "]}}");

    ToolCatalog Catalog() => new([.. Toolbox.All, .. extra]);

    public string PathOf(string name) => Path.Combine(WorkspacePath, name);

    public void Place(string name, string content) => File.WriteAllText(PathOf(name), content);

    public async Task<RunResult> AskAsync(string message, IChatClient? model = null, CancellationToken cancellationToken = default)
    {
        using var process = ProcessLock.Create(State.ProcessesFolder, new Ids(Clock, Chance).NewName());
        using var installation = new InstallationAudit(State.Path, Clock, new Ids(Clock, Chance), new FileAnchor(AnchorPath), Plain);
        using var audit = new AuditLog(State.Path, Agent, Clock, Plain, installation);
        using var workspace = Workspace.Open(WorkspacePath, State.Path, new WorkspaceRules(WorkspaceConfig.DefaultProtected, RequireKernelContainment: false));
        var catalog = Catalog();
        var grants = new GrantsFile(State.GrantsFile, catalog.All.Select(tool => tool.Name));
        var doors = Doors ?? new()
        {
            Grants = caller => new GrantsDesk(caller, grants, catalog, () => AgentFolder.Existing(State.Path), installation.Record),
            Configuration = caller => new ConfigurationDesk(caller, ConfigStore.In(State), installation.Record),
        };
        var runner = new Runner(new(
            State.Path, catalog, grants, workspace, Sandbox?.Invoke(workspace) ?? new NoSandbox("this house has none"), _ => model ?? Model,
            (agent, tools) => PromptBuilder.Build(AgentDocuments.Read(new(State.Path, agent)), new(workspace.Root, [.. tools.Select(tool => tool.Name)])),
            _ => [audit, .. Witnesses], Sessions, process, new Ids(Clock, Chance), Chance, Clock, text => Known.Scrub(text).Text, () => new ScrubbedPieces(Known), (where, exception) => Reported.Add($"{where}: {exception.Message}"), doors, Web));
        return await runner.RunAsync(
            new(Agent, message, "cli.ask", Authority ?? Runtime.Policy.Authority.Agent(Agent), new("operator"), Session: Session),
            new(new("scripted", "scripted", 1000, 0.2, true), MaxIterations, ToolLimit, RunLimit, 4000, ContextWindow, "test", "full"), Listeners, cancellationToken);
    }

    /// <summary>Leaves what a killed process leaves: a lock file nobody holds, naming its run.</summary>
    public void LeaveProcessBehind(RunResult run)
    {
        var name = new Ids(Clock, Chance).NewName();
        using (var process = ProcessLock.Create(State.ProcessesFolder, name)) process.Record(Agent.ToString(), run.Id.ToString());
        var path = Path.Combine(State.ProcessesFolder, name + ".lock");
        if (!File.Exists(path)) File.WriteAllText(path, $"{Agent} {run.Id}\n");
    }

    public async Task<IReadOnlyList<(RunId Run, IReadOnlyList<string> OutcomeUnknown)>> CloseOrphansAsync()
    {
        using var installation = new InstallationAudit(State.Path, Clock, new Ids(Clock, Chance), new FileAnchor(AnchorPath), Plain);
        using var audit = new AuditLog(State.Path, Agent, Clock, Plain, installation);
        return await new OrphanedRuns(State.Path, _ => [audit, .. Witnesses], Sessions, Clock).CloseAsync();
    }

    public AuditVerdict VerifyAudit(RunId? run = null) => AuditVerifier.Verify(State.Path, new FileAnchor(AnchorPath), run);

    public static Story Read(RunResult run) => Story.Of(JournalReader.Read(Path.Combine(run.Folder, JournalReader.FileName)));

    public IReadOnlyList<string> AuditLines() =>
        [.. Directory.EnumerateFiles(State.Of("agents", Agent.ToString(), "audit"), "*.jsonl").Order(StringComparer.Ordinal).SelectMany(File.ReadLines)];

    static (string Text, int Redactions) Plain(string text) => (text, 0);

    static void Chance(Span<byte> bytes) => RandomNumberGenerator.Fill(bytes);

    public ValueTask DisposeAsync()
    {
        folder.Dispose();
        return default;
    }
}
