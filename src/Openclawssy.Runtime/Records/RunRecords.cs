using Openclawssy.Runtime.Text;
using Openclawssy.Runtime.Toolkit;

namespace Openclawssy.Runtime.Records;

/// <summary>Looks into the index and the journals for one viewer.</summary>
public sealed class RunRecords(IRunIndex index, RunArchive archive, Viewer viewer) : IRunRecords
{
    public async Task<RunPage> ListAsync(RunFilter filter, int limit, int offset, CancellationToken cancellationToken)
    {
        try { return await index.ListAsync(Scoped(filter), limit, offset, cancellationToken); }
        catch (IndexException problem) { throw ToolException.Failed(problem.Message, retryable: true, inner: problem); }
    }

    public async Task<RunFigures> MeasureAsync(RunFilter filter, int limit, int offset, CancellationToken cancellationToken)
    {
        try { return await index.MeasureAsync(Scoped(filter), limit, offset, cancellationToken); }
        catch (IndexException problem) { throw ToolException.Failed(problem.Message, retryable: true, inner: problem); }
    }

    public RunDetail? Find(RunId run) => archive.Find(run) is { } place && viewer.Sees(place.Agent) ? archive.Detail(place) : null;

    RunFilter Scoped(RunFilter filter)
    {
        if (filter.Agent is { } agent) viewer.DemandSight(agent, "the runs");
        else if (!viewer.SeesAll) return filter with { Agent = viewer.Agent };
        return filter;
    }
}
