using Openclawssy.Runtime.Agents;
using Openclawssy.Runtime.Journal;
using Openclawssy.Runtime.Sessions;
using Openclawssy.Runtime.Storage;
using Openclawssy.Runtime.Text;

namespace Openclawssy.Runtime.Runs;

/// <summary>
/// Runs whose process died. A process holds a lock for its life and names its runs in it; a lock that can be taken is a dead
/// process (a process id is never asked). Each such run gets its one honest end: <c>failed : interrupted</c>.
/// </summary>
/// <param name="witnesses">Of an agent's runs: its audit, and whoever else must not miss an end.</param>
public sealed class OrphanedRuns(string stateFolder, Func<AgentId, IReadOnlyList<IJournalWitness>> witnesses, SessionStore sessions, TimeProvider clock)
{
    /// <param name="takeUp">Takes a run in that was still waiting, so that it waits again; it is on disk who has it when this returns true. One it could not take is looked at again later. Null leaves such runs to the gateway.</param>
    /// <returns>The runs that were closed, with the calls whose outcome nobody knows.</returns>
    public async Task<IReadOnlyList<(RunId Run, IReadOnlyList<string> OutcomeUnknown)>> CloseAsync(Func<AgentId, RunId, Task<bool>>? takeUp = null)
    {
        var closed = new List<(RunId, IReadOnlyList<string>)>();
        var abandoned = new List<AbandonedProcess>();
        try
        {
            abandoned.AddRange(ProcessLock.FindAbandoned(Path.Combine(stateFolder, "processes")));
            // All of them are named first: a witness that looked back for each would look as often as there are runs.
            foreach (var runs in abandoned.SelectMany(Runs).GroupBy(run => run.Agent, run => run.Run.ToString()))
            {
                var named = runs.ToHashSet(StringComparer.Ordinal);
                foreach (var witness in witnesses(runs.Key)) witness.Expect(named);
            }
            foreach (var process in abandoned)
            {
                var left = false;
                foreach (var (agent, run) in Runs(process))
                {
                    if (IsWaiting(agent, run))
                    {
                        if (takeUp is null || !await takeUp(agent, run)) left = true;
                    }
                    else if (await CloseAsync(agent, run) is { } unknown) closed.Add((run, unknown));
                }
                if (!left) process.Forget();
            }
        }
        finally { abandoned.ForEach(process => process.Dispose()); }
        return closed;
    }

    static IEnumerable<(AgentId Agent, RunId Run)> Runs(AbandonedProcess process)
    {
        foreach (var (agentText, runText) in process.Runs)
            if (AgentId.TryParse(agentText, out var agent) && RunId.TryParse(runText, out var run)) yield return (agent, run);
    }

    /// <summary>Nothing happened in it yet, and all that it needs stands in its journal.</summary>
    bool IsWaiting(AgentId agent, RunId run)
    {
        try
        {
            var told = JournalReader.Read(Path.Combine(new AgentFolder(stateFolder, agent).Run(run), JournalReader.FileName)).Select(entry => entry.Event).ToList();
            return told is [RunCreated created, ..] && told.Skip(1).All(happened => happened is RunRequeued) && Runner.CanGoOn(created);
        }
        catch (FileNotFoundException) { return false; }
        catch (ChainBrokenException) { return false; }
    }

    async Task<IReadOnlyList<string>?> CloseAsync(AgentId agent, RunId run)
    {
        var folder = new AgentFolder(stateFolder, agent).Run(run);
        ReopenedJournal reopened;
        try { reopened = await RunJournal.ReopenAsync(folder, clock, witnesses(agent), [], default); }
        // Nothing there: the process died between naming the run and creating it, so nobody was told of it.
        catch (FileNotFoundException) { return null; }
        // Somebody altered it. It stays as it is, as evidence; `audit verify` names the line.
        catch (ChainBrokenException) { return null; }

        using var journal = reopened.Journal;
        if (reopened.Story.Count == 0) return null;
        var story = Story.Of(reopened.Story);
        var unknown = story.First<RunEnded>() is null ? await EndAsync(journal, story) : null;
        await SessionRecorder.CatchUpAsync(sessions, story);
        DurableFile.SweepLeftovers(folder);
        BundleFiles.Write(folder, story);
        return unknown;
    }

    static async Task<IReadOnlyList<string>> EndAsync(RunJournal journal, Story story)
    {
        var unknown = OutcomeUnknown(story);
        var (first, last) = (story.Entries[0].Ts, story.Entries[^1].Ts);
        story.Add(await journal.WriteAsync(new RunEnded(
            RunStates.Failed, RunReasons.Interrupted, null, null,
            unknown.Count == 0 ? "the process ended before the run did" : $"the process ended before the run did; it is not known whether {string.Join(", ", unknown)} took effect",
            null, story.Entries.Count(entry => entry.Event is ToolAnswered), story.Entries.Count(entry => entry.Event is ModelAnswered { Purpose: null }), null, first,
            (long)(last - first).TotalMilliseconds, unknown.Count == 0 ? null : unknown), default));
        return unknown;
    }

    /// <summary>Calls that were allowed an effect and have no result: they are reported, never repeated.</summary>
    static List<string> OutcomeUnknown(Story story)
    {
        var open = new Dictionary<string, string>();
        foreach (var entry in story.Entries)
        {
            if (entry.Event is PolicyVerdict { Verdict: "allow", Effect: not "pure_read" } verdict) open[verdict.CallId] = $"{verdict.Tool} ({verdict.CallId})";
            if (entry.Event is ToolAnswered result) open.Remove(result.CallId);
        }
        return [.. open.Values];
    }
}
