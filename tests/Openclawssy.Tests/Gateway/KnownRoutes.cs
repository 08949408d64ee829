using System.Text.Json.Nodes;

namespace Openclawssy.Tests.Gateway;

/// <summary>Every route there is, from the document the gateway makes of its own list.</summary>
sealed record KnownRoute(string Method, string Pattern, bool IsPublic, bool TakesBody, JsonNode Operation)
{
    /// <summary>The pattern with something in place of each part.</summary>
    public string Path => Pattern.Replace("{id}", Pattern.Contains("session", StringComparison.Ordinal) ? "chat_1" : "run_1", StringComparison.Ordinal).Replace("{name}", "a.b", StringComparison.Ordinal);

    public static async Task<IReadOnlyList<KnownRoute>> AllAsync(GatewayHouse house)
    {
        var document = JsonNode.Parse(await house.Client.GetStringAsync("/openapi.json"))!;
        var all = document["paths"]!.AsObject().SelectMany(path => path.Value!.AsObject().Select(operation => new KnownRoute(
            operation.Key.ToUpperInvariant(), path.Key, operation.Value!["security"] is JsonArray { Count: 0 }, operation.Value["requestBody"] is not null, operation.Value))).ToList();
        if (all.Count < 20 || all.Any(route => route.Path.Contains('{', StringComparison.Ordinal))) throw new InvalidOperationException("the document lists too little");
        return all;
    }
}
