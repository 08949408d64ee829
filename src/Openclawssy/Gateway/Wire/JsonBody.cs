using System.Buffers;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Openclawssy.Gateway.Wire;

/// <summary>Reads bodies strictly: JSON by its content type, one value, no member twice, none that the route does not know.</summary>
static class JsonBody
{
    /// <summary>Deepest nesting, as for the configuration.</summary>
    public const int MaxDepth = 32;

    /// <exception cref="RequestRefused">It is none, or too long.</exception>
    public static async Task<T> ReadAsync<T>(HttpContext context, JsonTypeInfo<T> type, int maxBytes) where T : class
    {
        var bytes = await BytesAsync(context, maxBytes);
        return Parse(bytes.Span, type);
    }

    /// <exception cref="RequestRefused">It is no such value.</exception>
    public static T Parse<T>(ReadOnlySpan<byte> json, JsonTypeInfo<T> type) where T : class
    {
        try { return JsonSerializer.Deserialize(json, type) ?? throw new JsonException("the body is null"); }
        catch (JsonException problem) { throw new RequestRefused(400, "request.invalid_json", $"invalid json body: {Sentence(problem)}"); }
    }

    /// <summary>A body whose members the route looks up itself.</summary>
    /// <exception cref="RequestRefused">It is no JSON.</exception>
    public static JsonDocument Document(ReadOnlyMemory<byte> json)
    {
        JsonDocument? document = null;
        try
        {
            document = JsonDocument.Parse(json, new() { MaxDepth = MaxDepth, AllowDuplicateProperties = false });
            DemandText(document.RootElement);
            return document;
        }
        catch (Exception problem) when (problem is JsonException or InvalidOperationException)
        {
            document?.Dispose();
            throw new RequestRefused(400, "request.invalid_json", $"invalid json body: {(problem is JsonException syntax ? Sentence(syntax) : "it has half a character (a surrogate without its other half)")}");
        }
    }

    // The parser lets half a surrogate pair through, and only who reads it later finds out.
    static void DemandText(JsonElement value)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.String: value.GetString(); break;
            case JsonValueKind.Array: foreach (var item in value.EnumerateArray()) DemandText(item); break;
            case JsonValueKind.Object: foreach (var member in value.EnumerateObject()) DemandText(member.Value); break;
            default: break;
        }
    }

    public static async Task<ReadOnlyMemory<byte>> BytesAsync(HttpContext context, int maxBytes)
    {
        if (!IsJson(context.Request.ContentType)) throw new RequestRefused(415, "request.content_type", "send the body with Content-Type: application/json");
        if (context.Request.ContentLength > maxBytes) throw TooLong(maxBytes);
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit) limit.MaxRequestBodySize = maxBytes;
        var body = context.Request.BodyReader;
        while (true)
        {
            var read = await body.ReadAsync(context.RequestAborted);
            if (read.Buffer.Length > maxBytes) throw TooLong(maxBytes);
            if (read.IsCompleted)
            {
                // Whoever takes long to send may have lost the token meanwhile.
                if (context.Features.Get<Tokens.TokenHolder>() is { TakenAway.IsCancellationRequested: true }) throw new RequestRefused(401, "auth.invalid", "invalid bearer token");
                var bytes = read.Buffer.ToArray();
                body.AdvanceTo(read.Buffer.End);
                return bytes;
            }
            body.AdvanceTo(read.Buffer.Start, read.Buffer.End);
        }
    }

    public static bool IsJson(string? contentType) => contentType is not null && contentType.Split(';')[0].Trim().Equals("application/json", StringComparison.OrdinalIgnoreCase);

    static RequestRefused TooLong(int maxBytes) => new(413, "request.too_large", $"the body is longer than the {maxBytes} bytes this route takes");

    // The framework's sentence is passed on only where it is about the text itself: about members it names types of ours.
    static string Sentence(JsonException problem)
    {
        var line = problem.LineNumber is { } number ? $" (line {number + 1})" : "";
        if (problem.InnerException is JsonException || problem.GetType() != typeof(JsonException))
            return $"{problem.Message.Split(". LineNumber:")[0].Split(". Path:")[0].Split(" LineNumber:")[0].TrimEnd('.')}{line}";
        var place = Runtime.Text.OneLine.Escape(problem.Path ?? "$", 60);
        var what = problem.Message.Contains("could not be mapped", StringComparison.Ordinal) ? $"it has a member this route does not take ({place})"
            : problem.Message.Contains("missing required properties", StringComparison.Ordinal) ? "a required member is missing"
            : problem.Message.Contains("uplicate", StringComparison.Ordinal) ? $"it has a member twice ({place})"
            : problem.Message.Contains("body is null", StringComparison.Ordinal) ? "it is null"
            : $"{place} is of another kind";
        return what + line;
    }
}
