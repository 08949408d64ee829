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
        try { return JsonDocument.Parse(json, new() { MaxDepth = MaxDepth, AllowDuplicateProperties = false }); }
        catch (JsonException problem) { throw new RequestRefused(400, "request.invalid_json", $"invalid json body: {Sentence(problem)}"); }
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
                var bytes = read.Buffer.ToArray();
                body.AdvanceTo(read.Buffer.End);
                return bytes;
            }
            body.AdvanceTo(read.Buffer.Start, read.Buffer.End);
        }
    }

    static bool IsJson(string? contentType) => contentType is not null && contentType.Split(';')[0].Trim().Equals("application/json", StringComparison.OrdinalIgnoreCase);

    static RequestRefused TooLong(int maxBytes) => new(413, "request.too_large", $"the body is longer than the {maxBytes} bytes this route takes");

    // The framework's sentence names types of ours after its first sentence.
    static string Sentence(JsonException problem)
    {
        var text = problem.Message.Split(". Path:")[0].Split(" Path:")[0];
        if (text.Contains("could not be mapped", StringComparison.Ordinal)) text = $"it has a member this route does not take ({problem.Path ?? "$"})";
        else if (text.Contains("could not be converted", StringComparison.Ordinal)) text = $"{problem.Path ?? "$"} is of another kind";
        else if (text.Contains("missing required properties", StringComparison.Ordinal)) text = "a required member is missing";
        return $"{text.TrimEnd('.')}{(problem.LineNumber is { } line ? $" (line {line + 1})" : "")}";
    }
}
