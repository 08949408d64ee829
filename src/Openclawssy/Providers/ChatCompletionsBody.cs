using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using Microsoft.Extensions.AI;
using Openclawssy.Runtime.Config;
using Openclawssy.Runtime.Models;

namespace Openclawssy.Providers;

/// <summary>
/// The request body of chat completions: a pure function of messages, options and endpoint, byte for byte, so that a body can be
/// rebuilt from a journal and compared with its hash.
/// </summary>
static class ChatCompletionsBody
{
    public static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    /// <param name="written">What a client has sent before, so that it is not written anew; the bytes are the same without it.</param>
    public static ReadOnlyMemory<byte> Write(IEnumerable<ChatMessage> messages, ChatOptions? options, ModelEndpoint endpoint, WrittenParts? written = null)
    {
        var buffer = new ArrayBufferWriter<byte>(16 * 1024);
        using (var writer = new Utf8JsonWriter(buffer, Options))
        {
            writer.WriteStartObject();
            writer.WriteString("model", options?.ModelId ?? endpoint.Model);
            writer.WriteStartArray("messages");
            if (options?.Instructions is { Length: > 0 } instructions) WritePlain(writer, "system", instructions);
            foreach (var message in messages)
            {
                if (written is not null && WrittenParts.IsOneValue(message)) written.Write(writer, message, (once, part) => WriteMessage(once, part, TakesBack(part)));
                else WriteMessage(writer, message, TakesBack(message));
            }
            writer.WriteEndArray();
            WriteTools(writer, options, written);
            if (options?.MaxOutputTokens is { } limit) writer.WriteNumber(endpoint.Quirks.MaxTokensField, limit);
            if (options?.Temperature is { } temperature) writer.WriteNumber("temperature", temperature);
            writer.WriteBoolean("stream", true);
            if (endpoint.Quirks.Usage == UsageRequest.StreamOptions)
            {
                writer.WriteStartObject("stream_options");
                writer.WriteBoolean("include_usage", true);
                writer.WriteEndObject();
            }
            writer.WriteEndObject();
        }
        return buffer.WrittenMemory;

        // What one model wants back another may refuse: signatures and reasoning return only to where they came from.
        bool TakesBack(ChatMessage message) => endpoint.Quirks.TakesFieldsBack
            && message.GetOrigin() is var from && (from is null || (from.Provider == endpoint.Provider && from.Model == (options?.ModelId ?? endpoint.Model)));
    }

    static void WriteMessage(Utf8JsonWriter writer, ChatMessage message, bool takesBack)
    {
        var calls = 0;
        var results = 0;
        foreach (var content in message.Contents)
        {
            if (content is FunctionCallContent) calls++;
            if (content is not FunctionResultContent result) continue;
            results++;
            writer.WriteStartObject();
            writer.WriteString("role", "tool");
            writer.WriteString("tool_call_id", result.CallId);
            writer.WriteString("content", SoundText.Of(TextOf(result.Result)));
            writer.WriteEndObject();
        }
        if (results > 0) return;
        if (message.Role != ChatRole.Assistant)
        {
            WritePlain(writer, message.Role.Value, message.Text);
            return;
        }

        // Thinking is not written from TextReasoningContent: servers that want it back named it themselves, and it is in the extra fields.
        writer.WriteStartObject();
        writer.WriteString("role", "assistant");
        var text = message.Text;
        if (text.Length == 0 && calls > 0) writer.WriteNull("content");
        else writer.WriteString("content", SoundText.Of(text));
        if (calls > 0) WriteCalls(writer, message, takesBack);
        if (takesBack && message.GetExtra() is { } extra) WriteFields(writer, extra, MessageFields);
        writer.WriteEndObject();
    }

    static void WritePlain(Utf8JsonWriter writer, string role, string text)
    {
        writer.WriteStartObject();
        writer.WriteString("role", role);
        writer.WriteString("content", SoundText.Of(text));
        writer.WriteEndObject();
    }

