using Openclawssy.Runtime.Agents;
using Openclawssy.Runtime.Records;
using Openclawssy.Runtime.Text;
using Openclawssy.Runtime.Toolkit;

namespace Openclawssy.Index;

/// <summary>
/// Removes an agent's oldest finished runs beyond <c>runs.keep</c>. The index names them; only a journal that tells its own end is
/// believed, so a run at work and one that was altered stay. So does one whose answer somebody waits for. What is removed is on record before it is gone.
/// </summary>
/// <param name="keep">Finished runs that stay, the newest.</param>
/// <param name="owed">Runs whose answer has not arrived yet. When it throws, nobody knows, and nothing is removed.</param>
/// <param name="record">Writes down which runs of an agent are about to go.</param>
sealed class OldRuns(string stateFolder, RunIndex index, RunArchive archive, int keep, Func<IReadOnlySet<RunId>> owed, Action<AgentId, IReadOnlyList<RunId>> record)
{
    /// <summary>Runs named in one record.</summary>
    const int Step = 50;

    /// <summary>Begins the name of a bundle that is being removed; whoever was interrupted leaves one, and the next look takes it away.</summary>
    const string Leaving = ".removing-";

    /// <returns>How many were removed.</returns>
    public async Task<int> RemoveAsync(CancellationToken cancellationToken)
    {
        var removed = 0;
        foreach (var agent in AgentFolder.Existing(stateFolder))
        {
            var runs = new AgentFolder(stateFolder, agent).Runs;
            if (!Directory.Exists(runs)) continue;
            foreach (var left in Directory.EnumerateDirectories(runs, Leaving + "*")) Directory.Delete(left, recursive: true);
            var ended = await index.EndedBeyondAsync(agent, keep, cancellationToken);
            if (ended.Count == 0) continue;
            // Asked after: what a run owes is noted before its end is known.
            var waitedFor = owed();
            foreach (var some in ended.Where(run => !waitedFor.Contains(run) && HasEnded(new(agent, run))).Chunk(Step))
            {
                cancellationToken.ThrowIfCancellationRequested();
                record(agent, some);
                foreach (var run in some) Remove(runs, run);
                removed += some.Length;
            }
        }
        return removed;
    }

    bool HasEnded(RunPlace place) => archive.Read(place) is { Line.Status: not (RunSummary.Running or RunSummary.Queued) };

    void Remove(string runs, RunId run)
    {
        // Moved first: whoever looks finds it whole or not at all.
        var leaving = Path.Combine(runs, Leaving + run);
        Directory.Move(Path.Combine(runs, run.ToString()), leaving);
        index.Forget(run);
        Directory.Delete(leaving, recursive: true);
    }
}
