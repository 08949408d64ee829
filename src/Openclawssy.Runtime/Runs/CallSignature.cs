using System.Buffers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Openclawssy.Runtime.Runs;

/// <summary>Makes equal calls recognisable: the tool and its input, however the input was spaced and ordered, as a SHA-256.</summary>
static class CallSignature
{
    public static string Of(string tool, string arguments)
    {
        var buffer = new ArrayBufferWriter<byte>(arguments.Length + 64);
        buffer.Write(Encoding.UTF8.GetBytes(tool));
        buffer.Write("\n"u8);
        try
        {
            using var parsed = JsonDocument.Parse(arguments);
            using var json = new Utf8JsonWriter(buffer);
            Write(json, parsed.RootElement);
        }
        // What is no JSON is its own text. So are half surrogate pairs, which cannot be written again.
        catch (Exception unreadable) when (unreadable is JsonException or InvalidOperationException)
        {
            buffer.ResetWrittenCount();
            buffer.Write(Encoding.UTF8.GetBytes($"{tool}\nraw\n{arguments}"));
        }
        return Convert.ToHexStringLower(SHA256.HashData(buffer.WrittenSpan));
    }

    /// <summary>The same for what a call gave.</summary>
    public static string OfResult(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));

    static void Write(Utf8JsonWriter json, JsonElement value)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Object:
                json.WriteStartObject();
                // A stable sort: a name given twice stays in its order, and different inputs stay different.
                foreach (var field in value.EnumerateObject().OrderBy(field => field.Name, StringComparer.Ordinal))
                {
                    json.WritePropertyName(field.Name);
                    Write(json, field.Value);
                }
                json.WriteEndObject();
                break;
            case JsonValueKind.Array:
                json.WriteStartArray();
                foreach (var item in value.EnumerateArray()) Write(json, item);
                json.WriteEndArray();
                break;
            case JsonValueKind.String: json.WriteStringValue(value.GetString()); break;
            default: json.WriteRawValue(value.GetRawText()); break;
        }
    }
}