    static void WriteCalls(Utf8JsonWriter writer, ChatMessage message, bool takesBack)
    {
        writer.WriteStartArray("tool_calls");
        foreach (var content in message.Contents)
        {
            if (content is not FunctionCallContent call) continue;
            using var extra = takesBack && call.GetExtra() is { } json ? JsonDocument.Parse(json) : null;
            writer.WriteStartObject();
            writer.WriteString("id", call.CallId);
            writer.WriteString("type", "function");
            writer.WriteStartObject("function");
            writer.WriteString("name", ToolNames.ToWire(call.Name));
            writer.WriteString("arguments", SoundText.Of(SendableArguments(call.GetArgumentsText() ?? ArgumentsText.Of(call.Arguments))));
            if (extra is not null && extra.RootElement.TryGetProperty("function", out var inner)) WriteFields(writer, inner, FunctionFields);
            writer.WriteEndObject();
            if (extra is not null) WriteFields(writer, extra.RootElement, CallFields);
            writer.WriteEndObject();
        }
        writer.WriteEndArray();
    }

    // Servers parse the arguments of earlier calls and fail on what is no JSON object. The model still sees exactly what it wrote.
    static string SendableArguments(string text)
    {
        try
        {
            using var document = JsonDocument.Parse(text);
            if (document.RootElement.ValueKind == JsonValueKind.Object) return text;
        }
        catch (JsonException)
        {
        }
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer, Options))
        {
            writer.WriteStartObject();
            writer.WriteString("not_a_json_object", SoundText.Of(text));
            writer.WriteEndObject();
        }
        return System.Text.Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    static readonly HashSet<string> MessageFields = ["role", "content", "tool_calls", "tool_call_id", "name"];
    static readonly HashSet<string> CallFields = ["id", "type", "index", "function"];
    static readonly HashSet<string> FunctionFields = ["name", "arguments"];

    static void WriteFields(Utf8JsonWriter writer, string json, HashSet<string> except)
    {
        using var document = JsonDocument.Parse(json);
        WriteFields(writer, document.RootElement, except);
    }

    static void WriteFields(Utf8JsonWriter writer, JsonElement fields, HashSet<string> except)
    {
        if (fields.ValueKind != JsonValueKind.Object) return;
        foreach (var field in fields.EnumerateObject())
        {
            if (except.Contains(field.Name)) continue;
            writer.WritePropertyName(field.Name);
            writer.WriteRawValue(System.Runtime.InteropServices.JsonMarshal.GetRawUtf8Value(field.Value), skipInputValidation: true);
        }
    }

    static void WriteTools(Utf8JsonWriter writer, ChatOptions? options, WrittenParts? written)
    {
        if (options?.Tools is not { Count: > 0 } tools) return;
        writer.WritePropertyName("tools");
        if (written is not null) written.Write(writer, tools, WriteToolList);
        else WriteToolList(writer, tools);

        // "auto" is what every server does unasked.
        switch (options.ToolMode)
        {
            case NoneChatToolMode: writer.WriteString("tool_choice", "none"); break;
            case RequiredChatToolMode { RequiredFunctionName: { } name }:
                writer.WriteStartObject("tool_choice");
                writer.WriteString("type", "function");
                writer.WriteStartObject("function");
                writer.WriteString("name", ToolNames.ToWire(name));
                writer.WriteEndObject();
                writer.WriteEndObject();
                break;
            case RequiredChatToolMode: writer.WriteString("tool_choice", "required"); break;
        }
        if (options.AllowMultipleToolCalls is { } several) writer.WriteBoolean("parallel_tool_calls", several);
    }

    static void WriteToolList(Utf8JsonWriter writer, IList<AITool> tools)
    {
        writer.WriteStartArray();
        foreach (var tool in tools)
        {
            writer.WriteStartObject();
            writer.WriteString("type", "function");
            writer.WriteStartObject("function");
            writer.WriteString("name", ToolNames.ToWire(tool.Name));
            if (tool.Description.Length > 0) writer.WriteString("description", tool.Description);
            writer.WritePropertyName("parameters");
            if (tool is AIFunctionDeclaration { JsonSchema: { ValueKind: JsonValueKind.Object } schema }) schema.WriteTo(writer);
            else writer.WriteRawValue("{\"type\":\"object\",\"properties\":{}}"u8, skipInputValidation: true);
            writer.WriteEndObject();
            writer.WriteEndObject();
        }
        writer.WriteEndArray();
    }

    static string TextOf(object? result) => result switch
    {
        null => "",
        string text => text,
        JsonElement element => element.GetRawText(),
        _ => Convert.ToString(result, System.Globalization.CultureInfo.InvariantCulture) ?? "",
    };
}
