using System.Text.Json;
using Openclawssy.Runtime.Text;

namespace Openclawssy.Runtime.Config;

/// <summary>What is wrong with a text, to be put after its path; null when nothing is.</summary>
delegate string? TextRule(string text);

/// <param name="blankIsUnset">The earlier program wrote empty text for "not set".</param>
/// <param name="repeat">Whether a message may repeat the value.</param>
sealed class TextKind(string rule, TextRule check, bool blankIsUnset = false, bool repeat = true, Func<string, string>? normalize = null) : Kind<string>
{
    public override string Type => "text";
    public override string Rule => rule;

    public override bool TryRead(ref Utf8JsonReader reader, string path, ConfigReading reading, ref string value)
    {
        if (reader.TokenType != JsonTokenType.String) return RefuseType(ref reader, path, reading, "text");
        if (!reading.TryText(ref reader, path, out var text)) return false;
        if (blankIsUnset && string.IsNullOrWhiteSpace(text)) return true;
        text = normalize is null ? text : normalize(text);
        if (check(text) is { } complaint)
        {
            var given = repeat && text.Length > 0 ? $" (it is {Shown.Text(text)})" : "";
            reading.Problem(path, (int)reader.TokenStartIndex, ConfigFault.Value, $"{path} {complaint}{given}");
            return false;
        }
        value = text;
        return true;
    }

    public override void Write(Utf8JsonWriter writer, string value) => writer.WriteStringValue(value);
    public override bool IsSaid(string value) => value.Length > 0;

    public override void Describe(Utf8JsonWriter writer)
    {
        writer.WriteString("type", "string");
        if (!blankIsUnset && check("") is not null) writer.WriteNumber("minLength", 1);
    }
}

/// <summary>One of a few words; case does not matter, as in the earlier program.</summary>
sealed class ChoiceKind<T>((string Word, T Value)[] words) : Kind<T> where T : notnull
{
    public override string Type => "word";
    public override string Rule => string.Join(", ", Words.Select(word => $"`{word}`"));
    IEnumerable<string> Words => words.Select(word => word.Word).Where(word => word.Length > 0);

    public override bool TryRead(ref Utf8JsonReader reader, string path, ConfigReading reading, ref T value)
    {
        if (reader.TokenType != JsonTokenType.String) return RefuseType(ref reader, path, reading, $"one of {string.Join(", ", Words)}");
        if (!reading.TryText(ref reader, path, out var text)) return false;
        foreach (var (word, known) in words)
        {
            if (!word.Equals(text, StringComparison.OrdinalIgnoreCase)) continue;
            value = known;
            return true;
        }
        reading.Problem(path, (int)reader.TokenStartIndex, ConfigFault.Value,
            $"{path} must be one of {string.Join(", ", Words)} (it is {Shown.Text(text)}){NearestName.Hint(text, Words)}");
        return false;
    }

    public override void Write(Utf8JsonWriter writer, T value) => writer.WriteStringValue(words.First(word => Same(word.Value, value)).Word);
    public override bool IsSaid(T value) => value is not "";

    public override void Describe(Utf8JsonWriter writer)
    {
        writer.WriteStartArray("enum");
        foreach (var word in Words) writer.WriteStringValue(word);
        writer.WriteEndArray();
    }
}

/// <summary>A list of texts, each by the same rule.</summary>
sealed class TextListKind(string rule, TextRule check, Func<string, string>? normalize = null) : Kind<IReadOnlyList<string>>
{
    const int MaxEntries = 1000;

    public override string Type => "list of text";
    public override string Rule => rule;

    public override bool TryRead(ref Utf8JsonReader reader, string path, ConfigReading reading, ref IReadOnlyList<string> value)
    {
        if (reader.TokenType != JsonTokenType.StartArray) return RefuseType(ref reader, path, reading, "a list of text");
        var entries = new List<string>();
        var start = (int)reader.TokenStartIndex;
        var fits = true;
        for (var i = 0; reader.Read() && reader.TokenType != JsonTokenType.EndArray; i++)
        {
            var at = i <= MaxEntries ? $"{path}[{i}]" : path;
            if (reader.TokenType != JsonTokenType.String) fits = RefuseType(ref reader, at, reading, "text");
            else if (!reading.TryText(ref reader, at, out var text)) fits = false;
            else if (check(text = normalize is null ? text : normalize(text)) is { } complaint)
            {
                reading.Problem(at, (int)reader.TokenStartIndex, ConfigFault.Value, $"{at} {complaint}" + (text.Length > 0 ? $" (it is {Shown.Text(text)})" : ""));
                fits = false;
            }
            else if (i < MaxEntries) entries.Add(text);
            else if (i == MaxEntries)
            {
                reading.Problem(path, start, ConfigFault.Value, $"{path} has more than {MaxEntries} entries");
                fits = false;
            }
        }
        if (fits) value = entries;
        return fits;
    }

    public override void Write(Utf8JsonWriter writer, IReadOnlyList<string> value)
    {
        writer.WriteStartArray();
        foreach (var entry in value) writer.WriteStringValue(entry);
        writer.WriteEndArray();
    }

    public override bool Same(IReadOnlyList<string> a, IReadOnlyList<string> b) => a.SequenceEqual(b);

    public override void Describe(Utf8JsonWriter writer)
    {
        writer.WriteString("type", "array");
        writer.WriteNumber("maxItems", MaxEntries);
        writer.WriteStartObject("items");
        writer.WriteString("type", "string");
        writer.WriteNumber("minLength", 1);
        writer.WriteEndObject();
    }
}
