using Openclawssy.Runtime.Text;
using Openclawssy.Runtime.Toolkit;

namespace Openclawssy.Runtime.Records;

/// <summary>
/// Every run there is, ready to be listed and counted. Derived from the journals: whatever happens to it, it can be made again,
/// so nothing here ever fails a run. Any number of threads and processes may use one.
/// </summary>
public interface IRunIndex
{
    /// <summary>Takes a run's line, and the call it came with. A line that is older than the one it has changes nothing. Returns at once, with a ticket for <see cref="SettledAsync"/>.</summary>
    long Put(RunSummary line, CallLine? made = null);

    /// <summary>Returns when everything up to that ticket is in the index, or when it is sure that a later start will bring it in.</summary>
    Task SettledAsync(long ticket);

    /// <exception cref="IndexException">It cannot be read.</exception>
    Task<RunPage> ListAsync(RunFilter filter, int limit, int offset, CancellationToken cancellationToken);

    /// <summary>The run that was made for a request of that name, and what the request said (both as hashes); null when there is none.</summary>
    /// <inheritdoc cref="ListAsync" path="/exception"/>
    Task<(RunId Run, string Request)?> FindByKeyAsync(string name, CancellationToken cancellationToken);

    /// <summary>Runs since an instant, summed up by when they began; a bucket in which none did is left out. Oldest first.</summary>
    /// <inheritdoc cref="ListAsync" path="/exception"/>
    Task<IReadOnlyList<UsageBucket>> UsageAsync(AgentId? agent, DateTimeOffset since, TimeSpan bucket, CancellationToken cancellationToken);

    /// <inheritdoc cref="ListAsync"/>
    Task<RunFigures> MeasureAsync(RunFilter filter, int limit, int offset, CancellationToken cancellationToken);
}

/// <param name="Failed">Ended otherwise than with an answer, a wish to cancel aside.</param>
/// <param name="CostUsd">Of those whose cost is known.</param>
/// <param name="Unpriced">Ended runs whose cost nobody knows.</param>
public sealed record UsageBucket(DateTimeOffset Start, int Runs, int Failed, long InputTokens, long OutputTokens, decimal CostUsd, int Unpriced, long DurationMs);

/// <summary>The index cannot answer now; says what to do.</summary>
public sealed class IndexException(string message, Exception? inner = null) : Exception(message, inner);
