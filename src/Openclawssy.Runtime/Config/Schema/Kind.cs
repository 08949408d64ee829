using System.Text.Json;

namespace Openclawssy.Runtime.Config;

/// <summary>A kind of value: how it is read strictly, shown, and described in a schema.</summary>
abstract class Kind<T>
{
    /// <summary>For people: <c>whole number</c>, <c>list of text</c>.</summary>
    public abstract string Type { get; }

    /// <summary>What is allowed, for people; empty when the type says it all.</summary>
    public virtual string Rule => "";

    public virtual bool Secret => false;

    /// <summary>
    /// Reads the value the reader stands on, to its end, also when it is wrong. False when it does not fit and was reported.
    /// <paramref name="value"/> keeps what it was where the text means "nothing".
    /// </summary>
    public abstract bool TryRead(ref Utf8JsonReader reader, string path, ConfigReading reading, ref T value);

    /// <summary>Writes the value as a person may see it.</summary>
    public abstract void Write(Utf8JsonWriter writer, T value);

    /// <summary>Writes the members of its JSON Schema.</summary>
    public abstract void Describe(Utf8JsonWriter writer);

    /// <summary>False for what is left out when the configuration is written.</summary>
    public virtual bool IsSaid(T value) => value is not null;

    public virtual bool Same(T a, T b) => EqualityComparer<T>.Default.Equals(a, b);

    /// <summary>Reports a value of the wrong type and steps over it.</summary>
    protected static bool RefuseType(ref Utf8JsonReader reader, string path, ConfigReading reading, string wanted)
    {
        reading.Problem(path, (int)reader.TokenStartIndex, ConfigFault.WrongType, $"{path} must be {wanted} (it is {Shown.Type(reader.TokenType)})");
        reader.Skip();
        return false;
    }
}
