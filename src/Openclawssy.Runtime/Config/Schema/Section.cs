using System.Text.Json;
using Openclawssy.Runtime.Text;

namespace Openclawssy.Runtime.Config;

/// <summary>Where in the file the reading is, and what this version does there.</summary>
readonly record struct At(string Path, FeatureStatus Status)
{
    public At Child(string name, FeatureStatus status) => new(ConfigPath.Join(Path, name), status > Status ? status : Status);
}

/// <summary>One member of a section: a key, a section below it, or a family of them.</summary>
abstract class Member<TOwner>(string name, string doc, FeatureStatus status, bool required)
{
    public string Name { get; } = name;
    public string Doc { get; } = doc;
    public FeatureStatus Status { get; } = status;
    public bool Required { get; } = required;

    /// <summary>Reads the value the reader stands on, to its end, and returns the owner with it.</summary>
    public abstract TOwner Read(ref Utf8JsonReader reader, TOwner owner, At at, ConfigReading reading);

    /// <summary>Writes name and value, secrets hidden.</summary>
    public abstract void Write(Utf8JsonWriter writer, TOwner owner);

    public abstract void List(TOwner defaults, At at, List<ConfigKey> keys);

    /// <summary>Adds the families below it.</summary>
    public virtual void Families(At at, List<ConfigFamily> families) { }

    /// <summary>Writes the member's JSON Schema as an object.</summary>
    public abstract void Describe(Utf8JsonWriter writer, TOwner defaults);
}

/// <summary>The keys of one record, in the order of the file. From this table come reading, checking, showing, the schema and the docs.</summary>
sealed class Section<T> where T : class
{
    readonly List<Member<T>> members = [];

    public IReadOnlyList<Member<T>> Members => members;

    public Section<T> Key<TValue>(string name, Kind<TValue> kind, Func<T, TValue> get, Func<T, TValue, T> set, string doc,
        FeatureStatus status = FeatureStatus.Active, ChangeRight change = ChangeRight.File, bool required = false)
    {
        members.Add(new KeyMember<T, TValue>(name, doc, status, required, kind, change, get, set));
        return this;
    }

    public Section<T> Below<TValue>(string name, Section<TValue> section, Func<T, TValue> get, Func<T, TValue, T> set, string doc,
        FeatureStatus status = FeatureStatus.Active) where TValue : class
    {
        members.Add(new SectionMember<T, TValue>(name, doc, status, section, get, set));
        return this;
    }

    /// <param name="seed">What a new entry of a name starts from.</param>
    public Section<T> Each<TValue>(string name, EntryNames names, Section<TValue> section, Func<string, TValue> seed,
        Func<T, IReadOnlyDictionary<string, TValue>> get, Func<T, IReadOnlyDictionary<string, TValue>, T> set, string doc,
        FeatureStatus status = FeatureStatus.Active) where TValue : class
    {
        members.Add(new EachMember<T, TValue>(name, doc, status, names, section, seed, get, set));
        return this;
    }

    public Section<T> Listed<TValue>(string name, int maxEntries, Section<TValue> section, Func<TValue> seed,
        Func<T, IReadOnlyList<TValue>> get, Func<T, IReadOnlyList<TValue>, T> set, string doc,
        FeatureStatus status = FeatureStatus.Active) where TValue : class
    {
        members.Add(new ListedMember<T, TValue>(name, doc, status, maxEntries, section, seed, get, set));
        return this;
    }

    /// <summary>Reads an object over what is there: each key a person left out keeps its value.</summary>
    public T Read(ref Utf8JsonReader reader, T owner, At at, ConfigReading reading, IReadOnlyCollection<string>? alsoAllowed = null)
    {
        var start = (int)reader.TokenStartIndex;
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            reading.Problem(at.Path, start, ConfigFault.WrongType, $"{(at.Path.Length == 0 ? "the file" : at.Path)} must be an object in braces (it is {Shown.Type(reader.TokenType)})");
            reader.Skip();
            return owner;
        }
        Span<bool> seen = stackalloc bool[members.Count];
        while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
        {
            var offset = (int)reader.TokenStartIndex;
            var named = reading.TryText(ref reader, at.Path, out var name);
            reader.Read();
            var index = named ? members.FindIndex(member => member.Name == name) : -1;
            if (index >= 0 && !seen[index])
            {
                var member = members[index];
                var below = at.Child(member.Name, member.Status);
                seen[index] = true;
                reading.Place(below.Path, offset);
                if (reader.TokenType == JsonTokenType.Null)
                    reading.Problem(below.Path, offset, ConfigFault.Null, $"{below.Path} is null; leave the key out to get its default");
                else owner = member.Read(ref reader, owner, below, reading);
                continue;
            }
            if (index >= 0) reading.Problem(ConfigPath.Join(at.Path, name!), offset, ConfigFault.DuplicateKey, $"{ConfigPath.Join(at.Path, name!)} is written twice; keep one");
            else if (named && alsoAllowed?.Contains(name!) != true)
                reading.Unknown(name!, at.Path, offset, members.Select(member => member.Name));
            reader.Skip();
        }
        for (var i = 0; i < members.Count; i++)
            if (members[i].Required && !seen[i])
                reading.Problem(ConfigPath.Join(at.Path, members[i].Name), start, ConfigFault.MissingKey, $"{ConfigPath.Join(at.Path, members[i].Name)} is missing");
        return owner;
    }

    public void Write(Utf8JsonWriter writer, T owner)
    {
        writer.WriteStartObject();
        foreach (var member in members) member.Write(writer, owner);
        writer.WriteEndObject();
    }

    public void List(T defaults, At at, List<ConfigKey> keys)
    {
        foreach (var member in members) member.List(defaults, at.Child(member.Name, member.Status), keys);
    }

    public void Families(At at, List<ConfigFamily> families)
    {
        foreach (var member in members) member.Families(at.Child(member.Name, member.Status), families);
    }

    /// <summary>Writes the members of the object's JSON Schema.</summary>
    public void Describe(Utf8JsonWriter writer, T defaults)
    {
        writer.WriteString("type", "object");
        writer.WriteBoolean("additionalProperties", false);
        if (members.Any(member => member.Required))
        {
            writer.WriteStartArray("required");
            foreach (var member in members.Where(member => member.Required)) writer.WriteStringValue(member.Name);
            writer.WriteEndArray();
        }
        writer.WriteStartObject("properties");
        foreach (var member in members)
        {
            writer.WritePropertyName(member.Name);
            writer.WriteStartObject();
            writer.WriteString("description", member.Doc);
            member.Describe(writer, defaults);
            writer.WriteEndObject();
        }
        writer.WriteEndObject();
    }
}

static class UnknownKey
{
    public static string Describe(string name, string section, IEnumerable<string> siblings)
    {
        var where = section.Length == 0 ? "" : $" in {section}";
        if (NearestName.Find(name, siblings) is { } near) return $"unknown key {Shown.Text(name)}{where}; did you mean \"{near}\"?";
        // A key that is right but stands in the wrong place, or was written with dots.
        foreach (var key in ConfigSchema.Keys)
        {
            if (key.Path == name) return $"unknown key {Shown.Text(name)}{where}; sections are objects: write \"{name[..name.IndexOf('.', StringComparison.Ordinal)]}\": {{ … }}";
            if (key.Path.EndsWith(name, StringComparison.Ordinal) && key.Path.Length > name.Length && key.Path[^(name.Length + 1)] == '.')
                return $"unknown key {Shown.Text(name)}{where}; did you mean {key.Path}?";
        }
        return $"unknown key {Shown.Text(name)}{where}";
    }
}
