using Openclawssy.Runtime.Text;

namespace Openclawssy.Runtime.Scheduling;

/// <summary>
/// The ledger of planned instants: each one of a job is claimed at most once, whatever happens to the program or its clock. Every
/// method is on disk when it returns, and only one process at a time uses it.
/// </summary>
/// <exception cref="IOException">It could not be kept; nothing may be started.</exception>
public interface IPlannedInstants
{
    /// <summary>Claims an instant before its run is asked for. False when it was claimed before and not put back.</summary>
    bool TryClaim(JobId job, DateTimeOffset instant);

    /// <summary>Nothing was started and nothing written: the instant may be claimed again, by the next start too.</summary>
    void PutBack(JobId job, DateTimeOffset instant);

    /// <summary>What came of a claimed instant.</summary>
    void Settle(JobId job, DateTimeOffset instant, RunId? run);

    /// <summary>Claims nobody settled: where the program ended between claim and run, and those that were put back.</summary>
    IReadOnlyList<OpenInstant> Open();
}

/// <param name="PutBack">True when it is sure that nothing was started.</param>
public sealed record OpenInstant(JobId Job, DateTimeOffset Instant, bool PutBack);
