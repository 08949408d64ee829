using System.Globalization;
using System.Text.Json;
using Openclawssy.Runtime.Models;

namespace Openclawssy.Providers;

/// <summary>
/// A conversation written down beforehand. The file is JSON with comments:
/// <code>
/// { "turns": [
///     { "thinking": "First a look around.", "text": "I look first.", "calls": [ { "name": "fs.list", "arguments": { "path": "." } } ] },
///     { "expect": "haiku.txt", "text": ["Two lines", "make a paragraph."] } ] }
/// </code>
/// <c>expect</c>: a text, or several, that the results of the calls before must hold. <c>text</c> and <c>thinking</c>: a text, or lines.
/// A turn without calls is the answer and ends the run; the last turn must be one.
/// </summary>
sealed record RehearsalScript(string Name, IReadOnlyList<RehearsalTurn> Turns)
{
    static readonly JsonDocumentOptions Jsonc = new()
    {
        CommentHandling = JsonCommentHandling.Skip,
        AllowTrailingCommas = true,
        AllowDuplicateProperties = false,
    };

    /// <param name="name">What error messages call the script: its path.</param>
    /// <exception cref="ModelException"><c>model.misconfigured</c>, naming the place.</exception>
    public static RehearsalScript Parse(string text, string name)
    {
        try
        {
            using var document = JsonDocument.Parse(text, Jsonc);
            var root = Fields(document.RootElement, "the script", "turns");
            if (!root.TryGetValue("turns", out var list) || list.ValueKind != JsonValueKind.Array || list.GetArrayLength() == 0)
                throw new FormatException("\"turns\" must be a list of at least one turn");
            var turns = new List<RehearsalTurn>();
            foreach (var turn in list.EnumerateArray()) turns.Add(Turn(turn, $"turn {(turns.Count + 1).ToString(CultureInfo.InvariantCulture)}"));
            if (turns[^1].Calls.Count > 0) throw new FormatException("the last turn calls tools; add a turn with the closing text");
            return new(name, turns);
        }
        catch (JsonException error)
        {
            var line = (error.LineNumber + 1)?.ToString(CultureInfo.InvariantCulture) ?? "?";
            throw new ModelException(ModelErrorCodes.Misconfigured, $"the rehearsal script {name} is no valid JSON near line {line}; correct it there");
        }
        catch (FormatException error)
        {
            throw new ModelException(ModelErrorCodes.Misconfigured, $"the rehearsal script {name} is wrong: {error.Message}");
        }
    }

    static RehearsalTurn Turn(JsonElement element, string place)
    {
        var fields = Fields(element, place, "expect", "thinking", "text", "calls");
        var calls = new List<RehearsalCall>();
        if (fields.TryGetValue("calls", out var list))
        {
            if (list.ValueKind != JsonValueKind.Array) throw new FormatException($"\"calls\" of {place} must be a list");
            foreach (var call in list.EnumerateArray()) calls.Add(Call(call, place));
        }
        var turn = new RehearsalTurn(
            Strings(fields, "expect", place), string.Join('\n', Strings(fields, "thinking", place)), string.Join('\n', Strings(fields, "text", place)), calls);
        return turn.Text.Length > 0 || calls.Count > 0 ? turn : throw new FormatException($"{place} has neither \"text\" nor \"calls\"");
    }

    static RehearsalCall Call(JsonElement element, string place)
    {
        var fields = Fields(element, $"a call of {place}", "name", "arguments");
        if (!fields.TryGetValue("name", out var name) || name.ValueKind != JsonValueKind.String || name.GetString()!.Length == 0)
            throw new FormatException($"a call of {place} has no \"name\"");
        if (!fields.TryGetValue("arguments", out var arguments)) return new(name.GetString()!, "{}");
        // A text is sent as it stands, so that a script can also show what happens to broken arguments.
        return new(name.GetString()!, arguments.ValueKind == JsonValueKind.String ? arguments.GetString()! : arguments.GetRawText());
    }

    static Dictionary<string, JsonElement> Fields(JsonElement element, string place, params ReadOnlySpan<string> known)
    {
        if (element.ValueKind != JsonValueKind.Object) throw new FormatException($"{place} must be an object");
        var fields = new Dictionary<string, JsonElement>(StringComparer.Ordinal);
        foreach (var field in element.EnumerateObject())
        {
            if (!known.Contains(field.Name)) throw new FormatException($"{place} has an unknown field \"{field.Name}\"; known are {string.Join(", ", known!)}");
            fields[field.Name] = field.Value;
        }
        return fields;
    }

    static string[] Strings(Dictionary<string, JsonElement> fields, string name, string place)
    {
        if (!fields.TryGetValue(name, out var value)) return [];
        if (value.ValueKind == JsonValueKind.String) return [value.GetString()!];
        if (value.ValueKind == JsonValueKind.Array && value.EnumerateArray().All(item => item.ValueKind == JsonValueKind.String))
            return [.. value.EnumerateArray().Select(item => item.GetString()!)];
        throw new FormatException($"\"{name}\" of {place} must be a text or a list of texts");
    }
}

/// <param name="Expect">Texts the results before this turn must hold.</param>
sealed record RehearsalTurn(IReadOnlyList<string> Expect, string Thinking, string Text, IReadOnlyList<RehearsalCall> Calls);

/// <param name="Arguments">The argument text as a model would have written it.</param>
sealed record RehearsalCall(string Name, string Arguments);
