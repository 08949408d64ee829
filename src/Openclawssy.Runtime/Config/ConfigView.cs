using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Openclawssy.Runtime.Config;

/// <summary>The configuration as a person, a page or a model may see it: whole, with every secret hidden.</summary>
public static class ConfigView
{
    // Readable text rather than escapes: it is shown in terminals and files, never put into HTML unescaped.
    internal static JavaScriptEncoder Encoder => JavaScriptEncoder.UnsafeRelaxedJsonEscaping;
    internal static JsonWriterOptions Indented { get; } = new() { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, NewLine = "\n" };
    internal static JsonWriterOptions Compact { get; } = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Every key that has a value, in the order of the file, as indented JSON that ends with a newline.</summary>
    public static string Redacted(OpenclawssyConfig config) => Encoding.UTF8.GetString(Write(config, Indented)) + "\n";

    /// <summary>One key's value, or a section, as JSON with secrets hidden; null when it has none.</summary>
    public static string? Value(OpenclawssyConfig config, ConfigPath path)
    {
        using var document = JsonDocument.Parse(Write(config, Compact).ToArray());
        var value = document.RootElement;
        foreach (var name in path.Segments)
            if (value.ValueKind != JsonValueKind.Object || !value.TryGetProperty(name, out value)) return null;
        return value.GetRawText();
    }

    static ReadOnlySpan<byte> Write(OpenclawssyConfig config, JsonWriterOptions options)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer, options)) ConfigSchema.Root.Write(writer, config);
        return buffer.WrittenSpan;
    }
}
