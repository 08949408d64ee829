using Openclawssy.Runtime.Toolkit;

namespace Openclawssy.Gateway.Wire;

/// <summary>A run that is asked for.</summary>
/// <param name="AgentId">Which agent.</param>
/// <param name="Message">What it is to do.</param>
/// <param name="ThinkingMode">When its thinking is shown: <c>never</c>, <c>on_error</c> or <c>always</c>; left out, as configured.</param>
/// <param name="SessionId">A conversation of that agent it belongs to.</param>
sealed record RunOrder(string AgentId, string Message, string? ThinkingMode = null, string? SessionId = null);

/// <param name="Status"><c>queued</c>.</param>
sealed record RunAccepted(string Id, string Status, string? SessionId = null);

/// <param name="Status">What it is doing, when the wish came: a run that ended is not cancelled.</param>
sealed record CancelReply(string Id, bool Cancelled, string Status);

sealed record RunList(int Limit, int Offset, long Total, IReadOnlyList<RunRecord> Runs);

/// <summary>A run. In a list the message is cut to one line and the output is left out.</summary>
/// <param name="Status"><c>queued</c>, <c>running</c>, <c>completed</c>, <c>failed</c>, <c>cancelled</c>, <c>timed_out</c> or <c>needs_input</c>.</param>
/// <param name="Reason">Why, where the status alone does not say it.</param>
/// <param name="ArtifactPath">The bundle's folder, from the instance's root.</param>
/// <param name="CostUsd">Null when unknown, which is not free.</param>
/// <param name="Truncated">The message or the output is longer; the bundle has all of it.</param>
sealed record RunRecord(
    string Id, string AgentId, string Message, string Source, string Status, string ArtifactPath, long DurationMs, int ToolCalls, int Turns, DateTimeOffset CreatedAt, DateTimeOffset UpdatedAt,
    string? ThinkingMode = null, string? SessionId = null, string? Reason = null, string? Output = null, string? Error = null, string? Provider = null, string? Model = null,
    long? InputTokens = null, long? OutputTokens = null, long? TotalTokens = null, decimal? CostUsd = null, bool? Truncated = null)
{
    public static RunRecord Of(RunSummary run) => new(
        run.Id.ToString(), run.Agent.ToString(), run.Message, run.Source, run.Status, run.ArtifactPath, run.DurationMs, run.ToolCalls, run.Turns, run.CreatedAt, run.UpdatedAt,
        SessionId: run.Session, Reason: run.Reason, Error: run.Error, Provider: run.Provider, Model: run.Model, InputTokens: run.InputTokens, OutputTokens: run.OutputTokens,
        TotalTokens: run.TotalTokens, CostUsd: run.CostUsd);

    public static RunRecord Of(RunDetail run) => Of(run.Run) with { Message = run.Message, Output = run.Output, Truncated = run.Cut ? true : null, ThinkingMode = run.ThinkingMode };
}
