using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Openclawssy.Runtime.Config;

sealed class FlagKind : Kind<bool>
{
    public override string Type => "true or false";

    public override bool TryRead(ref Utf8JsonReader reader, string path, ConfigReading reading, ref bool value)
    {
        if (reader.TokenType is not (JsonTokenType.True or JsonTokenType.False)) return RefuseType(ref reader, path, reading, Type);
        value = reader.TokenType == JsonTokenType.True;
        return true;
    }

    public override void Write(Utf8JsonWriter writer, bool value) => writer.WriteBooleanValue(value);
    public override void Describe(Utf8JsonWriter writer) => writer.WriteString("type", "boolean");
}

/// <param name="zero">When 0 is allowed beside the range, what it means.</param>
sealed class WholeKind(int min, int max, string? zero = null) : Kind<int>
{
    public override string Type => "whole number";
    public override string Rule => (zero is null ? "" : $"0 ({zero}), or ") + $"{min} to {max}";

    public override bool TryRead(ref Utf8JsonReader reader, string path, ConfigReading reading, ref int value)
    {
        if (reader.TokenType != JsonTokenType.Number) return RefuseType(ref reader, path, reading, "a whole number");
        var isWhole = reader.TryGetInt64(out var read);
        if (isWhole && ((read >= min && read <= max) || (read == 0 && zero is not null)))
        {
            value = (int)read;
            return true;
        }
        var given = NumberText.Of(ref reader);
        var wanted = NumberText.IsWhole(given) || isWhole ? (zero is null ? "" : "0 or ") + $"between {min} and {max}" : "a whole number";
        reading.Problem(path, (int)reader.TokenStartIndex, ConfigFault.Value, $"{path} must be {wanted} (it is {given})");
        return false;
    }

    public override void Write(Utf8JsonWriter writer, int value) => writer.WriteNumberValue(value);

    public override void Describe(Utf8JsonWriter writer)
    {
        writer.WriteString("type", "integer");
        if (zero is null || min <= 1)
        {
            writer.WriteNumber("minimum", zero is null ? min : 0);
            writer.WriteNumber("maximum", max);
            return;
        }
        writer.WriteStartArray("anyOf");
        writer.WriteStartObject();
        writer.WriteNumber("const", 0);
        writer.WriteEndObject();
        writer.WriteStartObject();
        writer.WriteNumber("minimum", min);
        writer.WriteNumber("maximum", max);
        writer.WriteEndObject();
        writer.WriteEndArray();
    }
}

/// <summary>A decimal number; money is one too.</summary>
sealed class DecimalKind(decimal min, decimal max) : Kind<decimal>
{
    public override string Type => "number";
    public override string Rule => string.Create(CultureInfo.InvariantCulture, $"{min} to {max}");

    public override bool TryRead(ref Utf8JsonReader reader, string path, ConfigReading reading, ref decimal value)
    {
        if (reader.TokenType != JsonTokenType.Number) return RefuseType(ref reader, path, reading, "a number");
        if (reader.TryGetDecimal(out var read) && read >= min && read <= max)
        {
            value = read;
            return true;
        }
        reading.Problem(path, (int)reader.TokenStartIndex, ConfigFault.Value,
            string.Create(CultureInfo.InvariantCulture, $"{path} must be between {min} and {max} (it is {NumberText.Of(ref reader)})"));
        return false;
    }

    public override void Write(Utf8JsonWriter writer, decimal value) => writer.WriteNumberValue(value);

    public override void Describe(Utf8JsonWriter writer)
    {
        writer.WriteString("type", "number");
        writer.WriteNumber("minimum", min);
        writer.WriteNumber("maximum", max);
    }
}

/// <summary>The same number as a <see cref="double"/>, which is what model options take.</summary>
sealed class DoubleKind(decimal min, decimal max) : Kind<double>
{
    readonly DecimalKind inner = new(min, max);

    public override string Type => inner.Type;
    public override string Rule => inner.Rule;

    public override bool TryRead(ref Utf8JsonReader reader, string path, ConfigReading reading, ref double value)
    {
        var read = 0m;
        if (!inner.TryRead(ref reader, path, reading, ref read)) return false;
        value = (double)read;
        return true;
    }

    public override void Write(Utf8JsonWriter writer, double value) => writer.WriteNumberValue(value);
    public override void Describe(Utf8JsonWriter writer) => inner.Describe(writer);
}

/// <summary>A value that may be left out and then means "nobody said".</summary>
sealed class MaybeKind<T>(Kind<T> inner) : Kind<T?> where T : struct
{
    public override string Type => inner.Type;
    public override string Rule => inner.Rule;

    public override bool TryRead(ref Utf8JsonReader reader, string path, ConfigReading reading, ref T? value)
    {
        var read = value.GetValueOrDefault();
        if (!inner.TryRead(ref reader, path, reading, ref read)) return false;
        value = read;
        return true;
    }

    public override void Write(Utf8JsonWriter writer, T? value) => inner.Write(writer, value.GetValueOrDefault());
    public override void Describe(Utf8JsonWriter writer) => inner.Describe(writer);
    public override bool Same(T? a, T? b) => a.HasValue == b.HasValue && inner.Same(a.GetValueOrDefault(), b.GetValueOrDefault());
}

static class NumberText
{
    /// <summary>The digits as they stand in the file, cut to a length fit for a message.</summary>
    public static string Of(ref Utf8JsonReader reader)
    {
        var raw = reader.HasValueSequence ? reader.ValueSequence.ToArray() : reader.ValueSpan;
        return raw.Length <= 40 ? Encoding.ASCII.GetString(raw) : Encoding.ASCII.GetString(raw[..40]) + "…";
    }

    public static bool IsWhole(string text) => text.Trim('-').All(char.IsAsciiDigit);
}
