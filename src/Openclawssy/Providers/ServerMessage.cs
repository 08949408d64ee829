using System.Text;
using System.Text.Json;

namespace Openclawssy.Providers;

/// <summary>What a server said about an error, made fit to show: its own words, one line, bounded, without the key.</summary>
/// <param name="Text">Null when it said nothing.</param>
/// <param name="IsPage">True when it sent a web page; the text is then the page's title.</param>
/// <param name="Code">Its own code for the error, a number or a word.</param>
/// <param name="Field">The field of the request it complains about, a part of it after a dot.</param>
sealed record ServerMessage(string? Text, bool IsPage, string? Code, string? Field = null)
{
    /// <summary>Longest text shown, in characters.</summary>
    public const int MaxLength = 300;

    static readonly JsonDocumentOptions Lenient = new() { AllowTrailingCommas = true, CommentHandling = JsonCommentHandling.Skip };

    public static ServerMessage Read(ReadOnlyMemory<byte> body, ApiKey? key)
    {
        var start = body.Span.IndexOfAnyExcept(" \t\r\n\uFEFF"u8);
        if (start < 0) return new(null, false, null);
        body = body[start..];
        switch (body.Span[0])
        {
            case (byte)'<': return new(Tidy(TitleOf(Encoding.UTF8.GetString(body.Span)), key), true, null);
            case (byte)'{' or (byte)'[':
                try
                {
                    using var document = JsonDocument.Parse(body, Lenient);
                    return Read(document.RootElement, key);
                }
                catch (JsonException)
                {
                }
                break;
        }
        return new(Tidy(Encoding.UTF8.GetString(body.Span), key), false, null);
    }

    /// <summary>Reads an error object, or an object around one.</summary>
    public static ServerMessage Read(JsonElement error, ApiKey? key)
    {
        string? text = null, code = null, named = null;
        Look(error, 0);
        return new(Tidy(text ?? (error.ValueKind is JsonValueKind.Object or JsonValueKind.Array ? error.GetRawText() : null), key), false, code, named);

        void Look(JsonElement found, int depth)
        {
            switch (found.ValueKind)
            {
                case JsonValueKind.String: text = text is null ? SoundText.Of(SoundText.Loose(found)) : text; break;
                case JsonValueKind.Array:
                    if (depth < 5 && found.GetArrayLength() > 0) Look(found[0], depth + 1);
                    break;
                case JsonValueKind.Object when depth < 5:
                    foreach (var name in (ReadOnlySpan<string>)["code", "type", "status"])
                        if (code is null && found.TryGetProperty(name, out var value) && value.ValueKind is JsonValueKind.String or JsonValueKind.Number)
                            code = value.ValueKind == JsonValueKind.Number ? value.GetRawText() : SoundText.Of(SoundText.Loose(value));
                    if (named is null && found.TryGetProperty("param", out var param) && param.ValueKind == JsonValueKind.String) named = SoundText.Of(SoundText.Loose(param));
                    if (named is null && found.TryGetProperty("loc", out var place) && place.ValueKind == JsonValueKind.Array)
                        named = string.Join('.', place.EnumerateArray().Select(SoundText.Loose).Where(step => step is not ("" or "body")));
                    foreach (var name in (ReadOnlySpan<string>)["error", "message", "detail", "msg", "errors"])
                        if (text is null && found.TryGetProperty(name, out var value)) Look(value, depth + 1);
                    // A router's own message is often only "Provider returned error"; the cause stands beside it.
                    if (text is not null && found.TryGetProperty("metadata", out var metadata) && metadata.ValueKind == JsonValueKind.Object
                        && metadata.TryGetProperty("raw", out var raw) && raw.ValueKind == JsonValueKind.String)
                        text = $"{text}: {SoundText.Of(SoundText.Loose(raw))}";
                    break;
            }
        }
    }

    // Servers agree on neither a code nor a sentence; these are the words of OpenAI, OpenRouter, vLLM, llama.cpp and Anthropic.
    static readonly string[] tooLong = ["context_length_exceeded", "exceed_context_size", "context length", "context window", "context size", "prompt is too long"];

    /// <summary>True when the error is that the conversation does not fit the model's window.</summary>
    public bool IsTooLong => tooLong.Any(words => Code?.Contains(words, StringComparison.OrdinalIgnoreCase) == true || (!IsPage && Text?.Contains(words, StringComparison.OrdinalIgnoreCase) == true));

    /// <summary>True when a content filter refused the request.</summary>
    public bool IsFiltered => Code is "content_filter" or "content_policy_violation";

    /// <summary>How a sentence goes on with it: <c>, saying "…"</c>, or nothing.</summary>
    public string Quoted => (Text, IsPage) switch
    {
        (null, false) => "",
        (null, true) => ", with a web page instead of an answer",
        (_, true) => $", with a web page titled \"{Text}\"",
        _ => $", saying \"{Text}\"",
    };

    /// <summary>
    /// True when the server says that it knows no tools. A complaint about one tool's schema, or about messages, is none of these: it would
    /// be our error, and hidden by going on without tools.
    /// </summary>
    public bool RefusesTools
    {
        get
        {
            if (Field is "tools" or "tool_choice" or "functions" && !Says("schema")) return true;
            if (Field is { Length: > 0 } || IsPage || Says("failed") || Says("schema") || Says("messages") || Says("tool_call_id") || Says("tools[") || Says("parameters of")) return false;
            return Says("tool use") || Says("tools") || Says("tool call") || Says("tool_choice") || Says("tool choice") || Says("tool-call")
                || Says("function call") || Says("function_call") || Says("function-call") || Says("functions");
        }
    }

    bool Says(string words) => Text?.Contains(words, StringComparison.OrdinalIgnoreCase) == true || Code?.Contains(words, StringComparison.OrdinalIgnoreCase) == true;

    static string? TitleOf(string page)
    {
        var open = page.IndexOf("<title", StringComparison.OrdinalIgnoreCase);
        if (open < 0) return null;
        var start = page.IndexOf('>', open) + 1;
        var end = start == 0 ? -1 : page.IndexOf('<', start);
        return end < 0 ? null : page[start..end];
    }

    // Scrubbed before it is cut: a cut could leave half a key that no longer looks like one.
    static string? Tidy(string? text, ApiKey? key)
    {
        if (text is null) return null;
        text = key?.Scrub(text) ?? text;
        var line = new StringBuilder(Math.Min(text.Length, MaxLength));
        var gap = false;
        foreach (var rune in text.EnumerateRunes())
        {
            if (Rune.IsWhiteSpace(rune) || Rune.IsControl(rune) || Rune.GetUnicodeCategory(rune) == System.Globalization.UnicodeCategory.Format)
            {
                gap = line.Length > 0;
                continue;
            }
            if (line.Length + rune.Utf16SequenceLength + 2 > MaxLength)
            {
                line.Append('…');
                break;
            }
            if (gap) line.Append(' ');
            gap = false;
            line.Append(rune);
        }
        return line.Length == 0 ? null : line.ToString();
    }
}
