using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using System.Text.Unicode;

namespace Openclawssy.Runtime.Toolkit;

/// <summary>Turns the bytes of an input into its record, or refuses them in the product's words.</summary>
static class StrictInput
{
    /// <summary>Largest input, in bytes of JSON.</summary>
    public const int MaxBytes = 8 * 1024 * 1024;

    public const int MaxDepth = 32;

    public static TInput Parse<TInput>(string tool, ReadOnlyMemory<byte> input, InputShape shape, JsonTypeInfo<TInput> type) where TInput : class
    {
        if (input.Length > MaxBytes) throw ToolException.InvalidInput($"the input is {input.Length} bytes; at most {MaxBytes} are accepted");
        if (!Utf8.IsValid(input.Span)) throw ToolException.InvalidInput("the input is not valid UTF-8");
        Check(tool, input.Span, shape);
        // The shape has said everything a person can act on; this second, independent reading builds the record and refuses what it would not take.
        try { return JsonSerializer.Deserialize(input.Span, type) ?? throw ToolException.InvalidInput("the input must be a JSON object, got null"); }
        catch (JsonException refusal)
        {
            throw ToolException.InvalidInput($"{refusal.Path ?? "$"}: {tool} cannot read this value", refusal.Path);
        }
    }

    static void Check(string tool, ReadOnlySpan<byte> input, InputShape shape)
    {
        var reader = new Utf8JsonReader(input, new JsonReaderOptions { MaxDepth = MaxDepth });
        try
        {
            reader.Read();
            if (reader.TokenType != JsonTokenType.StartObject)
                throw ToolException.InvalidInput($"the input of {tool} must be a JSON object such as {{\"field\": \"value\"}}");
            shape.Check(ref reader, "$", tool);
            // Reads to the end: anything after the object is refused here.
            reader.Read();
        }
        catch (JsonException malformed) { throw Malformed(input, malformed); }
    }

    static ToolException Malformed(ReadOnlySpan<byte> input, JsonException malformed)
    {
        var (line, column) = (malformed.LineNumber ?? 0, malformed.BytePositionInLine ?? 0);
        var offset = 0;
        for (var skip = line; skip > 0; skip--)
        {
            var next = input[offset..].IndexOf((byte)'\n');
            if (next < 0) break;
            offset += next + 1;
        }
        offset += (int)column;
        var what = offset >= input.Length ? "it ends too early; something is not closed" : input[offset] switch
        {
            < 0x20 => $"a raw control character (U+{input[offset]:X4}) stands there; inside a string write it as an escape such as \\n",
            < 0x7F => string.Create(CultureInfo.InvariantCulture, $"'{(char)input[offset]}' is not expected there"),
            _ => "what stands there is not expected",
        };
        return ToolException.InvalidInput($"the input is not valid JSON at line {line + 1}, byte {column + 1}: {what}");
    }
}
