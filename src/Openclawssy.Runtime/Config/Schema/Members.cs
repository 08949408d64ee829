using System.Buffers;
using System.Text;
using System.Text.Json;

namespace Openclawssy.Runtime.Config;

sealed class KeyMember<TOwner, T>(string name, string doc, FeatureStatus status, bool required, Kind<T> kind, ChangeRight change,
    Func<TOwner, T> get, Func<TOwner, T, TOwner> set) : Member<TOwner>(name, doc, status, required)
{
    public override TOwner Read(ref Utf8JsonReader reader, TOwner owner, At at, ConfigReading reading)
    {
        var usual = get(owner);
        var value = usual;
        if (!kind.TryRead(ref reader, at.Path, reading, ref value)) return owner;
        var isOwn = !kind.Same(usual, value);
        if (at.Status == FeatureStatus.Reserved && isOwn && value is true)
            reading.Refuse(at.Path, ConfigFault.NotBuilt, $"{at.Path} cannot be switched on: this version does not have that feature; leave the key out or write false");
        else if (at.Status == FeatureStatus.Reserved || (at.Status == FeatureStatus.NotBuiltYet && isOwn)) reading.Idle(at.Path, at.Status);
        return set(owner, value);
    }

    public override void Write(Utf8JsonWriter writer, TOwner owner)
    {
        var value = get(owner);
        if (!kind.IsSaid(value)) return;
        writer.WritePropertyName(Name);
        kind.Write(writer, value);
    }

    public override void List(TOwner defaults, At at, List<ConfigKey> keys) =>
        keys.Add(new(at.Path, kind.Type, Default(defaults), kind.Rule, kind.Secret, Doc, at.Status, change));

    public override void Describe(Utf8JsonWriter writer, TOwner defaults)
    {
        kind.Describe(writer);
        if (Default(defaults) is not { Length: > 0 } json) return;
        writer.WritePropertyName("default");
        writer.WriteRawValue(json);
    }

    string Default(TOwner defaults)
    {
        var value = get(defaults);
        if (!kind.IsSaid(value)) return "";
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer, ConfigView.Compact)) kind.Write(writer, value);
        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }
}

sealed class SectionMember<TOwner, T>(string name, string doc, FeatureStatus status, Section<T> section, Func<TOwner, T> get, Func<TOwner, T, TOwner> set)
    : Member<TOwner>(name, doc, status, required: false) where T : class
{
    public Section<T> Section => section;

    public override TOwner Read(ref Utf8JsonReader reader, TOwner owner, At at, ConfigReading reading) =>
        set(owner, section.Read(ref reader, get(owner), at, reading));

    public override void Write(Utf8JsonWriter writer, TOwner owner)
    {
        writer.WritePropertyName(Name);
        section.Write(writer, get(owner));
    }

    public override void List(TOwner defaults, At at, List<ConfigKey> keys) => section.List(get(defaults), at, keys);

    public override void Families(At at, List<ConfigFamily> families) => section.Families(at, families);

    public override void Describe(Utf8JsonWriter writer, TOwner defaults) => section.Describe(writer, get(defaults));
}

/// <summary>Which names the entries of a family may have.</summary>
/// <param name="Placeholder">Stands for the name in the table of keys.</param>
/// <param name="Known">All of them, where they are known.</param>
sealed record EntryNames(string Placeholder, TextRule Check, IReadOnlyList<string>? Known = null)
{
    public const int Max = 1000;
}

