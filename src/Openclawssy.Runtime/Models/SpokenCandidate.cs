using System.Text;
using System.Text.Json;
using Openclawssy.Runtime.Text;

namespace Openclawssy.Runtime.Models;

/// <summary>Decides what a JSON text that names a tool is: calls, or attempts that go back to the model with the reason.</summary>
static class SpokenCandidate
{
    /// <summary>Longest name taken for a tool's, in characters.</summary>
    const int MaxName = 128;

    /// <summary>Longest part of a reason that is the parser's, in characters.</summary>
    const int MaxDetail = 200;

    static readonly JsonReaderOptions TrailingCommas = new() { AllowTrailingCommas = true };

    public static IReadOnlyList<SpokenPiece> Read(string text)
    {
        var (document, reason) = Parse(text);
        if (document is null) return [Rejected(text, reason)];
        using (document)
        {
            var root = document.RootElement;
            if (root.ValueKind == JsonValueKind.Object) return [One(root)];
            var pieces = new List<SpokenPiece>();
            foreach (var element in root.EnumerateArray())
            {
                pieces.Add(element.ValueKind == JsonValueKind.Object ? One(element)
                    : new SpokenRejection(SpokenRejection.NoName, $"array element {pieces.Count + 1} is not a JSON object", Cut(element.GetRawText())));
            }
            return pieces;
        }
    }

    static (JsonDocument? Document, string Reason) Parse(string text)
    {
        if (TryParse(text, out var detail) is { } document) return (document, "");
        var repaired = WithoutTrailingCommas(text);
        var reason = $"invalid JSON: {detail}";
        if (repaired == text) return (null, reason);
        document = TryParse(repaired, out var again);
        return (document, document is null ? $"{reason} (repair failed: {again})" : "");
    }

    static JsonDocument? TryParse(string text, out string detail)
    {
        detail = "";
        // By way of bytes: a lone surrogate becomes U+FFFD instead of an error of another kind.
        try { return JsonDocument.Parse(Encoding.UTF8.GetBytes(text)); }
        catch (JsonException error)
        {
            detail = Truncation.OneLine(error.Message, MaxDetail);
            return null;
        }
    }

    static SpokenPiece One(JsonElement call)
    {
        JsonElement name = default, arguments = default, id = default;
        string? twice = null;
        foreach (var field in call.EnumerateObject())
        {
            if (field.NameEquals("tool_name"u8)) Set(ref name, field);
            else if (field.NameEquals("arguments"u8)) Set(ref arguments, field);
            else if (field.NameEquals("id"u8)) Set(ref id, field);
        }
        var asked = TextOf(name);
        var reason = twice is not null ? $"invalid JSON: \"{twice}\" is given twice"
            : name.ValueKind == JsonValueKind.Undefined ? "missing tool_name field"
            : asked is null || asked.Length > MaxName ? "invalid tool_name field"
            : arguments.ValueKind == JsonValueKind.Undefined ? "missing arguments field"
            : arguments.ValueKind != JsonValueKind.Object ? "arguments must be a JSON object"
            : id.ValueKind != JsonValueKind.Undefined && TextOf(id) is null ? "id must be a non-empty string"
            : null;
        return reason is null ? new SpokenCall(TextOf(id), asked!, arguments.GetRawText()) : new SpokenRejection(Usable(asked), reason, Cut(call.GetRawText()));

        void Set(ref JsonElement value, JsonProperty field)
        {
            if (value.ValueKind != JsonValueKind.Undefined) twice = field.Name;
            value = field.Value;
        }
    }

    static SpokenRejection Rejected(string text, string reason) => new(Usable(NameIn(text)), reason, Cut(text));

    /// <summary>The name in a text that is JSON only up to some point.</summary>
    static string? NameIn(string text)
    {
        var reader = new Utf8JsonReader(Encoding.UTF8.GetBytes(text), TrailingCommas);
        try
        {
            while (reader.Read())
            {
                if (reader.CurrentDepth > 1 || reader.TokenType != JsonTokenType.PropertyName || !reader.ValueTextEquals("tool_name"u8)) continue;
                return reader.Read() && reader.TokenType == JsonTokenType.String ? reader.GetString()?.Trim() : null;
            }
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
        }
        return null;
    }

    static string? TextOf(JsonElement value)
    {
        if (value.ValueKind != JsonValueKind.String) return null;
        try { return value.GetString()!.Trim() is { Length: > 0 } text ? text : null; }
        // Half a surrogate pair, written as an escape.
        catch (InvalidOperationException) { return null; }
    }

    static string Usable(string? name) => name is { Length: > 0 and <= MaxName } ? name : SpokenRejection.NoName;

    static string Cut(string text) => Truncation.Chars(text, SpokenRejection.MaxSnippet);

    /// <summary>The text without the commas that stand directly before a closing bracket; strings are left alone.</summary>
    internal static string WithoutTrailingCommas(string text)
    {
        var kept = new StringBuilder(text.Length);
        var comma = -1;
        var before = '[';
        var inString = false;
        for (var i = 0; i < text.Length; i++)
        {
            var c = text[i];
            if (inString)
            {
                kept.Append(c);
                if (c == '\\' && i + 1 < text.Length) kept.Append(text[++i]);
                inString = c != '"';
                continue;
            }
            if (c is '}' or ']' && comma >= 0) kept.Remove(comma, 1);
            if (c is not (' ' or '\t' or '\r' or '\n'))
            {
                comma = c == ',' && before is not ('{' or '[' or ',') ? kept.Length : -1;
                before = c;
            }
            inString = c == '"';
            kept.Append(c);
        }
        return kept.ToString();
    }
}
