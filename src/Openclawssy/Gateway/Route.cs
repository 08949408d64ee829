using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Http;

namespace Openclawssy.Gateway;

/// <summary>One route: what it is, what it takes and gives, and what it does. The OpenAPI document and the tests read the same list the server serves.</summary>
/// <param name="Pattern">For example <c>/v1/runs/{id}</c>.</param>
/// <param name="Summary">For people, half a sentence.</param>
sealed record Route(string Method, string Pattern, string Summary, Func<GatewayCall, Task> Act)
{
    /// <summary>Reached without a token. To be written at each route it holds for.</summary>
    public bool IsPublic { get; init; }

    /// <summary>A file of the dashboard. Its name comes from the build, so it stands in no document.</summary>
    public bool IsPage { get; init; }

    /// <summary>The body it takes; null for none.</summary>
    public JsonTypeInfo? Takes { get; init; }

    /// <summary>The answer when it worked; null when it is not JSON.</summary>
    public JsonTypeInfo? Gives { get; init; }

    /// <summary>What it answers when it is not JSON.</summary>
    public string? GivesType { get; init; }

    public int Success { get; init; } = StatusCodes.Status200OK;

    /// <summary>What may stand in the query. Anything else is refused.</summary>
    public IReadOnlyList<QueryField> Query { get; init; } = [];

    /// <summary>Request headers it acts on beside those every route has.</summary>
    public IReadOnlyList<QueryField> Headers { get; init; } = [];

    /// <summary>Statuses it refuses with beside 400, 401, 403, 421, 429 and 500, which every route may give.</summary>
    public IReadOnlyList<int> Refusals { get; init; } = [];

    /// <summary>Group in the OpenAPI document.</summary>
    public string Tag => Pattern.Split('/', StringSplitOptions.RemoveEmptyEntries) is ["v1" or "api", var second, ..] ? second : "health";
}

/// <summary>One named value of a query or a header.</summary>
/// <param name="Kind"><c>string</c> or <c>integer</c>.</param>
sealed record QueryField(string Name, string Summary, string Kind = "string");
