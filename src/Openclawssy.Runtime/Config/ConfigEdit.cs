using System.Text;
using System.Text.Json;

namespace Openclawssy.Runtime.Config;

/// <summary>
/// Changes single values in the text of a configuration file and touches nothing else: comments, order and layout are the
/// person's. The result is JSON again, but not yet a valid configuration; <see cref="ConfigStore"/> sees to that.
/// </summary>
public static class ConfigEdit
{
    /// <summary>What a file is started with when there is none.</summary>
    static ReadOnlySpan<byte> Empty => "{\n}\n"u8;

    /// <param name="utf8Text">The file's text; empty for a new file.</param>
    /// <param name="json">One value as strict JSON.</param>
    /// <exception cref="FormatException">The value is no JSON, the text is none, or the path leads through something that is no object.</exception>
    public static byte[] Set(ReadOnlySpan<byte> utf8Text, ConfigPath path, string json)
    {
        var value = StrictValue(path, json);
        var text = utf8Text.IsEmpty ? Empty : utf8Text;
        try
        {
            return Change(text, path, value);
        }
        catch (JsonException e)
        {
            throw new FormatException("the file is not valid JSON, so nothing was changed", e);
        }
    }

    /// <summary>Takes a key out, with its comma and, where nothing else is left on it, its line. Comments stay; what is not there changes nothing.</summary>
    /// <exception cref="FormatException">The text is no JSON.</exception>
    public static byte[] Remove(ReadOnlySpan<byte> utf8Text, ConfigPath path)
    {
        var skipped = utf8Text.StartsWith((ReadOnlySpan<byte>)[0xEF, 0xBB, 0xBF]) ? 3 : 0;
        var json = utf8Text[skipped..];
        if (json.IsEmpty) return [];
        try
        {
            Validate(json);
            var reader = new Utf8JsonReader(json, ConfigFile.Syntax);
            reader.Read();
            for (var depth = 0; ; depth++)
            {
                if (reader.TokenType != JsonTokenType.StartObject) return [.. utf8Text];
                var shape = new ObjectShape((int)reader.BytesConsumed);
                if (!TryFind(ref reader, path.Segments[depth], ref shape)) return [.. utf8Text];
                if (depth < path.Segments.Count - 1) continue;
                reader.Skip();
                return [.. utf8Text[..skipped], .. Without(json, shape, (int)reader.BytesConsumed)];
            }
        }
        catch (JsonException e)
        {
            throw new FormatException("the file is not valid JSON, so nothing was changed", e);
        }
    }

    static byte[] Without(ReadOnlySpan<byte> json, ObjectShape shape, int end)
    {
        var start = shape.Key;
        var after = CommaAt(json[end..]);
        var before = after < 0 && shape.LastValueEnd >= 0 ? CommaAt(json[shape.LastValueEnd..start]) : -1;
        // From the comma on, so that positions before it stay true.
        List<byte> text = [.. json];
        if (after >= 0) text.RemoveAt(end + after);
        if (after == 0) while (end < text.Count && text[end] is (byte)' ' or (byte)'\t') text.RemoveAt(end);
        text.RemoveRange(start, end - start);
        var line = LineStart(json, start);
        var rest = start;
        while (rest < text.Count && text[rest] is (byte)' ' or (byte)'\t' or (byte)'\r') rest++;
        if (StartsLine(json, start) && rest < text.Count && text[rest] == (byte)'\n') text.RemoveRange(line, rest + 1 - line);
        if (before >= 0) text.RemoveAt(shape.LastValueEnd + before);
        return [.. text];
    }

    static byte[] Change(ReadOnlySpan<byte> text, ConfigPath path, string value)
    {
        // A byte order mark is no JSON; it stays in front.
        var skipped = text.StartsWith((ReadOnlySpan<byte>)[0xEF, 0xBB, 0xBF]) ? 3 : 0;
        var json = text[skipped..];
        Validate(json);
        var reader = new Utf8JsonReader(json, ConfigFile.Syntax);
        reader.Read();
        for (var depth = 0; ; depth++)
        {
            if (reader.TokenType != JsonTokenType.StartObject)
                throw new FormatException(depth == 0 ? "the file holds no object in braces" : $"{Prefix(path, depth)} is not an object in braces, so {path} cannot be set below it");
            var shape = new ObjectShape((int)reader.BytesConsumed);
            if (!TryFind(ref reader, path.Segments[depth], ref shape)) return Splice(text, Insertion(json, shape, path, depth, value), skipped);
            if (depth < path.Segments.Count - 1) continue;
            var start = (int)reader.TokenStartIndex;
            reader.Skip();
            return Splice(text, new(start, (int)reader.BytesConsumed, value), skipped);
        }
    }

    /// <summary>Walks an object's members to one of them, and stands on its value; or to the end, and knows the object's shape.</summary>
    static bool TryFind(ref Utf8JsonReader reader, string name, ref ObjectShape shape)
    {
        while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
        {
            if (shape.FirstKey < 0) shape.FirstKey = (int)reader.TokenStartIndex;
            var key = (int)reader.TokenStartIndex;
            var isIt = IsNamed(ref reader, name);
            reader.Read();
            if (isIt)
            {
                shape.Key = key;
                return true;
            }
            reader.Skip();
            shape.LastValueEnd = (int)reader.BytesConsumed;
        }
        shape.Close = (int)reader.TokenStartIndex;
        return false;
    }

