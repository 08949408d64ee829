using System.Text;
using System.Text.Json;
using Openclawssy.Runtime.Storage;
using Openclawssy.Runtime.Text;

namespace Openclawssy.Runtime.Sessions;

/// <summary>
/// The content of a tool's message: one JSON object with what was called, what came of it, and the arguments, so that a later
/// run can be shown the call and its result as a pair. Bounded; the run's journal has everything.
/// </summary>
/// <param name="Arguments">The JSON object the tool was called with, as text; empty when it is not known.</param>
public sealed record ToolMessage(
    string Tool, string Id, string Summary = "", string Output = "", string Error = "", string ErrorCode = "", string ErrorMessage = "", string Arguments = "")
{
    /// <summary>Bounds of what is kept, in UTF-16 units. With them no line comes near <see cref="MessageLine.MaxBytes"/>, whatever has to be escaped.</summary>
    public const int MaxOutput = 64 * 1024, MaxArguments = 16 * 1024, MaxText = 4 * 1024;

    /// <summary>Longest tool name and call id that is kept, in UTF-16 units.</summary>
    public const int MaxName = 128;

    /// <summary>The message to append.</summary>
    public SessionMessage ToMessage(DateTimeOffset ts, string? runId) => new(SessionRoles.Tool, ToContent(), ts, runId, Truncation.Chars(Id, MaxName), Truncation.Chars(Tool, MaxName));

    public string ToContent()
    {
        using var fields = new LineFields();
        var json = fields.Json;
        json.WriteStartObject();
        json.WriteString("tool", Kept(Tool, MaxName));
        json.WriteString("id", Kept(Id, MaxName));
        json.WriteString("summary", Kept(Summary, MaxText));
        json.WriteString("output", Kept(Output, MaxOutput));
        json.WriteString("error", Kept(Error, MaxText));
        json.WriteString("error_code", Kept(ErrorCode, MaxName));
        json.WriteString("error_message", Kept(ErrorMessage, MaxText));
        json.WriteString("arguments", CallArguments.Within(Arguments, MaxArguments));
        json.WriteEndObject();
        return Encoding.UTF8.GetString(fields.Finish());
    }

    static string Kept(string text, int max) => WellFormed.Of(Truncation.Chars(text, max));

    /// <summary>Reads any tool message: fields that are no text are shown as JSON, and content that is no JSON object is the output.</summary>
    public static ToolMessage Of(SessionMessage message)
    {
        var named = new ToolMessage(message.ToolName ?? "", message.ToolCallId ?? "");
        try
        {
            using var json = JsonDocument.Parse(WellFormed.Of(message.Content));
            if (json.RootElement is not { ValueKind: JsonValueKind.Object } content) return named with { Output = message.Content };
            string Field(string name) => content.TryGetProperty(name, out var value) ? value.ValueKind switch
            {
                JsonValueKind.String => value.GetString()!,
                JsonValueKind.Null => "",
                _ => value.GetRawText(),
            } : "";
            return new(Field("tool") is { Length: > 0 } tool ? tool : named.Tool, Field("id") is { Length: > 0 } id ? id : named.Id,
                Field("summary"), Field("output"), Field("error"), Field("error_code"), Field("error_message"), Field("arguments"));
        }
        // A text that is no sound Unicode is an InvalidOperationException.
        catch (Exception fault) when (fault is JsonException or InvalidOperationException)
        {
            return named with { Output = message.Content };
        }
    }
}
