using System.Text.Json;

namespace Openclawssy.Runtime.Config;

/// <summary>A secret written into the file. It is never repeated, not even in a complaint about it.</summary>
sealed class SecretKind : Kind<ConfigSecret?>
{
    public override string Type => "secret text";
    public override string Rule => $"{ConfigSecret.MinLength} to {ConfigSecret.MaxLength} printable characters without spaces";
    public override bool Secret => true;

    public override bool TryRead(ref Utf8JsonReader reader, string path, ConfigReading reading, ref ConfigSecret? value)
    {
        if (reader.TokenType != JsonTokenType.String) return RefuseType(ref reader, path, reading, "text");
        if (!reading.TryText(ref reader, path, out var text)) return false;
        if (text.Length == 0) return true;
        if (Complain(text) is { } complaint)
        {
            reading.Problem(path, (int)reader.TokenStartIndex, ConfigFault.Value, $"{path} {complaint}");
            return false;
        }
        value = new(text);
        return true;
    }

    public override void Write(Utf8JsonWriter writer, ConfigSecret? value) => writer.WriteStringValue(ConfigSecret.Shown);

    public override void Describe(Utf8JsonWriter writer)
    {
        writer.WriteString("type", "string");
        writer.WriteBoolean("writeOnly", true);
    }

    static string? Complain(string text)
    {
        if (text == ConfigSecret.Shown) return $"is the word {ConfigSecret.Shown} that stands for a secret where the configuration is shown; write the secret itself or leave the key out";
        if (text.Length < ConfigSecret.MinLength) return $"must have at least {ConfigSecret.MinLength} characters: a shorter secret cannot be scrubbed from what is written and shown";
        if (text.Length > ConfigSecret.MaxLength) return $"must have at most {ConfigSecret.MaxLength} characters";
        return text.Any(c => c is <= ' ' or > '~') ? "must consist of printable ASCII characters without spaces" : null;
    }
}

/// <summary>Further request headers of a provider. People put credentials there, so every value is treated as one.</summary>
sealed class HeadersKind : Kind<IReadOnlyDictionary<string, ConfigSecret>>
{
    const int MaxHeaders = 32;

    // Framing belongs to the wire, authority to the egress client.
    static readonly string[] Taken = ["authorization", "proxy-authorization", "host", "content-length", "content-type", "transfer-encoding", "connection", "upgrade", "te", "trailer", "expect", "cookie"];

    public override string Type => "object of secret text";
    public override string Rule => "names are HTTP header names; values are printable and shown as `[set]`; `Authorization` and framing headers are not allowed";
    public override bool Secret => true;

    public override bool TryRead(ref Utf8JsonReader reader, string path, ConfigReading reading, ref IReadOnlyDictionary<string, ConfigSecret> value)
    {
        if (reader.TokenType != JsonTokenType.StartObject) return RefuseType(ref reader, path, reading, "an object of header names and values");
        var headers = new OrderedDictionary<string, ConfigSecret>(StringComparer.OrdinalIgnoreCase);
        var fits = true;
        while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
        {
            var offset = (int)reader.TokenStartIndex;
            var named = reading.TryText(ref reader, path, out var name);
            reader.Read();
            if (named && TryReadOne(ref reader, ConfigPath.Join(path, name!), name!, offset, reading, headers)) continue;
            fits = false;
            reader.Skip();
        }
        if (fits) value = headers;
        return fits;
    }

    static bool TryReadOne(ref Utf8JsonReader reader, string at, string name, int offset, ConfigReading reading, OrderedDictionary<string, ConfigSecret> headers)
    {
        string? text = "";
        if (reader.TokenType == JsonTokenType.String && !reading.TryText(ref reader, at, out text)) return false;
        var complaint = name switch
        {
            _ when headers.Count == MaxHeaders => $"is one header more than the {MaxHeaders} allowed",
            _ when name.Length is 0 or > 100 || !name.All(IsTokenChar) => "is no HTTP header name",
            _ when Taken.Contains(name, StringComparer.OrdinalIgnoreCase) => name.EndsWith("authorization", StringComparison.OrdinalIgnoreCase)
                ? "is set by the program itself; use api_key_env, the secret store or api_key" : "is set by the program itself",
            _ when headers.ContainsKey(name) => "is written twice; header names do not distinguish case",
            _ when reader.TokenType != JsonTokenType.String => $"must be text (it is {Shown.Type(reader.TokenType)})",
            _ when text.Length is 0 or > ConfigSecret.MaxLength || text.Any(c => c is < ' ' or > '~') => $"must have a value of 1 to {ConfigSecret.MaxLength} printable ASCII characters",
            _ => null,
        };
        if (complaint is null) headers.Add(name, new(text));
        else reading.Problem(at, offset, ConfigFault.Value, $"{at} {complaint}");
        return complaint is null;
    }

    public override void Write(Utf8JsonWriter writer, IReadOnlyDictionary<string, ConfigSecret> value)
    {
        writer.WriteStartObject();
        foreach (var name in value.Keys) writer.WriteString(name, ConfigSecret.Shown);
        writer.WriteEndObject();
    }

    public override bool IsSaid(IReadOnlyDictionary<string, ConfigSecret> value) => value.Count > 0;

    public override bool Same(IReadOnlyDictionary<string, ConfigSecret> a, IReadOnlyDictionary<string, ConfigSecret> b) =>
        a.Count == b.Count && a.All(header => b.TryGetValue(header.Key, out var other) && other.Reveal() == header.Value.Reveal());

    public override void Describe(Utf8JsonWriter writer)
    {
        writer.WriteString("type", "object");
        writer.WriteNumber("maxProperties", MaxHeaders);
        writer.WriteBoolean("writeOnly", true);
        writer.WriteStartObject("additionalProperties");
        writer.WriteString("type", "string");
        writer.WriteNumber("minLength", 1);
        writer.WriteEndObject();
    }

    static bool IsTokenChar(char c) => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.' or '!' or '#' or '$' or '%' or '&' or '\'' or '*' or '+' or '^' or '`' or '|' or '~';
}
