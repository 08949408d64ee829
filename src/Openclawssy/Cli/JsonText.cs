using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Openclawssy.Cli;

/// <summary>The one JSON object a command prints with <c>--json</c>.</summary>
static class JsonText
{
    // Relaxed: the reader is a person or a JSON parser, never a web page. Control characters are escaped all the same.
    static readonly JsonWriterOptions indented = new() { Indented = true, NewLine = "\n", Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static string Of(Action<Utf8JsonWriter> write)
    {
        using var bytes = new MemoryStream();
        using (var writer = new Utf8JsonWriter(bytes, indented)) write(writer);
        return Encoding.UTF8.GetString(bytes.GetBuffer(), 0, (int)bytes.Length);
    }

    public static void Print(TextWriter output, Action<Utf8JsonWriter> write) => output.WriteLine(Of(write));
}
