using System.Text.Json;
using System.Text.Json.Nodes;

namespace Openclawssy.Runtime.Scheduling;

/// <summary>The members of one JSON object, taken by name; what was not taken is the rest.</summary>
sealed class JobMembers
{
    readonly JsonElement element;
    readonly string path;
    readonly HashSet<string> taken = new(StringComparer.Ordinal);

    public JobMembers(JsonElement element, string path)
    {
        (this.element, this.path) = (element, path);
        if (element.ValueKind != JsonValueKind.Object) throw new FormatException($"{path} must be an object");
    }

    public string? Text(string name) => Take(name) is { } value ? value.ValueKind == JsonValueKind.String ? value.GetString() : throw Wrong(name, "a text") : null;

    public bool Flag(string name, bool otherwise) => MaybeFlag(name) ?? otherwise;

    public bool? MaybeFlag(string name) => Take(name) is { } value ? value.ValueKind is JsonValueKind.True or JsonValueKind.False ? value.GetBoolean() : throw Wrong(name, "true or false") : null;

    public T? Parsed<T>(string name, Func<string, T> parse) where T : struct
    {
        if (Text(name) is not { } text) return null;
        try { return parse(text); }
        catch (FormatException problem) { throw new FormatException($"{path}.{name}: {problem.Message}"); }
    }

    public DateTimeOffset? Instant(string name) => Text(name) is { Length: > 0 } text ? Rfc3339.Parse(text) ?? throw Wrong(name, "an instant such as 2030-01-31T09:00:00Z") : null;

    public JobMembers? Object(string name) => Take(name) is { } value ? new(value, $"{path}.{name}") : null;

    /// <summary>An object, as its text.</summary>
    public string? Raw(string name) => Take(name) is { } value ? value.ValueKind == JsonValueKind.Object ? value.GetRawText() : throw Wrong(name, "an object") : null;

    public IEnumerable<JsonElement> Array(string name) => Take(name) is not { } value ? [] : value.ValueKind == JsonValueKind.Array ? value.EnumerateArray() : throw Wrong(name, "a list");

    public IReadOnlyList<string> Texts(string name) => [.. Array(name).Select(value => value.ValueKind == JsonValueKind.String ? value.GetString()! : throw Wrong(name, "a list of texts"))];

    public IReadOnlyList<KeyValuePair<string, JsonNode?>> Rest() =>
        [.. element.EnumerateObject().Where(member => !taken.Contains(member.Name)).Select(member => KeyValuePair.Create(member.Name, JsonNode.Parse(member.Value.GetRawText())))];

    public FormatException Missing(string name) => new($"{path} has no \"{name}\"");

    FormatException Wrong(string name, string wanted) => new($"{path}.{name} must be {wanted}");

    // Null is how some programs write a member that is not there.
    JsonElement? Take(string name)
    {
        taken.Add(name);
        return element.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null ? value : null;
    }
}
