using System.ComponentModel;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Openclawssy.Runtime.Text;
using Openclawssy.Runtime.Toolkit;

namespace Openclawssy.Tools.Web;

/// <summary>Makes one web request to a host the operator allowed.</summary>
public sealed class HttpRequest() : Tool<HttpRequest.Input, HttpRequest.Output>(HttpRequestJson.Default)
{
    public sealed record Input(
        [property: Description("Complete address, for example https://example.com/page.")] string Url,
        [property: Description("GET, HEAD, POST, PUT, PATCH, DELETE or OPTIONS.")] string Method = "GET",
        [property: Description("Request headers. Instead of a text, {\"secret\":\"NAME\"} sends a stored secret the operator bound to this host and header.")] IReadOnlyDictionary<string, TextOrSecret>? Headers = null,
        [property: Description("Sent as it is when it is a text; any other JSON value is sent as JSON.")] JsonElement? Body = null,
        [property: Description("Time limit of the whole request in milliseconds."), Bounds(1, 300_000)] int TimeoutMs = 15_000,
        [property: Description("Keep at most this many bytes of the body, after decompression."), Bounds(1, 5_242_880)] int MaxResponseBytes = 1_048_576);

    public sealed record Output(
        [property: Description("HTTP status; 404 or 500 is an answer, not an error of the tool.")] int Status,
        [property: Description("Response headers, several values joined by commas; cookies are left out.")] IReadOnlyDictionary<string, string> Headers,
        [property: Description("The body.")] string Body,
        [property: Description("base64 when the body is no text.")] string? BodyEncoding,
        [property: Description("Bytes of the body that were kept.")] int BytesRead,
        [property: Description("True when the body goes on.")] bool Truncated,
        [property: Description("Where the answer came from, after redirects.")] string Url,
        [property: Description("The limit that was in force.")] int MaxResponseBytes,
        [property: Description("The addresses that pointed on, when there were any.")] IReadOnlyList<string>? Redirects);

    public override string Name => "http.request";
    public override string Description =>
        "Make one web request. Only hosts the operator allowed can be reached; others are policy.denied, and trying other spellings does not help. At most 5 redirects are followed, each only to an allowed host.";
    public override Reach Reach => Reach.Web;
    public override IReadOnlyList<string> Aliases => ["net.fetch"];

    protected override void Check(Input input)
    {
        if (string.IsNullOrWhiteSpace(input.Url)) throw ToolException.InvalidInput("$.url: must not be empty; give an address such as https://example.com/page", "$.url");
        if (!WebCall.Methods.Contains(Method(input)))
            throw ToolException.InvalidInput($"$.method: must be one of {string.Join(", ", WebCall.Methods)}, got \"{Truncation.OneLine(input.Method, 40)}\"", "$.method");
    }

    protected override async Task<Answer<Output>> RunAsync(Input input, ToolScope scope, CancellationToken cancellationToken)
    {
        var headers = new Dictionary<string, TextOrSecret>(input.Headers ?? new Dictionary<string, TextOrSecret>());
        var body = BodyOf(input.Body, headers);
        var answer = await scope.Web.SendAsync(
            new(Method(input), input.Url.Trim(), headers, body, TimeSpan.FromMilliseconds(input.TimeoutMs), input.MaxResponseBytes), cancellationToken);
        var where = WithoutQuery(answer.Url);
        return new(
            new(answer.Status, answer.Headers, answer.Body, answer.IsBase64 ? "base64" : null, answer.BytesRead, answer.Truncated, answer.Url, input.MaxResponseBytes,
                answer.Redirects.Count > 0 ? answer.Redirects : null),
            $"{Method(input)} {where}: {answer.Status}, {answer.BytesRead} byte(s){(answer.Truncated ? ", truncated" : "")}", where);
    }

    static ReadOnlyMemory<byte>? BodyOf(JsonElement? body, Dictionary<string, TextOrSecret> headers)
    {
        if (body is not { } value) return null;
        if (value.ValueKind == JsonValueKind.String) return Encoding.UTF8.GetBytes(value.GetString()!);
        if (!headers.Keys.Any(name => name.Equals("Content-Type", StringComparison.OrdinalIgnoreCase))) headers["Content-Type"] = TextOrSecret.Of("application/json");
        return Encoding.UTF8.GetBytes(value.GetRawText());
    }

    static string Method(Input input) => input.Method.Trim().ToUpperInvariant();

    static string WithoutQuery(string url) => url.IndexOf('?', StringComparison.Ordinal) is var query and >= 0 ? url[..query] : url;
}

[JsonSerializable(typeof(HttpRequest.Input))]
[JsonSerializable(typeof(HttpRequest.Output))]
sealed partial class HttpRequestJson : JsonSerializerContext;
