using Openclawssy.Runtime.Journal;
using Openclawssy.Runtime.Policy;
using Openclawssy.Runtime.Text;
using Openclawssy.Runtime.Toolkit;

namespace Openclawssy.Runtime.Records;

/// <summary>
/// A run's line of the index as a function of its journal. It changes only with the events named here, so an index that was
/// written along the way and one that is rebuilt are the same at any event.
/// </summary>
public static class RunFold
{
    /// <summary>Longest excerpt of a message or an error, in UTF-16 units.</summary>
    public const int MaxExcerpt = 200;

    /// <summary>The line after an event, or the same line when the event does not matter to it. Null while there is none.</summary>
    public static RunSummary? After(RunSummary? before, JournalEntry entry) => (entry.Event, before) switch
    {
        (RunCreated created, null) => Begin(created, entry),
        (RunRequeued again, not null) => before with { Process = again.Process, UpdatedAt = entry.Ts, Seq = entry.Seq },
        (RunStarted started, not null) => before with { Status = RunSummary.Running, Provider = started.Provider, Model = started.Model, UpdatedAt = entry.Ts, Seq = entry.Seq },
        (ToolAnswered, not null) => before with { ToolCalls = before.ToolCalls + 1, UpdatedAt = entry.Ts, Seq = entry.Seq },
        (RunEnded ended, not null) => End(before, ended, entry),
        _ => before,
    };

    /// <summary>What the index keeps of one call.</summary>
    public static CallLine? CallOf(JournalEntry entry) => entry.Event is ToolAnswered call ? new(entry.Seq, call.Tool, call.Error?.Code, call.DurationMs) : null;

    static RunSummary? Begin(RunCreated created, JournalEntry entry) =>
        RunId.TryParse(created.RunId, out var run) && AgentId.TryParse(created.AgentId, out var agent)
            ? new(run, agent, created.Source, created.SessionId, RunSummary.Queued, null, entry.Ts, entry.Ts, 0, 0, 0, null, null, null, null, null, null, Excerpt(created.Message), null,
                created.Process, entry.Seq, created.Key?.Name, created.Key?.Request)
            : null;

    static RunSummary End(RunSummary before, RunEnded ended, JournalEntry entry) => before with
    {
        Status = ended.State,
        Reason = ended.Reason,
        Error = ended.Error is { } error ? Excerpt(error) : null,
        UpdatedAt = entry.Ts,
        DurationMs = ended.DurationMs,
        ToolCalls = ended.ToolCalls,
        Turns = ended.Turns,
        InputTokens = ended.Usage?.Input,
        OutputTokens = ended.Usage?.Output,
        TotalTokens = ended.Usage?.Total,
        CostUsd = ended.CostUsd,
        Seq = entry.Seq,
    };

    // The index stands outside the run's own folder. Masked before it is cut: half a credential would not look like one.
    static string Excerpt(string text) => WellFormed.Of(Truncation.OneLine(Redactor.Redact(text).Text, MaxExcerpt));
}

/// <param name="Seq">The event that holds the result.</param>
/// <param name="ErrorCode">Null when it worked.</param>
public sealed record CallLine(long Seq, string Tool, string? ErrorCode, long DurationMs);
