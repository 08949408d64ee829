using Microsoft.Extensions.Time.Testing;
using Openclawssy.Index;
using Openclawssy.Runtime.Journal;
using Openclawssy.Runtime.Records;
using Openclawssy.Runtime.Storage;
using Openclawssy.Runtime.Toolkit;
using Openclawssy.TestKit;

namespace Openclawssy.Tests.Index;

/// <summary>A state folder with journals that are written as a run writes them, and indexes over it.</summary>
sealed class IndexHouse : IDisposable
{
    static readonly Provenance User = new("user", "cli");

    readonly TempFolder folder = new();

    public IndexHouse()
    {
        State = StateFolder.Create(folder.Path);
        DurableFile.EnsureFolder(State.ProcessesFolder);
        Archive = new(State.Path);
    }

    public StateFolder State { get; }
    public RunArchive Archive { get; }
    public FakeTimeProvider Clock { get; } = new(new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero));
    public List<Exception> Behind { get; } = [];
    public string DatabasePath => State.Of("state.db");

    public RunIndex Open(string boot = "boot-1", string? process = null) => new(new(State, process), Archive, boot, Clock, Behind.Add);

    /// <summary>Writes events into a new run's journal, and through it into an index.</summary>
    public async Task WriteAsync(string run, string agent, IRunIndex? index, params IReadOnlyList<RunEvent> events)
    {
        IReadOnlyList<IJournalWitness> witnesses = index is null ? [] : [new IndexFollower(index)];
        using var journal = RunJournal.Create(Path.Combine(State.Path, "agents", agent, "runs", run), Clock, witnesses, []);
        foreach (var happened in events)
        {
            Clock.Advance(TimeSpan.FromMilliseconds(3));
            await journal.WriteAsync(happened, default);
        }
    }

    public Task WriteWholeAsync(string run, string agent, IRunIndex? index, string state = "completed", string source = "cli.run", params IReadOnlyList<long> calls) =>
        WriteAsync(run, agent, index, [Created(run, agent, source: source), Started(), .. calls.Select((ms, i) => Answered($"c{i}", ms)), Ended(state, calls.Count)]);

    public static RunCreated Created(string run, string agent = "default", string message = "hello", string source = "cli.run", string process = "gone") =>
        new(run, agent, [$"agent:{agent}"], source, User, message, null, "chat_1", process, null, "full", "0.1");

    public static RunStarted Started() => new("generic", "m-1", 120, 1, 1, "kernel_atomic");

    public static ToolAnswered Answered(string id, long ms, string tool = "fs.read", string? error = null) => new(
        id, tool, error is null ? "{}" : null, "done", error is null ? null : new(error, "no", false), "pure_read", default, default, ms, new("tool", tool));

    public static RunEnded Ended(string state = "completed", int calls = 0, decimal? cost = 0.25m) =>
        new(state, state == "failed" ? "timeout" : null, null, "the output", state == "completed" ? null : "it ended", null, calls, 2, new(10, 5, 15), default, 50, CostUsd: cost);

    public static async Task<IReadOnlyList<RunSummary>> AllAsync(IRunIndex index, RunFilter? filter = null) => (await index.ListAsync(filter ?? new(), 1000, 0, default)).Runs;

    public void Dispose() => folder.Dispose();
}
