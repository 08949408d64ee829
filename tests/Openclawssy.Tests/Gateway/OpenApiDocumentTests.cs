using System.Text.Json.Nodes;
using Openclawssy.TestKit;
using Xunit;

namespace Openclawssy.Tests.Gateway;

public sealed class OpenApiDocumentTests
{
    [Fact]
    public async Task The_committed_document_is_what_the_gateway_serves()
    {
        await using var house = await GatewayHouse.OpenAsync();
        var served = await house.Client.GetStringAsync("/openapi.json");
        var path = Path.Combine(Repository.Root, "docs", "openapi.json");
        if (Environment.GetEnvironmentVariable("UPDATE") == "1") File.WriteAllText(path, served);
        Assert.True(File.Exists(path) && File.ReadAllText(path) == served, "docs/openapi.json differs from the routes; UPDATE=1 rewrites it");
    }

    [Fact]
    public async Task Every_reference_in_it_leads_somewhere_and_every_operation_has_a_name_of_its_own()
    {
        await using var house = await GatewayHouse.OpenAsync();
        var document = JsonNode.Parse(await house.Client.GetStringAsync("/openapi.json"))!;
        var schemas = document["components"]!["schemas"]!.AsObject();
        foreach (var reference in All(document).OfType<JsonObject>().Select(node => node["$ref"]?.GetValue<string>()).OfType<string>())
            Assert.True(schemas.ContainsKey(reference.Split('/')[^1]), reference);
        var names = document["paths"]!.AsObject().SelectMany(path => path.Value!.AsObject()).Select(operation => operation.Value!["operationId"]!.GetValue<string>()).ToList();
        Assert.Equal(names.Distinct(), names);
    }

    static IEnumerable<JsonNode> All(JsonNode? node)
    {
        if (node is null) yield break;
        yield return node;
        var inner = node switch { JsonObject members => members.Select(member => member.Value), JsonArray items => items, _ => [] };
        foreach (var one in inner.SelectMany(All)) yield return one;
    }
}
