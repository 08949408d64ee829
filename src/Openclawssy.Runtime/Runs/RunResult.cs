using Openclawssy.Runtime.Models;
using Openclawssy.Runtime.Text;

namespace Openclawssy.Runtime.Runs;

/// <summary>How a run ended. The same facts are in its <c>run.ended</c> event.</summary>
/// <param name="Folder">The bundle's folder.</param>
/// <param name="Thinking">What the model thought last, masked and bounded; whether it is shown is the channel's business.</param>
/// <param name="Usage">Tokens of all model calls together; what one of them did not tell is null.</param>
/// <param name="CostUsd">What they cost together, in US dollars; null when one is unknown.</param>
/// <param name="HadRejectedCalls">True when the model wrote something that was meant as a call and could not be used as one.</param>
/// <param name="Error">One sentence when the state is not <c>completed</c>.</param>
public sealed record RunResult(
    RunId Id, AgentId Agent, string State, string? Reason, string Output, string? Error, string Folder, int ToolCalls, int Turns, long DurationMs,
    string Provider, string Model, ModelUsage? Usage, string? Thinking, decimal? CostUsd = null, bool HadRejectedCalls = false, SessionId? Session = null);

/// <summary>The states a run can end in (<c>queued</c> and <c>running</c> are the only others).</summary>
public static class RunStates
{
    public const string Completed = "completed";
    public const string Failed = "failed";
    public const string Cancelled = "cancelled";
    public const string TimedOut = "timed_out";
    public const string NeedsInput = "needs_input";
}

/// <summary>Reasons beside a state; model and tool codes are reasons too.</summary>
public static class RunReasons
{
    public const string NoProgress = "no_progress";
    public const string IterationLimit = "iteration_limit";
    public const string Interrupted = "interrupted";
    public const string AuditLost = "audit_lost";
}
