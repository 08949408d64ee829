using Openclawssy.Runtime.Models;

namespace Openclawssy.Runtime.Journal;

/// <summary>What the audit says of each event of a run: enough to know what was done and decided, without the run's content.</summary>
static class AuditRecords
{
    public const string RunEnd = "run.end", Checkpoint = "audit.checkpoint", TailQuarantined = "audit.tail_quarantined", InstallationCreated = "installation.created";

    /// <summary>The record's name, or null for an event the audit does not speak of.</summary>
    public static string? NameOf(RunEvent happened) => happened switch
    {
        RunCreated => "run.start",
        ModelAnswered => "model.answer",
        ModelFailed => "model.failed",
        ToolRequested => "tool.call",
        // Until approvals exist, "ask" is answered with a denial.
        PolicyVerdict verdict => verdict.Verdict == "allow" ? "policy.allowed" : "policy.denied",
        ToolAnswered => "tool.result",
        RunEnded => RunEnd,
        _ => null,
    };

    public static void WritePayload(AuditFields payload, JournalEntry entry)
    {
        switch (entry.Event)
        {
            case RunCreated e:
                payload.Text("message", e.Message).Word("source", e.Source).Text("session_id", e.SessionId).Object("origin", e.Origin, Write)
                    .Texts("principals", e.Principals).Texts("not_captured", e.NotCaptured).Word("redaction", e.Redaction).Word("version", e.Version);
                payload.Object("operator", e.Operator, static (into, person) => into.Number("uid", person.Uid).Text("terminal", person.Terminal));
                break;
            case ModelAnswered e:
                payload.Number("turn", e.Turn).Number("text_parts", e.TextFrom.Count).Number("thinking_length", e.Thinking?.Length).Number("calls", e.Calls.Count)
                    .Text("finish_reason", e.FinishReason).Object("usage", e.Usage, Write).Money("cost_usd", e.CostUsd).Text("answered_by", e.AnsweredBy)
                    .Number("duration_ms", e.DurationMs);
                break;
            case ModelFailed e:
                payload.Number("turn", e.Turn).Number("attempt", e.Attempt).Word("code", e.Code).Text("message", e.Message).Flag("retryable", e.Retryable)
                    .Number("duration_ms", e.DurationMs).Text("next", e.Next).Number("wait_ms", e.WaitMs).Object("usage", e.Usage, Write).Money("cost_usd", e.CostUsd);
                break;
            case ToolRequested e:
                payload.Text("call_id", e.CallId).Text("tool", e.Tool).Text("asked_name", e.AskedName == e.Tool ? null : e.AskedName).Text("input", e.Shown)
                    .Texts("not_captured", e.NotCaptured).Object("origin", e.Origin, Write);
                break;
            case PolicyVerdict e:
                payload.Text("call_id", e.CallId).Text("tool", e.Tool).Word("verdict", e.Verdict).Word("effect", e.Effect).Word("rule", e.Rule)
                    .Text("written_at", e.WrittenAt).Text("reason", e.Reason).Text("path", e.Path).Text("sandbox", e.Sandbox);
                break;
            case ToolAnswered e:
                payload.Text("call_id", e.CallId).Text("tool", e.Tool).Text("summary", e.Summary).Object("error", e.Error, Write).Digest("output", e.Output)
                    .Number("output_from", e.OutputFrom).Word("effect", e.Effect).Number("duration_ms", e.DurationMs);
                break;
            case RunEnded e:
                payload.Word("state", e.State).Text("reason", e.Reason).Text("error", e.Error).Flag("thinking_present", e.Thinking is not null).Text("thinking", e.Thinking)
                    .Digest("output", e.Output).Number("tool_calls", e.ToolCalls).Number("turns", e.Turns).Object("usage", e.Usage, Write)
                    .Money("cost_usd", e.CostUsd).Number("duration_ms", e.DurationMs).Texts("outcome_unknown", e.OutcomeUnknown);
                // The end names the journal's last line, so that a bundle can be checked against the audit.
                payload.Number("journal_seq", entry.Seq).Word("journal_hash", entry.Hash);
                break;
        }
    }

    static void Write(AuditFields into, Provenance origin) => into.Word("kind", origin.Kind).Text("source", origin.Source);

    static void Write(AuditFields into, ModelUsage usage) => into.Number("input", usage.Input).Number("output", usage.Output).Number("total", usage.Total)
        .Number("cached_input", usage.CachedInput).Number("reasoning", usage.Reasoning);

    static void Write(AuditFields into, ToolFault fault) => into.Word("code", fault.Code).Text("message", fault.Message).Flag("retryable", fault.Retryable).Text("path", fault.Path);
}
