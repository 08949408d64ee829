using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Http;

namespace Openclawssy.Gateway.Wire;

/// <summary>Writes answers: one JSON value and a newline.</summary>
static class JsonAnswer
{
    public const string ContentType = "application/json; charset=utf-8";

    public static Task SendAsync<T>(HttpResponse response, int status, T value, JsonTypeInfo<T> type) => SendAsync(response, status, JsonSerializer.SerializeToUtf8Bytes(value, type));

    public static async Task SendAsync(HttpResponse response, int status, ReadOnlyMemory<byte> json)
    {
        response.StatusCode = status;
        response.ContentType = ContentType;
        response.ContentLength = json.Length + 1;
        json.Span.CopyTo(response.BodyWriter.GetSpan(json.Length + 1));
        response.BodyWriter.GetSpan(json.Length + 1)[json.Length] = (byte)'\n';
        response.BodyWriter.Advance(json.Length + 1);
        await response.BodyWriter.FlushAsync(response.HttpContext.RequestAborted);
    }
}
