using Openclawssy.Runtime.Text;

namespace Openclawssy.Runtime.Runs;

/// <summary>Where ways in hand over what is to be run. They get an id at once; the run begins when its turn comes.</summary>
public interface IRunIntake
{
    /// <summary>Takes a run in. When this returns, its <c>run.created</c> is on disk, and it will run or get an honest end.</summary>
    /// <exception cref="QueueFullException">As many wait as may; nothing was written.</exception>
    /// <exception cref="IntakeClosedException">The program is about to stop; nothing was written.</exception>
    /// <exception cref="Journal.AuditLostException">Its record could not be begun.</exception>
    ValueTask<RunId> AcceptAsync(RunRequest request, CancellationToken cancellationToken);
}

/// <summary>As many runs wait as <c>engine.max_queued_runs</c> lets.</summary>
/// <param name="retryAfter">When it is worth another try.</param>
public sealed class QueueFullException(TimeSpan retryAfter) : Exception("as many runs wait as may (engine.max_queued_runs); try again a little later")
{
    public const string Code = "queue.full";

    public TimeSpan RetryAfter { get; } = retryAfter;
}

/// <summary>Nothing is taken in any more, because the program is about to stop.</summary>
public sealed class IntakeClosedException() : Exception("the program is about to stop and takes no new runs; try again when it is back")
{
    public const string Code = "queue.closed";
}
