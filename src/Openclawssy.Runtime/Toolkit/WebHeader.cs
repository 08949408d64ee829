using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Openclawssy.Runtime.Toolkit;

/// <summary>The value of one request header: a text, or the name of a secret whose value only the egress client sees.</summary>
[JsonConverter(typeof(WebHeaderJson))]
public sealed record WebHeader
{
    WebHeader(string? text, string? secret) => (Text, Secret) = (text, secret);

    /// <summary>Null when the value is a secret.</summary>
    public string? Text { get; }

    public string? Secret { get; }

    public static WebHeader Of(string text) => new(text, null);

    public static WebHeader OfSecret(string name) => new(null, name);
}

/// <summary>Reads <c>"text"</c>, a number, true, false or <c>{"secret":"NAME"}</c>.</summary>
public sealed class WebHeaderJson : JsonConverter<WebHeader>
{
    public override WebHeader Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.String: return WebHeader.Of(reader.GetString()!);
            case JsonTokenType.Number: return WebHeader.Of(Encoding.ASCII.GetString(reader.ValueSpan));
            case JsonTokenType.True: return WebHeader.Of("true");
            case JsonTokenType.False: return WebHeader.Of("false");
            case JsonTokenType.StartObject:
                string? name = null;
                while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
                {
                    if (name is not null || !reader.ValueTextEquals("secret"u8) || !reader.Read() || reader.TokenType != JsonTokenType.String) throw new JsonException();
                    name = reader.GetString();
                }
                return WebHeader.OfSecret(name ?? throw new JsonException());
            default: throw new JsonException();
        }
    }

    public override void Write(Utf8JsonWriter writer, WebHeader value, JsonSerializerOptions options)
    {
        if (value.Text is { } text)
        {
            writer.WriteStringValue(text);
            return;
        }
        writer.WriteStartObject();
        writer.WriteString("secret", value.Secret);
        writer.WriteEndObject();
    }
}
