using System.Buffers;
using System.Text;
using System.Text.Json;
using Openclawssy.Runtime.Storage;
using Openclawssy.Runtime.Text;

namespace Openclawssy.Runtime.Sessions;

/// <summary>A message as one line of <c>messages.jsonl</c>.</summary>
static class MessageLine
{
    /// <summary>Longest line, in bytes without its newline.</summary>
    public const int MaxBytes = 8 * 1024 * 1024;

    /// <summary>Whole lines for messages, in order.</summary>
    /// <param name="now">The time of a message that has none.</param>
    public static ReadOnlyMemory<byte> Compose(IReadOnlyList<SessionMessage> messages, DateTimeOffset now)
    {
        var lines = new ArrayBufferWriter<byte>(1024);
        foreach (var message in messages)
        {
            if (message.Role is not (SessionRoles.User or SessionRoles.Assistant or SessionRoles.Tool))
                throw SessionException.MessageInvalid($"\"{message.Role}\" is no role of a conversation; use user, assistant or tool");
            if (string.IsNullOrWhiteSpace(message.Content)) throw SessionException.MessageInvalid("a message without content cannot be kept; leave it out");
            var began = lines.WrittenCount;
            Write(lines, message, now);
            if (lines.WrittenCount - began > MaxBytes) throw SessionException.MessageInvalid($"a message of {lines.WrittenCount - began} bytes cannot be kept; at most {MaxBytes} can");
            lines.Write("\n"u8);
        }
        return lines.WrittenMemory;
    }

    static void Write(ArrayBufferWriter<byte> lines, SessionMessage message, DateTimeOffset now)
    {
        using var fields = new LineFields();
        var json = fields.Json;
        json.WriteStartObject();
        json.WriteString("role", message.Role);
        json.WriteString("content", WellFormed.Of(message.Content));
        json.WriteString("ts", (message.Ts == default ? now : message.Ts).UtcDateTime);
        if (message.RunId is not null) json.WriteString("run_id", WellFormed.Of(message.RunId));
        if (message.ToolCallId is not null) json.WriteString("tool_call_id", WellFormed.Of(message.ToolCallId));
        if (message.ToolName is not null) json.WriteString("tool_name", WellFormed.Of(message.ToolName));
        json.WriteEndObject();
        lines.Write(fields.Finish());
    }

    /// <summary>Null when the line is no message. Fields this program does not know are passed over.</summary>
    public static SessionMessage? Read(ReadOnlySpan<byte> line)
    {
        string? role = null, content = null, run = null, call = null, tool = null;
        DateTimeOffset ts = default;
        try
        {
            var json = new Utf8JsonReader(line);
            if (!json.Read() || json.TokenType != JsonTokenType.StartObject) return null;
            while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
            {
                if (json.ValueTextEquals("role"u8)) role = Text(ref json);
                else if (json.ValueTextEquals("content"u8)) content = Text(ref json);
                else if (json.ValueTextEquals("ts"u8)) ts = json.Read() && json.TokenType != JsonTokenType.Null ? json.GetDateTimeOffset() : default;
                else if (json.ValueTextEquals("run_id"u8)) run = Text(ref json);
                else if (json.ValueTextEquals("tool_call_id"u8)) call = Text(ref json);
                else if (json.ValueTextEquals("tool_name"u8)) tool = Text(ref json);
                else json.Skip();
            }
            // Throws when anything follows the object.
            json.Read();
        }
        // A text that is no sound Unicode is an InvalidOperationException, a time that is none a FormatException.
        catch (Exception fault) when (fault is JsonException or InvalidOperationException or FormatException)
        {
            return null;
        }
        return string.IsNullOrWhiteSpace(role) || content is null ? null : new(role, content, ts, run, call, tool);
    }

    static string? Text(ref Utf8JsonReader json)
    {
        json.Read();
        return json.GetString();
    }
}
