using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Openclawssy.Runtime.Journal;

/// <summary>
/// Run bundle, version 1: five files for people, each a function of the journal alone. Losing them loses nothing; a test
/// deletes and rebuilds them.
/// </summary>
public static class RunBundle
{
    public const int Version = 1;

    /// <summary>File names and contents, in the order they are written; <c>meta.json</c> last, so that its presence means the bundle is whole.</summary>
    public static IReadOnlyList<(string Name, byte[] Content)> Render(Story story)
    {
        var created = story.First<RunCreated>() ?? throw new InvalidDataException("the journal does not begin with run.created");
        var end = story.First<RunEnded>();
        return
        [
            ("input.json", Input(created)),
            ("prompt.md", Text(story.First<PromptAssembled>()?.Text ?? "")),
            ("toolcalls.jsonl", ToolCalls(story)),
            ("output.md", Text(end is null ? "" : Output(story, end))),
            ("meta.json", Meta(story, created, end)),
        ];
    }

    static string Output(Story story, RunEnded end)
    {
        var output = story.OutputOf(end);
        return output.Length == 0 && end.Error is not null ? end.Error : output;
    }

    static byte[] Text(string text) => Encoding.UTF8.GetBytes(text.Length == 0 || text.EndsWith('\n') ? text : text + "\n");

    static byte[] Input(RunCreated created) => Json(indented: true, json =>
    {
        json.WriteString("agent_id", created.AgentId);
        json.WriteString("message", created.Message);
        json.WriteString("run_id", created.RunId);
        json.WriteString("source", created.Source);
        if (created.SessionId is not null) json.WriteString("session_id", created.SessionId);
        if (created.NotCaptured is { Count: > 0 } fields) WriteStrings(json, "not_captured", fields);
    });

    static byte[] ToolCalls(Story story)
    {
        var lines = new ArrayBufferWriter<byte>();
        var requests = new Dictionary<string, ToolRequested>();
        foreach (var entry in story.Entries)
        {
            if (entry.Event is ToolRequested request) requests[request.CallId] = request;
            if (entry.Event is not ToolAnswered result || !requests.Remove(result.CallId, out var asked)) continue;
            lines.Write(Json(indented: false, json => ToolCall(json, story, asked, result)));
            lines.Write("\n"u8);
        }
        // A call that was asked for and never answered is part of the story too.
        foreach (var asked in requests.Values)
        {
            lines.Write(Json(indented: false, json => ToolCall(json, story, asked, null)));
            lines.Write("\n"u8);
        }
        return lines.WrittenSpan.ToArray();
    }

    static void ToolCall(Utf8JsonWriter json, Story story, ToolRequested asked, ToolAnswered? result)
    {
        json.WriteStartObject("request");
        json.WriteString("id", asked.CallId);
        json.WriteString("name", asked.Tool);
        json.WritePropertyName("arguments");
        WriteJsonOrText(json, story.InputOf(asked));
        json.WriteEndObject();
        if (result is null) return;
        json.WriteStartObject("result");
        json.WriteString("id", result.CallId);
        json.WriteString("output", story.OutputOf(result));
        if (result.OutputFrom is { } reused) json.WriteString("reused_from", ((ToolAnswered)story[reused]).CallId);
        if (result.Summary is not null) json.WriteString("summary", result.Summary);
        if (result.Error is { } error)
        {
            json.WriteString("error", $"{error.Code} ({result.Tool}): {error.Message}");
            json.WriteString("error_code", error.Code);
            json.WriteString("error_message", error.Message);
            json.WriteBoolean("retryable", error.Retryable);
        }
        json.WriteEndObject();
        json.WriteString("started_at", Timestamp(result.StartedAt));
        json.WriteString("completed_at", Timestamp(result.CompletedAt));
    }

    static byte[] Meta(Story story, RunCreated created, RunEnded? end) => Json(indented: true, json =>
    {
        var started = story.First<RunStarted>();
        var last = story.Entries[^1];
        json.WriteNumber("bundle_version", Version);
        json.WriteString("run_id", created.RunId);
        json.WriteString("agent_id", created.AgentId);
        json.WriteString("status", end?.State ?? "running");
        if (end?.Reason is not null) json.WriteString("reason", end.Reason);
        if (end?.Error is not null) json.WriteString("error", end.Error);
        json.WriteString("started_at", Timestamp(end?.StartedAt ?? story.Entries[0].Ts));
        json.WriteString("completed_at", Timestamp(last.Ts));
        json.WriteNumber("duration_ms", end?.DurationMs ?? 0);
        json.WriteNumber("tool_call_count", end?.ToolCalls ?? 0);
        json.WriteString("provider", started?.Provider ?? "");
        json.WriteString("model", started?.Model ?? "");
        json.WriteString("thinking", end?.Thinking ?? "");
        json.WriteBoolean("thinking_present", !string.IsNullOrEmpty(end?.Thinking));
        if (end?.Usage is { } usage)
        {
            json.WriteStartObject("usage");
            if (usage.Input is { } input) json.WriteNumber("input_tokens", input);
            if (usage.Output is { } output) json.WriteNumber("output_tokens", output);
            if (usage.Total is { } total) json.WriteNumber("total_tokens", total);
            json.WriteEndObject();
        }
        if (end?.CostUsd is { } cost) json.WriteNumber("cost_usd", cost);
        if (end?.OutcomeUnknown is { Count: > 0 } unknown) WriteStrings(json, "outcome_unknown", unknown);
        json.WriteStartObject("journal");
        json.WriteNumber("events", last.Seq);
        json.WriteString("head", last.Hash);
        json.WriteEndObject();
    });

    static string Timestamp(DateTimeOffset instant) => instant.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fffffff'Z'", CultureInfo.InvariantCulture);

    static void WriteStrings(Utf8JsonWriter json, string name, IReadOnlyList<string> values)
    {
        json.WriteStartArray(name);
        foreach (var value in values) json.WriteStringValue(value);
        json.WriteEndArray();
    }

    /// <summary>Arguments are shown as the JSON they are, on one line; what a model sent that is no JSON, or holds half a character, stays text.</summary>
    static void WriteJsonOrText(Utf8JsonWriter json, string text)
    {
        try
        {
            using var parsed = JsonDocument.Parse(text);
            var compact = new ArrayBufferWriter<byte>(text.Length);
            using (var writer = new Utf8JsonWriter(compact, new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping })) parsed.RootElement.WriteTo(writer);
            json.WriteRawValue(compact.WrittenSpan, skipInputValidation: true);
        }
        catch (Exception unreadable) when (unreadable is JsonException or InvalidOperationException)
        {
            json.WriteStringValue(text);
        }
    }

    static byte[] Json(bool indented, Action<Utf8JsonWriter> write)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, new() { Indented = indented, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, NewLine = "\n" }))
        {
            json.WriteStartObject();
            write(json);
            json.WriteEndObject();
        }
        if (indented) buffer.Write("\n"u8);
        return buffer.WrittenSpan.ToArray();
    }
}
