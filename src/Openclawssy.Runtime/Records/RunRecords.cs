using Openclawssy.Runtime.Text;
using Openclawssy.Runtime.Toolkit;

namespace Openclawssy.Runtime.Records;

/// <summary>Looks into the index and the journals for one caller.</summary>
public sealed class RunRecords(IRunIndex index, RunArchive archive, Caller caller) : IRunRecords
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

    public RunDetail? Find(RunId run) => archive.Find(run) is { } place && caller.Sees(place.Agent) ? archive.Detail(place) : null;

    RunFilter Scoped(RunFilter filter)
    {
        if (filter.Agent is { } agent) caller.DemandSight(agent, "the runs");
        else if (!caller.SeesAll) return filter with { Agent = caller.Agent };
        return filter;
    }
}
