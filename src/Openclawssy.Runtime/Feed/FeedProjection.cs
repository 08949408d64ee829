using System.Text;
using System.Text.Json;
using Openclawssy.Runtime.Config;
using Openclawssy.Runtime.Journal;
using Openclawssy.Runtime.Policy;
using Openclawssy.Runtime.Storage;

namespace Openclawssy.Runtime.Feed;

/// <summary>
/// Turns a run's journal, event by event from the first, into what may be seen of it outside: at most one feed event for each, and
/// always the same. Texts leave only after typed patterns are masked; what a pattern could still reach into waits, and leaves with
/// the event that decides it. One run, one thread.
/// </summary>
/// <param name="thinking">When thinking is shown, unless the run itself was asked for with another mode: with every turn and the end, with an end that is no answer, or never.</param>
public sealed class FeedProjection(ThinkingMode thinking)
{
    ThinkingMode thinking = thinking;
    RunCreated? run;
    RunStarted? started;
    TurnText text = new(0);
    long answered, resulted;
    TurnText? answer;
    string? result;

    /// <returns>Null when nothing of the event is shown.</returns>
    public FeedEvent? Next(JournalEntry entry)
    {
        switch (entry.Event)
        {
            case RunCreated e:
                run = e;
                if (e.ThinkingMode is { } word && ConfigWords.TryParse(word, out ThinkingMode asked)) thinking = asked;
                return Event(entry, FeedTypes.Status, json =>
                {
                    json.WriteString("status", "queued");
                    json.WriteString("agent_id", e.AgentId);
                    json.WriteString("source", e.Source);
                    WriteUnlessNull(json, "session_id", e.SessionId);
                });
            case RunStarted e:
                started = e;
                return Event(entry, FeedTypes.Status, json =>
                {
                    json.WriteString("status", "running");
                    WriteModel(json);
                });
            case ModelRequested { Purpose: null } e:
                var left = text.Finish();
                var before = text.Turn;
                text = new(e.Turn);
                return left.Length == 0 ? null : Partial(entry, before, left);
            case ModelText { Purpose: null } e:
                return text.Add(e.Text) is { Length: > 0 } shown ? Partial(entry, e.Turn, shown) : null;
            case ModelAnswered { Purpose: null } e: return Answered(entry, e);
            case ModelFailed e: return Failed(entry, e);
            case ToolRequested e:
                return Event(entry, FeedTypes.ToolStart, json =>
                {
                    json.WriteString("tool", Masked(e.Tool));
                    json.WriteString("tool_call_id", Masked(e.CallId));
                });
            case ToolAnswered e:
                (resulted, result) = (entry.Seq, e.Output);
                return Event(entry, FeedTypes.ToolEnd, json =>
                {
                    json.WriteString("tool", Masked(e.Tool));
                    json.WriteString("tool_call_id", Masked(e.CallId));
                    json.WriteString("summary", Masked(e.Summary));
                    json.WriteString("error", Masked(e.Error?.Message));
                    json.WriteString("error_code", e.Error?.Code);
                    json.WriteNumber("duration_ms", e.DurationMs);
                });
            case RunEnded e: return Ended(entry, e);
            default: return null;
        }
    }

    FeedEvent Partial(JournalEntry entry, int turn, string shown) => Event(entry, FeedTypes.ModelText, json =>
    {
        json.WriteNumber("turn", turn);
        json.WriteString("text", shown);
        json.WriteBoolean("partial", true);
    });

    FeedEvent? Answered(JournalEntry entry, ModelAnswered e)
    {
        var rest = text.Finish();
        (answered, answer, text) = (entry.Seq, text, new(e.Turn));
        var whole = answer.Whole();
        var thought = thinking == ThinkingMode.Always ? Masked(e.Thinking) : null;
        if (whole.Length == 0 && thought is null) return null;
        return Event(entry, FeedTypes.ModelText, json =>
        {
            json.WriteNumber("turn", e.Turn);
            json.WriteString("text", whole);
            json.WriteString("rest", rest);
            json.WriteBoolean("partial", false);
            WriteUnlessNull(json, "thinking", thought);
        });
    }

    FeedEvent Failed(JournalEntry entry, ModelFailed e)
    {
        var rest = text.Finish();
        text = new(e.Turn);
        return Event(entry, FeedTypes.ModelFailed, json =>
        {
            json.WriteNumber("turn", e.Turn);
            json.WriteNumber("attempt", e.Attempt);
            json.WriteString("error_code", e.Code);
            json.WriteString("error", Masked(e.Message));
            json.WriteString("rest", rest);
            WriteUnlessNull(json, "next", e.Next);
            if (e.WaitMs is { } wait) json.WriteNumber("wait_ms", wait);
        });
    }

    FeedEvent Ended(JournalEntry entry, RunEnded e)
    {
        var rest = text.Finish();
        var isAnswer = e.State == "completed";
        return Event(entry, isAnswer ? FeedTypes.Completed : FeedTypes.Failed, json =>
        {
            json.WriteString("status", e.State);
            WriteUnlessNull(json, "reason", e.Reason);
            json.WriteString("output", OutputOf(e));
            // Of a turn that was broken off.
            if (rest.Length > 0) json.WriteString("rest", rest);
            WriteUnlessNull(json, "error", Masked(e.Error));
            if (thinking == ThinkingMode.Always || thinking == ThinkingMode.OnError && !isAnswer) WriteUnlessNull(json, "thinking", Masked(e.Thinking));
            json.WriteString("artifact_path", $".openclawssy/agents/{run?.AgentId}/runs/{run?.RunId}");
            json.WriteNumber("duration_ms", e.DurationMs);
            json.WriteNumber("tool_calls", e.ToolCalls);
            WriteModel(json);
        });
    }

    /// <summary>A run's output is the last answer or the last result; null when it is neither, for it is not kept here.</summary>
    string? OutputOf(RunEnded e)
    {
        if (e.OutputFrom is not { } seq) return Masked(e.Output ?? "");
        return seq == answered ? answer?.Whole() : seq == resulted ? Masked(result ?? "") : null;
    }

    void WriteModel(Utf8JsonWriter json)
    {
        WriteUnlessNull(json, "provider", started?.Provider);
        WriteUnlessNull(json, "model", started?.Model);
    }

    FeedEvent Event(JournalEntry entry, string type, Action<Utf8JsonWriter> write)
    {
        using var fields = new LineFields();
        fields.Json.WriteStartObject();
        write(fields.Json);
        fields.Json.WriteEndObject();
        return new(entry.Seq, type, run?.RunId ?? "", entry.Ts, Encoding.UTF8.GetString(fields.Finish()));
    }

    static void WriteUnlessNull(Utf8JsonWriter json, string name, string? value)
    {
        if (value is not null) json.WriteString(name, value);
    }

    static string? Masked(string? text) => text is null ? null : Redactor.Redact(text).Text;
}
