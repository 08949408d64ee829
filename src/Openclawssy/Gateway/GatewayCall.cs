using System.Globalization;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Http;
using Openclawssy.Gateway.Tokens;
using Openclawssy.Gateway.Wire;
using Openclawssy.Runtime.Text;

namespace Openclawssy.Gateway;

/// <summary>One request at a route: strict reading, plain answers, and who came.</summary>
sealed class GatewayCall(HttpContext context, Route route)
{
    /// <summary>Longest body of a route that says nothing else, in bytes.</summary>
    public const int MaxBody = 64 * 1024;

    public HttpContext Http => context;
    public CancellationToken Gone => context.RequestAborted;

    /// <summary>Whoever sent the token. A public route has nobody, and nothing there may act for one.</summary>
    public TokenHolder Holder => context.Features.Get<TokenHolder>() ?? throw new InvalidOperationException($"nobody is known at {route.Method} {route.Pattern}");

    public Task<T> BodyAsync<T>(JsonTypeInfo<T> type, int maxBytes = MaxBody) where T : class => JsonBody.ReadAsync(context, type, maxBytes);

    public Task AnswerAsync<T>(T value, JsonTypeInfo<T> type) => JsonAnswer.SendAsync(context.Response, route.Success, value, type);

    public Task AnswerAsync<T>(int status, T value, JsonTypeInfo<T> type) => JsonAnswer.SendAsync(context.Response, status, value, type);

    /// <summary>A part of the path.</summary>
    public string Part(string name) => context.Request.RouteValues[name] as string ?? "";

    /// <exception cref="RequestRefused">It is no id.</exception>
    public RunId Run(string name = "id") => RunId.TryParse(Part(name), out var run) ? run : throw RequestRefused.InvalidInput("that is no run id; one begins with run_");

    /// <inheritdoc cref="Run"/>
    public SessionId Session(string name = "id") => SessionId.TryParse(Part(name), out var session) ? session : throw RequestRefused.InvalidInput("that is no session id");

    /// <inheritdoc cref="Run"/>
    public static AgentId Agent(string text) => AgentId.TryParse(text.Trim(), out var agent) ? agent : throw RequestRefused.InvalidInput("that is no agent id; use letters, digits, '_', '-' and '.', at most 64");

    /// <summary>A value of the query; null when it is not there or blank.</summary>
    /// <exception cref="RequestRefused">It stands there twice.</exception>
    public string? Text(string name)
    {
        var values = context.Request.Query[name];
        if (values.Count > 1) throw RequestRefused.InvalidInput($"{name} is given more than once");
        return values is [{ } value] && value.Trim() is { Length: > 0 } text ? text : null;
    }

    /// <exception cref="RequestRefused">It is no number within the bounds.</exception>
    public int Number(string name, int normal, int min, int max)
    {
        if (Text(name) is not { } text) return normal;
        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= min && number <= max) return number;
        throw RequestRefused.InvalidInput(max == int.MaxValue ? $"{name} must be >= {min}" : $"{name} must be between {min} and {max}");
    }

    /// <summary>Refuses what the route does not know: a misspelt filter would show more than was asked for.</summary>
    public void DemandKnownQuery()
    {
        foreach (var name in context.Request.Query.Keys)
            if (route.Query.All(field => field.Name != name))
                throw RequestRefused.InvalidInput($"this route takes no \"{OneLine.Escape(name, 40)}\" in its query{(route.Query.Count == 0 ? "" : $"; it takes {string.Join(", ", route.Query.Select(field => field.Name))}")}");
    }

    /// <summary>Refuses a body, or the announcement of one, where the route takes none: a page's form sends one, and nobody would read it.</summary>
    public void DemandKnownBody()
    {
        if (route.Takes is not null) return;
        var request = context.Request;
        if (request.ContentType is not null && !JsonBody.IsJson(request.ContentType)) throw new RequestRefused(415, "request.content_type", "this route takes no body; send none, or an empty one with Content-Type: application/json");
        if (request.ContentLength is > 0 || request.Headers.TransferEncoding.Count > 0) throw new RequestRefused(400, "request.body", "this route takes no body; send none");
    }
}
