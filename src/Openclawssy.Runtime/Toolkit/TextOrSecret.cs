using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Openclawssy.Runtime.Toolkit;

/// <summary>A value a call gives: a text, or the name of a secret whose value is put in beyond the tool, where the operator bound it.</summary>
[JsonConverter(typeof(TextOrSecretJson))]
public sealed record TextOrSecret
{
    TextOrSecret(string? text, string? secret) => (Text, Secret) = (text, secret);

    /// <summary>Null when the value is a secret.</summary>
    public string? Text { get; }

    public string? Secret { get; }

    public static TextOrSecret Of(string text) => new(text, null);

    public static TextOrSecret OfSecret(string name) => new(null, name);
}

/// <summary>Reads <c>"text"</c>, a number, true, false or <c>{"secret":"NAME"}</c>.</summary>
public sealed class TextOrSecretJson : JsonConverter<TextOrSecret>
{
    public override TextOrSecret Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.String: return TextOrSecret.Of(reader.GetString()!);
            case JsonTokenType.Number: return TextOrSecret.Of(Encoding.ASCII.GetString(reader.ValueSpan));
            case JsonTokenType.True: return TextOrSecret.Of("true");
            case JsonTokenType.False: return TextOrSecret.Of("false");
            case JsonTokenType.StartObject:
                string? name = null;
                while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
                {
                    if (name is not null || !reader.ValueTextEquals("secret"u8) || !reader.Read() || reader.TokenType != JsonTokenType.String) throw new JsonException();
                    name = reader.GetString();
                }
                return TextOrSecret.OfSecret(name ?? throw new JsonException());
            default: throw new JsonException();
        }
    }

    public override void Write(Utf8JsonWriter writer, TextOrSecret value, JsonSerializerOptions options)
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
