using System.Text.Json;
using System.Text.Json.Nodes;
using Openclawssy.Runtime.Text;

namespace Openclawssy.Runtime.Toolkit;

/// <summary>
/// What a tool's input must look like, compiled from the very schema the model is shown, so that what is promised and what is
/// enforced cannot differ. A schema keyword it does not enforce is a programming error, not a gap.
/// </summary>
sealed class InputShape
{
    string kind = "";
    bool isPath;
    long min = long.MinValue, max = long.MaxValue;
    readonly Dictionary<string, InputShape> fields = new(StringComparer.Ordinal);
    readonly List<string> required = [];
    string[]? words;
    InputShape? items;
    InputShape? values;
    InputShape[]? forms;
    bool isFree;

    public static InputShape Compile(JsonNode? node)
    {
        if (node is not JsonObject schema) throw new NotSupportedException("a tool's input may not hold a value that can be anything");
        var shape = new InputShape();
        foreach (var (keyword, value) in schema)
            switch (keyword)
            {
                case "type": shape.kind = (string)value!; break;
                case ToolSchema.PathMark: shape.isPath = true; break;
                case "minimum": shape.min = (long)value!; break;
                case "maximum": shape.max = (long)value!; break;
                case "enum": shape.words = [.. value!.AsArray().Select(word => (string)word!)]; break;
                case "items" when value is JsonObject { Count: 0 }: shape.isFree = true; break;
                case "items": shape.items = Compile(value); break;
                case "anyOf": shape.forms = [.. value!.AsArray().Select(Compile)]; break;
                case "required": shape.required.AddRange(value!.AsArray().Select(name => (string)name!)); break;
                case "properties":
                    foreach (var (name, field) in value!.AsObject()) shape.fields.Add(name, Compile(field));
                    break;
                case "description" or "default" or ToolSchema.SensitiveMark: break;
                case "additionalProperties" when value is JsonValue allowed && allowed.TryGetValue(out bool any) && !any: break;
                case "additionalProperties" when value is JsonValue: shape.isFree = true; break;
                case "additionalProperties": shape.values = Compile(value); break;
                default: throw new NotSupportedException($"a tool's input may not use the schema keyword {keyword}: nothing enforces it");
            }
        // The first token of a value must say which of several forms it has.
        if (shape.forms is { } forms) return forms.Select(form => form.kind).Distinct().Count() == forms.Length && forms.All(form => form.forms is null)
            ? shape
            : throw new NotSupportedException("the forms of a tool's input value must differ in their types");
        return shape.kind is "object" or "string" or "integer" or "number" or "boolean" || (shape.kind is "array" && (shape.items is not null || shape.isFree))
            ? shape
            : throw new NotSupportedException($"a tool's input may not hold a value of type \"{shape.kind}\"");
    }

    /// <summary>Checks the value the reader stands on and leaves it on the value's last token.</summary>
    public void Check(ref Utf8JsonReader reader, string path, string tool)
    {
        if (forms is not null)
        {
            var token = reader.TokenType;
            var form = Array.Find(forms, form => form.Takes(token)) ?? throw Refuse(path, $"must be {string.Join(" or ", forms.Select(form => Kinds(form.kind)))}, {(token == JsonTokenType.Null ? "not null; leave an optional field out instead" : $"got {Got(token)}")}");
            form.Check(ref reader, path, tool);
            return;
        }
        switch (kind, reader.TokenType)
        {
            case ("object", JsonTokenType.StartObject) or ("array", JsonTokenType.StartArray) when isFree: reader.Skip(); break;
            case ("object", JsonTokenType.StartObject): CheckObject(ref reader, path, tool); break;
            case ("array", JsonTokenType.StartArray):
                for (var i = 0; reader.Read() && reader.TokenType != JsonTokenType.EndArray; i++) items!.Check(ref reader, $"{path}[{i}]", tool);
                break;
            case ("string", JsonTokenType.String): CheckText(ref reader, path); break;
            case ("integer", JsonTokenType.Number): CheckInteger(ref reader, path); break;
            case ("number", JsonTokenType.Number) or ("boolean", JsonTokenType.True or JsonTokenType.False): break;
            case (_, JsonTokenType.Null): throw Refuse(path, $"must be {Kinds(kind)}, not null; leave an optional field out instead");
            default: throw Refuse(path, $"must be {Kinds(kind)}, got {Got(reader.TokenType)}");
        }
    }

