using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Openclawssy.Providers;

/// <summary>
/// The fields of an answer's message that its server wants to see again with the next request: reasoning, signatures and the like.
/// They come in fragments and go back whole.
/// </summary>
sealed class ReturnedFields
{
    static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    readonly List<(string Name, Field Field)> fields = [];

    /// <summary>Strict servers refuse what they do not know, so only these kinds are kept.</summary>
    public static bool IsWanted(string name) =>
        name.StartsWith("reasoning", StringComparison.Ordinal) || name.StartsWith("thinking", StringComparison.Ordinal) || name.StartsWith("thought", StringComparison.Ordinal)
        || name.Contains("signature", StringComparison.Ordinal) || name is "extra_content" or "provider_specific_fields" or "encrypted_content";

    public void Read(JsonElement delta)
    {
        foreach (var property in delta.EnumerateObject())
        {
            if (!IsWanted(property.Name) || property.Value.ValueKind is JsonValueKind.Null or JsonValueKind.Undefined) continue;
            Find(property.Name).Add(property.Value);
        }
    }

    /// <summary>A JSON object's text, or null when there is nothing to give back.</summary>
    public string? ToJson()
    {
        var kept = fields.FindAll(entry => !entry.Field.IsBlank);
        // The same thoughts often come twice, in a plain and a structured form; one is enough, the fuller one.
        if (kept.Exists(entry => entry.Name == "reasoning_details")) kept.RemoveAll(entry => entry.Name is "reasoning" or "reasoning_content");
        else if (kept.Exists(entry => entry.Name == "reasoning_content")) kept.RemoveAll(entry => entry.Name == "reasoning");
        if (kept.Count == 0) return null;

        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer, Options))
        {
            writer.WriteStartObject();
            foreach (var (name, field) in kept)
            {
                writer.WritePropertyName(name);
                field.Write(writer);
            }
            writer.WriteEndObject();
        }
        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    Field Find(string name)
    {
        foreach (var (known, field) in fields)
            if (known == name) return field;
        fields.Add((name, new()));
        return fields[^1].Field;
    }

    /// <summary>One field: text is joined, lists grow, anything else is replaced by what came last.</summary>
    sealed class Field
    {
        readonly StringBuilder text = new();
        readonly List<Item> items = [];
        string? whole;

        public bool IsBlank => whole is null && items.Count == 0 && string.IsNullOrWhiteSpace(text.ToString());

        public void Add(JsonElement value)
        {
            switch (value.ValueKind)
            {
                case JsonValueKind.String: text.Append(SoundText.Loose(value)); break;
                case JsonValueKind.Array:
                    foreach (var item in value.EnumerateArray())
                        if (items.Count == 0 || !items[^1].TryJoin(item)) items.Add(new(item));
                    break;
                default: whole = value.GetRawText(); break;
            }
        }

        public void Write(Utf8JsonWriter writer)
        {
            if (items.Count > 0)
            {
                writer.WriteStartArray();
                foreach (var item in items) item.Write(writer);
                writer.WriteEndArray();
            }
            else if (whole is not null) writer.WriteRawValue(whole);
            else writer.WriteStringValue(SoundText.Of(text.ToString()));
        }
    }

    /// <summary>One entry of a list such as <c>reasoning_details</c>; its running text may be spread over chunks.</summary>
    sealed class Item
    {
        readonly List<(string Name, string Raw)> fields = [];
        readonly StringBuilder flow = new();
        readonly string? flowName;
        readonly string? whole;

        public Item(JsonElement item)
        {
            if (item.ValueKind != JsonValueKind.Object)
            {
                whole = item.GetRawText();
                return;
            }
            flowName = FlowOf(item);
            Take(item);
        }

        public bool TryJoin(JsonElement item)
        {
            if (item.ValueKind != JsonValueKind.Object || flowName is null) return false;
            // A signature may follow its text in a fragment without text.
            var joins = (FlowOf(item) is { } flowing ? flowing == flowName : item.TryGetProperty("signature", out _))
                && Raw(item, "type") == Mine("type") && Raw(item, "index") == Mine("index")
                && (Raw(item, "id") is null || Mine("id") is null || Raw(item, "id") == Mine("id"));
            if (joins) Take(item);
            return joins;
        }

        public void Write(Utf8JsonWriter writer)
        {
            if (whole is not null)
            {
                writer.WriteRawValue(whole);
                return;
            }
            writer.WriteStartObject();
            foreach (var (name, raw) in fields)
            {
                writer.WritePropertyName(name);
                if (name == flowName) writer.WriteStringValue(SoundText.Of(flow.ToString()));
                else writer.WriteRawValue(raw);
            }
            writer.WriteEndObject();
        }

        static string? FlowOf(JsonElement item)
        {
            foreach (var name in (ReadOnlySpan<string>)["text", "summary"])
                if (item.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String) return name;
            return null;
        }

        static string? Raw(JsonElement item, string name) =>
            item.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null ? value.GetRawText() : null;

        string? Mine(string name)
        {
            var at = fields.FindIndex(field => field.Name == name);
            return at < 0 || fields[at].Raw == "null" ? null : fields[at].Raw;
        }

        void Take(JsonElement item)
        {
            foreach (var property in item.EnumerateObject())
            {
                var at = fields.FindIndex(field => field.Name == property.Name);
                if (property.Name == flowName)
                {
                    flow.Append(SoundText.Loose(property.Value));
                    if (at < 0) fields.Add((property.Name, ""));
                }
                else if (at < 0) fields.Add((property.Name, property.Value.GetRawText()));
                else if (property.Value.ValueKind != JsonValueKind.Null) fields[at] = (property.Name, property.Value.GetRawText());
            }
        }
    }
}
