using System.Diagnostics;
using Openclawssy.Runtime.Journal;

namespace Openclawssy.Telemetry;

/// <summary>
/// Tells a run as spans, from its journal: the run, each question to a model and each call of a tool, with the names of
/// https://opentelemetry.io/docs/specs/semconv/gen-ai/. Texts never leave by this way: no prompt, no answer, no argument.
/// </summary>
sealed class RunTracer(ActivitySource source) : IJournalListener
{
    Activity? run, question;
    readonly Dictionary<string, Activity> calls = new(StringComparer.Ordinal);

    public void Hear(RunCreated created, JournalEntry entry)
    {
        switch (entry.Event)
        {
            case RunCreated e:
                // A root of its own, whatever request it came with: it goes on after that.
                Activity.Current = null;
                run = Begin("invoke_agent " + e.AgentId, ActivityKind.Internal, default, entry.Ts);
                run?.SetTag("gen_ai.operation.name", "invoke_agent").SetTag("gen_ai.agent.id", e.AgentId).SetTag("gen_ai.conversation.id", e.SessionId)
                    .SetTag("openclawssy.run.id", e.RunId).SetTag("openclawssy.run.source", e.Source);
                break;
            case ModelRequested e:
                question = Begin($"chat {e.Options.Model}", ActivityKind.Client, Parent, entry.Ts);
                question?.SetTag("gen_ai.operation.name", "chat").SetTag("gen_ai.provider.name", e.Options.Provider).SetTag("gen_ai.request.model", e.Options.Model)
                    .SetTag("gen_ai.request.max_tokens", e.Options.MaxTokens).SetTag("gen_ai.request.temperature", e.Options.Temperature).SetTag("openclawssy.turn", e.Turn);
                break;
            case ModelAnswered e:
                question?.SetTag("gen_ai.response.model", e.AnsweredBy).SetTag("gen_ai.usage.input_tokens", e.Usage?.Input).SetTag("gen_ai.usage.output_tokens", e.Usage?.Output);
                if (e.FinishReason is { } reason) question?.SetTag("gen_ai.response.finish_reasons", new[] { reason });
                End(ref question, entry.Ts, null);
                break;
            case ModelFailed e: End(ref question, entry.Ts, e.Code); break;
            case ToolRequested e:
                if (Begin($"execute_tool {e.Tool}", ActivityKind.Internal, Parent, entry.Ts) is not { } call) break;
                call.SetTag("gen_ai.operation.name", "execute_tool").SetTag("gen_ai.tool.name", e.Tool).SetTag("gen_ai.tool.call.id", e.CallId);
                calls[e.CallId] = call;
                break;
            case ToolAnswered e:
                if (!calls.Remove(e.CallId, out var made)) break;
                Activity? ended = made;
                End(ref ended, entry.Ts, e.Error?.Code);
                break;
            case RunEnded e:
                // What a broken run left open ends with it.
                End(ref question, entry.Ts, "interrupted");
                foreach (var open in calls.Values)
                {
                    Activity? last = open;
                    End(ref last, entry.Ts, "interrupted");
                }
                calls.Clear();
                run?.SetTag("openclawssy.run.status", e.State).SetTag("openclawssy.run.tool_calls", e.ToolCalls).SetTag("openclawssy.run.turns", e.Turns);
                End(ref run, entry.Ts, e.State == "completed" ? null : e.Reason ?? e.State);
                break;
            default: break;
        }
    }

    ActivityContext Parent => run?.Context ?? default;

    Activity? Begin(string name, ActivityKind kind, ActivityContext parent, DateTimeOffset at)
    {
        var begun = source.CreateActivity(name, kind, parent)?.SetStartTime(at.UtcDateTime).Start();
        // Spans of several runs come from one thread; none is the other's surroundings.
        if (begun is not null) Activity.Current = null;
        return begun;
    }

    static void End(ref Activity? span, DateTimeOffset at, string? error)
    {
        if (span is not { } ended) return;
        span = null;
        if (error is not null) ended.SetTag("error.type", error).SetStatus(ActivityStatusCode.Error);
        ended.SetEndTime(at.UtcDateTime).Stop();
    }
}
