using System.Text;
using System.Text.Json;
using System.Text.Unicode;

namespace Openclawssy.Runtime.Config;

/// <summary>Reads a configuration file: strictly, whole, and reporting everything that is wrong at once.</summary>
public static class ConfigFile
{
    public const int MaxBytes = 1024 * 1024;
    public const int MaxDepth = 32;

    internal static JsonReaderOptions Syntax { get; } = new() { AllowTrailingCommas = true, CommentHandling = JsonCommentHandling.Skip, MaxDepth = MaxDepth };

    static ReadOnlySpan<byte> ByteOrderMark => [0xEF, 0xBB, 0xBF];

    /// <param name="utf8">The file's bytes, or null when there is no file: then the defaults hold.</param>
    /// <param name="displayName">How messages name the file.</param>
    public static ConfigLoad Load(byte[]? utf8, string displayName)
    {
        if (utf8 is null) return new(displayName, new(), Exists: false, [], []);
        var text = WithoutMark(utf8);
        var reading = new ConfigReading(displayName, text);
        var config = new OpenclawssyConfig();
        if (text.Length > MaxBytes) reading.Problem("", -1, ConfigFault.Syntax, $"the file has {text.Length} bytes; at most {MaxBytes} are read");
        else if (!Utf8.IsValid(text.Span)) reading.Problem("", FirstInvalid(text.Span), ConfigFault.Syntax, "the text is not valid UTF-8; save the file in that encoding");
        else config = Read(text.Span, reading);
        return reading.Finish(config, exists: true);
    }

    /// <summary>Whether a valid file gives the key a value.</summary>
    internal static bool Says(byte[] utf8, ConfigPath path)
    {
        using var document = JsonDocument.Parse(WithoutMark(utf8), new() { AllowTrailingCommas = true, CommentHandling = JsonCommentHandling.Skip, MaxDepth = MaxDepth });
        var value = document.RootElement;
        return path.Segments.All(name => value.ValueKind == JsonValueKind.Object && value.TryGetProperty(name, out value));
    }

    static ReadOnlyMemory<byte> WithoutMark(byte[] utf8) => utf8.AsMemory(utf8.AsSpan().StartsWith(ByteOrderMark) ? ByteOrderMark.Length : 0);

    static OpenclawssyConfig Read(ReadOnlySpan<byte> text, ConfigReading reading)
    {
        var reader = new Utf8JsonReader(text, Syntax);
        var config = new OpenclawssyConfig();
        try
        {
            reader.Read();
            config = ConfigSchema.Root.Read(ref reader, config, new("", FeatureStatus.Active), reading, [ConfigSchema.SchemaKey]);
            while (reader.Read()) { }
        }
        catch (JsonException e)
        {
            reading.Problem("", OffsetOf(text, e), ConfigFault.Syntax, Describe(e));
            return config;
        }
        ConfigRules.Check(config, reading);
        return config;
    }

    static string Describe(JsonException e)
    {
        // The framework's sentence is good; the position at its end is ours to say.
        var end = e.Message.IndexOf(" LineNumber:", StringComparison.Ordinal);
        var message = end > 0 ? e.Message[..end] : e.Message;
        if (message.Contains("does not contain any JSON tokens", StringComparison.Ordinal)) return "the file holds no settings; write {} for the defaults, or remove the file";
        return message.Contains("depth", StringComparison.OrdinalIgnoreCase) && message.Contains($"{MaxDepth}", StringComparison.Ordinal)
            ? $"the file is nested deeper than {MaxDepth} levels"
            : $"not valid JSON at column {(e.BytePositionInLine ?? 0) + 1}: {message}";
    }

    static int OffsetOf(ReadOnlySpan<byte> text, JsonException e)
    {
        var offset = 0;
        for (var line = e.LineNumber ?? 0; line > 0; line--)
        {
            var end = text[offset..].IndexOf((byte)'\n');
            if (end < 0) break;
            offset += end + 1;
        }
        return offset;
    }

    static int FirstInvalid(ReadOnlySpan<byte> text)
    {
        var offset = 0;
        while (offset < text.Length && Rune.DecodeFromUtf8(text[offset..], out _, out var consumed) == System.Buffers.OperationStatus.Done) offset += consumed;
        return offset;
    }
}
