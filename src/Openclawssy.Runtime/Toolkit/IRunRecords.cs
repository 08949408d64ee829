using Openclawssy.Runtime.Text;

namespace Openclawssy.Runtime.Toolkit;

/// <summary>The runs a caller may see: its own agent's, or everybody's for the operator and who holds <c>policy.admin</c>.</summary>
public interface IRunRecords
{
    /// <summary>One page, the newest run first. Whole: it waits until the index knows every run there is.</summary>
    /// <param name="limit">At least 1.</param>
    /// <param name="offset">Not below 0; past the end the page is empty.</param>
    /// <exception cref="ToolException"><c>policy.denied</c>: the filter names another agent.</exception>
    Task<RunPage> ListAsync(RunFilter filter, int limit, int offset, CancellationToken cancellationToken);

    /// <summary>A run as its journal tells it, or null when there is none the caller may see.</summary>
    RunDetail? Find(RunId run);

    /// <summary>What the tools of the runs on one page did.</summary>
    /// <inheritdoc cref="ListAsync" path="/exception"/>
    Task<RunFigures> MeasureAsync(RunFilter filter, int limit, int offset, CancellationToken cancellationToken);
}

/// <summary>Which runs are meant; null means any.</summary>
/// <param name="Status">A run's state, in any case.</param>
/// <param name="Source">The way in, for example <c>cli.ask</c>.</param>
public sealed record RunFilter(AgentId? Agent = null, string? Status = null, string? Source = null);

/// <param name="Total">How many runs pass the filter.</param>
public sealed record RunPage(long Total, IReadOnlyList<RunSummary> Runs);

/// <summary>A run in a list.</summary>
/// <param name="Status"><c>queued</c>, <c>running</c>, or the state it ended in.</param>
/// <param name="UpdatedAt">When it ended; until then, when the last event was that the index keeps.</param>
/// <param name="ToolCalls">Calls that were answered.</param>
/// <param name="Turns">Model answers; known at the end.</param>
/// <param name="CostUsd">Null when unknown, which is not free.</param>
/// <param name="Message">The beginning of what was asked, on one line, with a mask over what looks like a credential.</param>
/// <param name="Process">Name of the lock its process holds.</param>
/// <param name="KeyName">Hash of the name a client gave its request; <paramref name="KeyRequest"/> of what the request said.</param>
/// <param name="Seq">The last event of its journal that stands in this record.</param>
public sealed record RunSummary(
    RunId Id, AgentId Agent, string Source, string? Session, string Status, string? Reason, DateTimeOffset CreatedAt, DateTimeOffset UpdatedAt, long DurationMs, int ToolCalls, int Turns,
    long? InputTokens, long? OutputTokens, long? TotalTokens, decimal? CostUsd, string? Provider, string? Model, string Message, string? Error, string Process, long Seq,
    string? KeyName = null, string? KeyRequest = null)
{
    /// <summary>What a run is called that has no end yet: before its turn came, and after.</summary>
    public const string Queued = "queued", Running = "running";

    public bool HasEnded => Status is not (Queued or Running);

    /// <summary>Its bundle's folder, from the installation's root.</summary>
    public string ArtifactPath => $".openclawssy/agents/{Agent}/runs/{Id}";
}

/// <param name="Message">What was asked, masked; cut when <paramref name="Cut"/>.</param>
/// <param name="Output">What it answered, masked; null until it ended.</param>
/// <param name="Cut">True when the message or the output is longer; the bundle has all of it.</param>
/// <param name="ThinkingMode">When its thinking is shown, as asked with the message; null goes by the configuration.</param>
public sealed record RunDetail(RunSummary Run, string Message, string? Output, bool Cut, string? ThinkingMode = null);

/// <param name="Total">How many runs pass the filter.</param>
/// <param name="Runs">How many of them the page holds, whose figures these are.</param>
/// <param name="Statuses">How many of them are in which state.</param>
/// <param name="Tools">By name.</param>
public sealed record RunFigures(long Total, int Runs, IReadOnlyDictionary<string, int> Statuses, IReadOnlyList<ToolFigures> Tools);

/// <summary>What one tool did. Durations are those of all its calls, failed ones too, in milliseconds; a percentile is the smallest duration that so many calls did not exceed.</summary>
public sealed record ToolFigures(string Tool, int Calls, int Errors, long TotalMs, long MaxMs, long P50Ms, long P95Ms)
{
    public double ErrorRate => Calls == 0 ? 0 : Math.Round((double)Errors / Calls, 4);
    public long AverageMs => Calls == 0 ? 0 : TotalMs / Calls;
}