/// <summary>A family of like sections, each under a name of its own.</summary>
sealed class EachMember<TOwner, T>(string name, string doc, FeatureStatus status, EntryNames names, Section<T> section, Func<string, T> seed,
    Func<TOwner, IReadOnlyDictionary<string, T>> get, Func<TOwner, IReadOnlyDictionary<string, T>, TOwner> set)
    : Member<TOwner>(name, doc, status, required: false) where T : class
{
    public override TOwner Read(ref Utf8JsonReader reader, TOwner owner, At at, ConfigReading reading)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            reading.Problem(at.Path, (int)reader.TokenStartIndex, ConfigFault.WrongType, $"{at.Path} must be an object in braces (it is {Shown.Type(reader.TokenType)})");
            reader.Skip();
            return owner;
        }
        var entries = new OrderedDictionary<string, T>(get(owner));
        var seen = new HashSet<string>();
        while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
        {
            var offset = (int)reader.TokenStartIndex;
            var named = reading.TryText(ref reader, at.Path, out var key);
            reader.Read();
            if (!named || !TryEntry(ref reader, key!, offset, at, at.Child(key!, FeatureStatus.Active), reading, entries, seen)) reader.Skip();
        }
        return set(owner, entries);
    }

    bool TryEntry(ref Utf8JsonReader reader, string key, int offset, At family, At at, ConfigReading reading, OrderedDictionary<string, T> entries, HashSet<string> seen)
    {
        if (names.Known is { } known && !known.Contains(key))
        {
            reading.Unknown(key, family.Path, offset, known);
            return false;
        }
        var complaint = !seen.Add(key) ? "is written twice; keep one"
            : seen.Count > EntryNames.Max ? $"is one entry more than the {EntryNames.Max} allowed"
            : names.Check(key);
        if (complaint is not null)
        {
            reading.Problem(at.Path, offset, complaint.StartsWith("is written twice", StringComparison.Ordinal) ? ConfigFault.DuplicateKey : ConfigFault.Value, $"{at.Path} {complaint}");
            return false;
        }
        reading.Place(at.Path, offset);
        if (reader.TokenType == JsonTokenType.Null)
        {
            reading.Problem(at.Path, offset, ConfigFault.Null, $"{at.Path} is null; leave the key out to get its default");
            return false;
        }
        entries[key] = section.Read(ref reader, entries.TryGetValue(key, out var usual) ? usual : seed(key), at, reading);
        return true;
    }

    public override void Write(Utf8JsonWriter writer, TOwner owner)
    {
        writer.WriteStartObject(Name);
        foreach (var (key, entry) in get(owner))
        {
            writer.WritePropertyName(key);
            section.Write(writer, entry);
        }
        writer.WriteEndObject();
    }

    public override void List(TOwner defaults, At at, List<ConfigKey> keys) => section.List(seed(""), new($"{at.Path}.<{names.Placeholder}>", at.Status), keys);

    public override void Families(At at, List<ConfigFamily> families)
    {
        var below = new At($"{at.Path}.<{names.Placeholder}>", at.Status);
        families.Add(new(below.Path, Doc, names.Known));
        section.Families(below, families);
    }

    public override void Describe(Utf8JsonWriter writer, TOwner defaults)
    {
        writer.WriteString("type", "object");
        if (names.Known is null)
        {
            writer.WriteNumber("maxProperties", EntryNames.Max);
            writer.WriteStartObject("additionalProperties");
            section.Describe(writer, seed(""));
            writer.WriteEndObject();
            return;
        }
        writer.WriteBoolean("additionalProperties", false);
        writer.WriteStartObject("properties");
        foreach (var key in names.Known)
        {
            writer.WriteStartObject(key);
            section.Describe(writer, seed(key));
            writer.WriteEndObject();
        }
        writer.WriteEndObject();
    }
}

/// <summary>A list of like sections.</summary>
sealed class ListedMember<TOwner, T>(string name, string doc, FeatureStatus status, int maxEntries, Section<T> section, Func<T> seed,
    Func<TOwner, IReadOnlyList<T>> get, Func<TOwner, IReadOnlyList<T>, TOwner> set)
    : Member<TOwner>(name, doc, status, required: false) where T : class
{
    public override TOwner Read(ref Utf8JsonReader reader, TOwner owner, At at, ConfigReading reading)
    {
        var start = (int)reader.TokenStartIndex;
        if (reader.TokenType != JsonTokenType.StartArray)
        {
            reading.Problem(at.Path, start, ConfigFault.WrongType, $"{at.Path} must be a list in brackets (it is {Shown.Type(reader.TokenType)})");
            reader.Skip();
            return owner;
        }
        var entries = new List<T>();
        var count = 0;
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (count++ == maxEntries) reading.Problem(at.Path, start, ConfigFault.Value, $"{at.Path} has more than {maxEntries} entries");
            if (count > maxEntries)
            {
                reader.Skip();
                continue;
            }
            var below = new At($"{at.Path}[{count - 1}]", at.Status);
            reading.Place(below.Path, (int)reader.TokenStartIndex);
            entries.Add(section.Read(ref reader, seed(), below, reading));
        }
        return set(owner, entries);
    }

    public override void Write(Utf8JsonWriter writer, TOwner owner)
    {
        writer.WriteStartArray(Name);
        foreach (var entry in get(owner)) section.Write(writer, entry);
        writer.WriteEndArray();
    }

    public override void List(TOwner defaults, At at, List<ConfigKey> keys) => section.List(seed(), new($"{at.Path}[]", at.Status), keys);

    public override void Describe(Utf8JsonWriter writer, TOwner defaults)
    {
        writer.WriteString("type", "array");
        writer.WriteNumber("maxItems", maxEntries);
        writer.WriteStartObject("items");
        section.Describe(writer, seed());
        writer.WriteEndObject();
    }
}
