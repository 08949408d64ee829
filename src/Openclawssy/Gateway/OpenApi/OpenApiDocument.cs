using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Schema;
using System.Text.Json.Serialization.Metadata;
using System.Text.RegularExpressions;
using Openclawssy.Gateway.Wire;

namespace Openclawssy.Gateway.OpenApi;

/// <summary>
/// The routes as an OpenAPI 3.1 document (https://spec.openapis.org/oas/v3.1.0), made of the list the server serves and of the types it
/// reads and writes; so it cannot say something else. <c>docs/openapi.json</c> is this, and a test compares.
/// </summary>
static partial class OpenApiDocument
{
    static readonly JsonWriterOptions indented = new() { Indented = true, NewLine = "\n", Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static byte[] Of(IEnumerable<Route> routes, string version)
    {
        var schemas = new SchemaShelf();
        var paths = new JsonObject();
        foreach (var group in routes.GroupBy(route => PlainPath(route.Pattern)).OrderBy(group => group.Key, StringComparer.Ordinal))
        {
            var path = new JsonObject();
            foreach (var route in group) path[route.Method.ToLowerInvariant()] = Operation(route, schemas);
            paths[group.Key] = path;
        }
        schemas.Put(GatewayJson.Default.ErrorBody);
        var document = new JsonObject
        {
            ["openapi"] = "3.1.0",
            ["info"] = new JsonObject { ["title"] = "Openclawssy", ["version"] = version, ["description"] = "The gateway's HTTP API. Every route needs the bearer token unless it says otherwise." },
            ["paths"] = paths,
            ["components"] = new JsonObject
            {
                ["securitySchemes"] = new JsonObject { ["bearer"] = new JsonObject { ["type"] = "http", ["scheme"] = "bearer" } },
                ["schemas"] = schemas.Everything(),
            },
            ["security"] = new JsonArray(new JsonObject { ["bearer"] = new JsonArray() }),
        };
        using var bytes = new MemoryStream();
        using (var writer = new Utf8JsonWriter(bytes, indented)) document.WriteTo(writer);
        return [.. bytes.ToArray(), (byte)'\n'];
    }

    static JsonObject Operation(Route route, SchemaShelf schemas)
    {
        var operation = new JsonObject { ["summary"] = route.Summary, ["operationId"] = OperationId(route), ["tags"] = new JsonArray(route.Tag) };
        JsonNode[] parameters =
        [
            .. Part().Matches(route.Pattern).Select(part => Parameter(part.Groups[1].Value, "path", null, "string", required: true)),
            .. route.Query.Select(field => Parameter(field.Name, "query", field.Summary, field.Kind, required: false)),
            .. route.Headers.Select(field => Parameter(field.Name, "header", field.Summary, field.Kind, required: false)),
        ];
        if (parameters.Length > 0) operation["parameters"] = new JsonArray(parameters);
        if (route.Takes is { } takes) operation["requestBody"] = new JsonObject { ["required"] = true, ["content"] = Json(schemas.Put(takes)) };
        var good = new JsonObject { ["description"] = "It worked." };
        if (route.Gives is { } gives) good["content"] = Json(schemas.Put(gives));
        else if (route.GivesType is { } type) good["content"] = new JsonObject { [type] = new JsonObject { ["schema"] = new JsonObject { ["type"] = "string" } } };
        var responses = new JsonObject { [Status(route.Success)] = good };
        foreach (var status in (IEnumerable<int>)[.. route.IsPublic ? new[] { 421 } : new[] { 400, 401, 403, 421, 429, 500 }, .. route.Refusals])
            responses[Status(status)] ??= new JsonObject { ["description"] = "Refused.", ["content"] = Json(schemas.Put(GatewayJson.Default.ErrorBody)) };
        operation["responses"] = new JsonObject(responses.OrderBy(one => one.Key, StringComparer.Ordinal).Select(one => KeyValuePair.Create(one.Key, one.Value?.DeepClone())));
        if (route.IsPublic) operation["security"] = new JsonArray();
        return operation;
    }

    static JsonObject Parameter(string name, string place, string? summary, string kind, bool required)
    {
        var parameter = new JsonObject { ["name"] = name, ["in"] = place, ["schema"] = new JsonObject { ["type"] = kind } };
        if (required) parameter["required"] = true;
        if (summary is not null) parameter["description"] = summary;
        return parameter;
    }

    static JsonObject Json(JsonObject schema) => new() { ["application/json"] = new JsonObject { ["schema"] = schema } };

    static string Status(int status) => status.ToString(System.Globalization.CultureInfo.InvariantCulture);

    static string PlainPath(string pattern) => Part().Replace(pattern, "{$1}");

    static string OperationId(Route route) => string.Concat(
        new[] { route.Method.ToLowerInvariant() }.Concat(Words().Matches(route.Pattern).Select(word => char.ToUpperInvariant(word.Value[0]) + word.Value[1..])));

    [GeneratedRegex(@"\{\**(\w+)\}")]
    private static partial Regex Part();

    [GeneratedRegex(@"\w+")]
    private static partial Regex Words();
}

/// <summary>The schemas the document speaks of, each once and by its type's name.</summary>
sealed class SchemaShelf
{
    readonly SortedDictionary<string, JsonNode> schemas = new(StringComparer.Ordinal);

    /// <returns>A reference to it.</returns>
    public JsonObject Put(JsonTypeInfo type)
    {
        // Any JSON at all: the configuration has a schema of its own.
        if (type.Type == typeof(JsonElement)) return new() { ["type"] = "object" };
        Shelve(type);
        return Reference(type);
    }

    public JsonObject Everything() => new(schemas.Select(one => KeyValuePair.Create(one.Key, (JsonNode?)one.Value)));

    void Shelve(JsonTypeInfo type)
    {
        if (schemas.ContainsKey(type.Type.Name)) return;
        schemas[type.Type.Name] = new JsonObject();
        var inner = new List<JsonTypeInfo>();
        schemas[type.Type.Name] = type.GetJsonSchemaAsNode(new()
        {
            TreatNullObliviousAsNonNullable = true,
            TransformSchemaNode = (context, schema) =>
            {
                if (context.TypeInfo.Type == typeof(JsonElement)) return new JsonObject();
                if (context.TypeInfo.Kind != JsonTypeInfoKind.Object || context.TypeInfo.Type == type.Type && context.Path.Length == 0) return Tidy(schema);
                inner.Add(context.TypeInfo);
                return Reference(context.TypeInfo);
            },
        });
        foreach (var one in inner) Shelve(one);
    }

    // A default of null says no more than that the member may be missing.
    static JsonNode Tidy(JsonNode schema)
    {
        if (schema is JsonObject members && members.TryGetPropertyValue("default", out var normal) && normal is null) members.Remove("default");
        return schema;
    }

    static JsonObject Reference(JsonTypeInfo type) => new() { ["$ref"] = $"#/components/schemas/{type.Type.Name}" };
}
