using Openclawssy.Index;
using Openclawssy.Runtime.Agents;
using Openclawssy.Runtime.Config;
using Openclawssy.Runtime.Journal;
using Openclawssy.Runtime.Policy;
using Openclawssy.Runtime.Records;
using Openclawssy.Runtime.Runs;
using Openclawssy.Runtime.Scheduling;
using Openclawssy.Runtime.Storage;
using Openclawssy.Runtime.Text;
using Openclawssy.Runtime.Toolkit;
using Openclawssy.Tests.House;
using Openclawssy.Tools;

namespace Openclawssy.Tests.Records;

/// <summary>An instance whose tools have their real doors, and a real index.</summary>
sealed class RecordsHouse : IAsyncDisposable
{
    public RecordsHouse(bool indexed = true)
    {
        Archive = new(House.State.Path);
        Index = new(new(House.State, null), Archive, "boot-1", TimeProvider.System, _ => { });
        if (indexed) House.Witnesses.Add(new IndexFollower(Index));
        var grants = new GrantsFile(House.State.GrantsFile, Toolbox.All.Select(tool => tool.Name));
        House.Doors = new()
        {
            Runs = viewer => new RunRecords(Index, Archive, viewer),
            Sessions = viewer => new SessionDesk(House.Sessions, viewer, static () => { }),
            Agents = viewer => new AgentDesk(House.State.Path, grants, Config, viewer, static () => { }),
            Scheduler = (viewer, caller) => new SchedulerDesk(
                JobsFile.In(House.State), viewer, caller.Authority.Names, new(Toolbox.All), () => AgentFolder.Existing(House.State.Path), House.Clock, new(House.Clock, bytes => Random.Shared.NextBytes(bytes)),
                TimeZoneNames.Find, (happened, payload) =>
                {
                    caller.Demand(Reach.Scheduler);
                    Recorded.Record(caller.Authority.ToString(), happened, payload);
                }),
            RunControl = (viewer, permit) => new RunControl(Archive, viewer, () => permit.Demand(Reach.RunControl)),
            SessionControl = (viewer, permit) => new SessionDesk(House.Sessions, viewer, () => permit.Demand(Reach.SessionControl)),
            AgentControl = (viewer, permit) => new AgentDesk(House.State.Path, grants, Config, viewer, () => permit.Demand(Reach.AgentControl)),
        };
    }

    public TestHouse House { get; } = new();

    /// <summary>What was done with jobs.</summary>
    public Ledger Recorded { get; } = new();

    public RunArchive Archive { get; }
    public RunIndex Index { get; }

    public ConfigStore Config => new("config.json", () => DurableFile.ReadOrNull(House.State.ConfigFile, ConfigFile.MaxBytes), text => DurableFile.Replace(House.State.ConfigFile, text), _ => { });

    public void Grant(params string[] capabilities) =>
        File.WriteAllText(House.State.GrantsFile, "{\"agents\":{\"default\":[" + string.Join(",", capabilities.Select(name => $"\"{name}\"")) + "]}}");

    /// <summary>One typed call with the agent's rights, or the operator's.</summary>
    public async Task<RunResult> CallAsync(string tool, string input, bool asOperator = false)
    {
        House.Authority = asOperator ? Authority.Operator(0, null) : null;
        return await House.AskAsync($"/tool {tool} {input}");
    }

    /// <summary>A run of another agent, whole or still going on in a process that holds <paramref name="process"/>.</summary>
    public RunId Other(string agent, string message = "their secret plan", string? process = null)
    {
        var run = RunId.Parse($"run_1700000000000_{agent.Length:x10}");
        using var journal = RunJournal.Create(Archive.FolderOf(new(AgentId.Parse(agent), run)), TimeProvider.System, [new IndexFollower(Index)], []);
        void Write(RunEvent happened) => journal.WriteAsync(happened, default).AsTask().GetAwaiter().GetResult();
        Write(new RunCreated(run.ToString(), agent, [$"agent:{agent}"], "cli.run", new("user"), message, null, null, process ?? "gone", null, "full", "0.1"));
        if (process is null) Write(new RunEnded("completed", null, null, "their answer", null, null, 0, 0, null, default, 1));
        return run;
    }

    public async ValueTask DisposeAsync()
    {
        Index.Dispose();
        await House.DisposeAsync();
    }
}
