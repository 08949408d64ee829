using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Unicode;

namespace Openclawssy.Runtime.Storage;

/// <summary>
/// The line format the journal and the audit share:
/// <c>{"v":1,"seq":N,"ts":"…",…fields…,"prev":"64 hex","hash":"64 hex"}\n</c>. <c>hash</c> is the SHA-256 of the line's bytes
/// before <c>,"hash"</c>; <c>prev</c> is the hash of the line before, or 64 zeros for the first.
/// </summary>
public static class ChainedLine
{
    public const int FormatVersion = 1;

    /// <summary>What the first line of a chain names as its predecessor.</summary>
    public const string Genesis = "0000000000000000000000000000000000000000000000000000000000000000";

    /// <summary>No line is longer, in bytes.</summary>
    internal const int MaxBytes = 64 * 1024 * 1024;

    internal const int HashLength = 64, TimeLength = 28;
    const int MaxFields = 64;

    internal static ReadOnlySpan<byte> Start => "{\"v\":1,\"seq\":"u8;
    internal static ReadOnlySpan<byte> TimeStart => ",\"ts\":\""u8;
    internal static ReadOnlySpan<byte> PrevStart => ",\"prev\":\""u8;
    internal static ReadOnlySpan<byte> HashStart => ",\"hash\":\""u8;
    internal static ReadOnlySpan<byte> Close => "\"}"u8;

    // From the comma before "hash", and from the comma before "prev".
    static readonly int HashPart = HashStart.Length + HashLength + Close.Length;
    static readonly int PrevPart = PrevStart.Length + HashLength + 1 + HashPart;

    /// <summary>Reads one line without its newline. Returns what is wrong with it, or null: then it is exactly what a writer of this format wrote.</summary>
    internal static string? Parse(ReadOnlySpan<byte> line, out ParsedLine parsed)
    {
        parsed = default;
        if (line.Length < Start.Length + PrevPart || !line.StartsWith(Start)) return "is not a record of format version 1";

        var tail = line[^PrevPart..];
        var prev = tail.Slice(PrevStart.Length, HashLength);
        var hash = tail.Slice(tail.Length - Close.Length - HashLength, HashLength);
        if (!tail.StartsWith(PrevStart) || tail[PrevStart.Length + HashLength] != '"' || !tail[^HashPart..].StartsWith(HashStart) || !tail.EndsWith(Close))
            return "does not end with \"prev\" and \"hash\"";
        if (prev.ContainsAnyExcept(LowerHex) || hash.ContainsAnyExcept(LowerHex)) return "has a \"prev\" or \"hash\" that is not 64 lower-case hex digits";

        Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes], digits = stackalloc byte[HashLength];
        SHA256.HashData(line[..^HashPart], digest);
        Convert.TryToHexStringLower(digest, digits, out _);
        if (!hash.SequenceEqual(digits)) return "was changed: its content does not have the hash it names";

        var rest = line[Start.Length..^PrevPart];
        if (!Utf8Parser.TryParse(rest, out long seq, out var used) || seq < 1 || rest[0] is not (>= (byte)'1' and <= (byte)'9')) return "has no valid \"seq\"";
        rest = rest[used..];
        if (!rest.StartsWith(TimeStart) || rest.Length < TimeStart.Length + TimeLength + 1) return "has no \"ts\" after \"seq\"";
        var time = rest.Slice(TimeStart.Length, TimeLength);
        if (!Utf8Parser.TryParse(time, out DateTimeOffset ts, out used, 'O') || used != TimeLength || time[^1] != 'Z') return "has a \"ts\" that is no UTC time";
        rest = rest[(TimeStart.Length + TimeLength)..];
        if (rest[0] != '"' || rest.Length < 3 || rest[1] != ',') return "has no fields after \"ts\"";

        if (!Utf8.IsValid(line)) return "is not valid UTF-8";
        if (FaultInJson(line) is { } fault) return fault;
        parsed = new(seq, ts, rest[2..], prev, hash);
        return null;
    }

    static readonly System.Buffers.SearchValues<byte> LowerHex = System.Buffers.SearchValues.Create("0123456789abcdef"u8);

    static string? FaultInJson(ReadOnlySpan<byte> line)
    {
        Span<(int Start, int Length)> names = stackalloc (int, int)[MaxFields];
        var count = 0;
        var reader = new Utf8JsonReader(line);
        try
        {
            while (reader.Read())
            {
                if (reader.CurrentDepth != 1 || reader.TokenType != JsonTokenType.PropertyName) continue;
                if (reader.ValueIsEscaped) return "spells a field's name with an escape";
                var name = reader.ValueSpan;
                foreach (var (start, length) in names[..count])
                    if (length == name.Length && line.Slice(start, length).SequenceEqual(name)) return "has a field twice";
                if (count == MaxFields) return "has too many fields";
                names[count++] = ((int)reader.TokenStartIndex + 1, name.Length);
            }
            return null;
        }
        catch (JsonException) { return "is not valid JSON"; }
    }
}

/// <summary>One sound line, as spans over the bytes it was read from.</summary>
/// <param name="fields">The fields between <c>ts</c> and <c>prev</c>, without the commas around them.</param>
readonly ref struct ParsedLine(long seq, DateTimeOffset ts, ReadOnlySpan<byte> fields, ReadOnlySpan<byte> prev, ReadOnlySpan<byte> hash)
{
    public long Seq { get; } = seq;
    public DateTimeOffset Ts { get; } = ts;
    public ReadOnlySpan<byte> Fields { get; } = fields;
    public ReadOnlySpan<byte> Prev { get; } = prev;
    public ReadOnlySpan<byte> Hash { get; } = hash;

    /// <summary>The fields as a JSON object of their own.</summary>
    public byte[] FieldsAsObject()
    {
        var json = new byte[Fields.Length + 2];
        json[0] = (byte)'{';
        Fields.CopyTo(json.AsSpan(1));
        json[^1] = (byte)'}';
        return json;
    }
}