    static Splicing Insertion(ReadOnlySpan<byte> json, ObjectShape shape, ConfigPath path, int depth, string value)
    {
        var inside = json[shape.Open..shape.Close];
        var hasLines = inside.Contains((byte)'\n') || shape.FirstKey < 0 && json.Contains((byte)'\n');
        var newLine = json.IndexOf("\r\n"u8) >= 0 ? "\r\n" : "\n";
        var outer = IndentOf(json, shape.Close);
        var inner = shape.FirstKey >= 0 && StartsLine(json, shape.FirstKey) ? IndentOf(json, shape.FirstKey) : outer + "  ";
        var member = Member(path, depth, value, hasLines ? newLine : null, inner);

        // Everything from the last value to the brace is kept: a comma is put where it belongs, the member after the last comment.
        var tailStart = shape.LastValueEnd < 0 ? shape.Open : shape.LastValueEnd;
        var tail = Encoding.UTF8.GetString(json[tailStart..shape.Close]);
        var comma = shape.LastValueEnd >= 0 && CommaAt(json[tailStart..shape.Close]) < 0 ? "," : "";
        var kept = tail.TrimEnd(' ', '\t', '\r', '\n');
        var separator = hasLines ? newLine + inner : tail.Length == 0 && comma.Length == 0 ? "" : " ";
        var closing = hasLines ? newLine + outer : tail[kept.Length..];
        return new(tailStart, shape.Close, comma + kept + separator + member + closing);
    }

    static string Member(ConfigPath path, int depth, string value, string? newLine, string indent)
    {
        var text = new StringBuilder();
        var last = path.Segments.Count - 1;
        for (var i = depth; i <= last; i++)
        {
            text.Append(ConfigSchema.Quote(path.Segments[i])).Append(": ");
            if (i == last) text.Append(value);
            else if (newLine is null) text.Append('{');
            else text.Append('{').Append(newLine).Append(indent).Append(' ', 2 * (i - depth + 1));
        }
        for (var i = last - 1; i >= depth; i--)
        {
            if (newLine is not null) text.Append(newLine).Append(indent).Append(' ', 2 * (i - depth));
            text.Append('}');
        }
        return text.ToString();
    }

    /// <summary>Where the comma stands that follows a value, comments between them or not; -1 where another thing follows.</summary>
    static int CommaAt(ReadOnlySpan<byte> tail)
    {
        for (var i = 0; i < tail.Length; i++)
        {
            if (tail[i] == ',') return i;
            if (tail[i] is (byte)' ' or (byte)'\t' or (byte)'\r' or (byte)'\n') continue;
            if (tail[i] != '/') return -1;
            var end = tail[i + 1] == '*' ? tail[(i + 2)..].IndexOf("*/"u8) + i + 3 : tail[i..].IndexOfAny((byte)'\n', (byte)'\r') + i;
            if (end <= i) return -1;
            i = end;
        }
        return -1;
    }

    static bool StartsLine(ReadOnlySpan<byte> json, int offset) => json[LineStart(json, offset)..offset].IndexOfAnyExcept(" \t"u8) < 0;

    static string IndentOf(ReadOnlySpan<byte> json, int offset)
    {
        var line = json[LineStart(json, offset)..];
        var end = line.IndexOfAnyExcept(" \t"u8);
        return Encoding.UTF8.GetString(line[..Math.Max(end, 0)]);
    }

    static int LineStart(ReadOnlySpan<byte> json, int offset) => json[..offset].LastIndexOf((byte)'\n') + 1;

    static bool IsNamed(ref Utf8JsonReader reader, string name)
    {
        try
        {
            return reader.GetString() == name;
        }
        catch (InvalidOperationException)
        {
            return false; // a key that is no Unicode is nobody's
        }
    }

    static string Prefix(ConfigPath path, int depth) => ConfigPath.Of([.. path.Segments.Take(depth)]).ToString();

    static void Validate(ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json, ConfigFile.Syntax);
        while (reader.Read()) reader.Skip();
    }

    // The value is not repeated: it may be a secret.
    static string StrictValue(ConfigPath path, string json)
    {
        try
        {
            using var document = JsonDocument.Parse(json, new() { MaxDepth = ConfigFile.MaxDepth });
            return json.Trim();
        }
        catch (JsonException e)
        {
            throw new FormatException($"what was given for {path} is not one JSON value; text needs double quotes", e);
        }
    }

    static byte[] Splice(ReadOnlySpan<byte> text, Splicing splicing, int skipped) =>
        [.. text[..(splicing.Start + skipped)], .. Encoding.UTF8.GetBytes(splicing.Text), .. text[(splicing.End + skipped)..]];

    /// <summary>Replace the bytes from start to end.</summary>
    readonly record struct Splicing(int Start, int End, string Text);

    /// <summary>Byte positions of an object's parts; -1 for what it does not have.</summary>
    struct ObjectShape(int open)
    {
        public readonly int Open = open;
        public int FirstKey = -1;
        public int Key = -1;
        public int LastValueEnd = -1;
        public int Close = -1;
    }
}
