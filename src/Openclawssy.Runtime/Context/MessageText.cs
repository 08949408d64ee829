using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Openclawssy.Runtime.Journal;

namespace Openclawssy.Runtime.Context;

/// <summary>What the model reads of an event, as text.</summary>
public static class MessageText
{
    static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    /// <summary>Of a result: the output, the error as an object with a code it can act on, or an earlier output with the word that it is one.</summary>
    public static string OfResult(Story story, ToolAnswered result)
    {
        if (result.Error is { } error) return Json(json =>
        {
            json.WriteStartObject("error");
            json.WriteString("code", error.Code);
            json.WriteString("message", error.Message);
            json.WriteBoolean("retryable", error.Retryable);
            if (error.Path is not null) json.WriteString("path", error.Path);
            json.WriteEndObject();
        });
        if (result.OutputFrom is not { } seq) return result.Output ?? "{}";
        var earlier = (ToolAnswered)story[seq];
        return Json(json =>
        {
            json.WriteString("reused", $"this is the result of the identical call {earlier.CallId}; nothing ran since that could have changed it, so it was not run again");
            json.WritePropertyName("result");
            json.WriteRawValue(earlier.Output ?? "{}", skipInputValidation: true);
        });
    }

    /// <summary>A result in less room: its beginning and its end, and how much is missing between them.</summary>
    /// <param name="maxChars">UTF-16 units of the result that are kept; the words around them come on top.</param>
    public static string Shorten(string text, int maxChars)
    {
        if (text.Length <= maxChars) return text;
        if (maxChars == 0) return string.Create(CultureInfo.InvariantCulture, $"[{text.Length} characters left out to fit]");
        var head = Cut(text, maxChars * 2 / 3);
        var tail = text.Length - (maxChars - head);
        if (tail < text.Length && char.IsLowSurrogate(text[tail])) tail++;
        return string.Create(CultureInfo.InvariantCulture,
            $"[shortened to fit: {tail - head} of {text.Length} characters are left out in the middle; ask for the part you need]\n{text.AsSpan(0, head)}\n[…]\n{text.AsSpan(tail)}");
    }

    /// <summary>Arguments in less room. They stay a JSON object, because servers read them.</summary>
    public static string ShortenArguments(string arguments, int maxChars) => arguments.Length <= maxChars
        ? arguments
        : Json(json => json.WriteString("omitted", string.Create(CultureInfo.InvariantCulture, $"{arguments.Length} characters of input, left out to fit")));

    static int Cut(string text, int at) => at > 0 && at < text.Length && char.IsHighSurrogate(text[at - 1]) ? at - 1 : at;

    static string Json(Action<Utf8JsonWriter> write)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer, Options))
        {
            json.WriteStartObject();
            write(json);
            json.WriteEndObject();
        }
        return Encoding.UTF8.GetString(buffer.GetBuffer().AsSpan(0, (int)buffer.Length));
    }
}