    bool Takes(JsonTokenType token) => token switch
    {
        JsonTokenType.StartObject => kind == "object",
        JsonTokenType.StartArray => kind == "array",
        JsonTokenType.String => kind == "string",
        JsonTokenType.Number => kind is "number" or "integer",
        JsonTokenType.True or JsonTokenType.False => kind == "boolean",
        _ => false,
    };

    void CheckObject(ref Utf8JsonReader reader, string path, string tool)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
        {
            var name = Text(ref reader, path);
            var here = Below(path, name);
            if ((fields.GetValueOrDefault(name) ?? values) is not { } field) throw Refuse(here, path == "$"
                ? $"{tool} has no such field; {Known()}"
                : $"there is no such field here; {Known()}");
            if (!seen.Add(name)) throw Refuse(here, "the field is given twice; give it once");
            reader.Read();
            field.Check(ref reader, here, tool);
        }
        var missing = required.Where(name => !seen.Contains(name)).ToList();
        if (missing.Count > 0) throw Refuse(Below(path, missing[0]), missing.Count == 1
            ? $"the required field \"{missing[0]}\" is missing; {Known()}"
            : $"the required fields {string.Join(", ", missing.Select(name => $"\"{name}\""))} are missing; {Known()}");
    }

    void CheckText(ref Utf8JsonReader reader, string path)
    {
        if (!isPath && words is null)
        {
            if (reader.ValueIsEscaped) Text(ref reader, path);
            return;
        }
        var text = Text(ref reader, path);
        if (words is not null && !words.Contains(text)) throw Refuse(path, $"must be one of {string.Join(", ", words)}, got \"{Truncation.OneLine(text, 60)}\"");
        if (!isPath) return;
        try { WorkspacePath.Parse(text); }
        catch (ToolException refusal)
        {
            var message = $"{path}: {refusal.Message}";
            throw refusal.Code == ToolErrorCodes.PolicyDenied ? ToolException.Denied(message, refusal.Path) : ToolException.InvalidInput(message, path);
        }
    }

    void CheckInteger(ref Utf8JsonReader reader, string path)
    {
        if (reader.ValueSpan.ContainsAny((byte)'.', (byte)'e', (byte)'E'))
            throw Refuse(path, $"must be an integer written with digits only, got {Number(ref reader)}");
        if (!reader.TryGetInt64(out var value) || value < min || value > max) throw Refuse(path, (min, max) switch
        {
            (_, long.MaxValue) when min > long.MinValue => $"must be {min} or more, got {Number(ref reader)}",
            (long.MinValue, _) when max < long.MaxValue => $"must be {max} or less, got {Number(ref reader)}",
            (long.MinValue, long.MaxValue) => $"{Number(ref reader)} is too large",
            _ => $"must be between {min} and {max}, got {Number(ref reader)}",
        });
    }

    string Known() => fields.Count == 0 ? "it takes none" : $"its fields are {string.Join(", ", fields.Keys)}";

    static string Number(ref Utf8JsonReader reader) => Truncation.Chars(System.Text.Encoding.ASCII.GetString(reader.ValueSpan), 40);

    // The input is valid UTF-8 already, so what fails here is half a surrogate pair written as an escape.
    static string Text(ref Utf8JsonReader reader, string path)
    {
        try { return reader.GetString()!; }
        catch (InvalidOperationException) { throw Refuse(path, "a text holds half a surrogate pair (a lone \\uD800..\\uDFFF escape), which is no character"); }
    }

    static string Below(string path, string name) =>
        name.Length is > 0 and <= 60 && name.All(c => char.IsAsciiLetterOrDigit(c) || c == '_') ? $"{path}.{name}" : $"{path}['{Truncation.OneLine(name, 60)}']";

    static string Kinds(string kind) => kind switch
    {
        "object" => "an object",
        "array" => "an array",
        "integer" => "an integer",
        "number" => "a number",
        "boolean" => "true or false",
        _ => "a string",
    };

    static string Got(JsonTokenType token) => token switch
    {
        JsonTokenType.StartObject => "an object",
        JsonTokenType.StartArray => "an array",
        JsonTokenType.String => "a string",
        JsonTokenType.Number => "a number",
        _ => "a boolean",
    };

    static ToolException Refuse(string path, string what) => ToolException.InvalidInput($"{path}: {what}", path);
}
