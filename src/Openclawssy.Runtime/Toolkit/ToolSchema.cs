using System.ComponentModel;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Schema;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace Openclawssy.Runtime.Toolkit;

/// <summary>Derives a JSON Schema from an input or output record and its attributes.</summary>
static class ToolSchema
{
    /// <summary>Stands in the schema only until it is compiled; the model never sees it.</summary>
    public const string PathMark = "x-path", SensitiveMark = "x-sensitive";

    /// <summary>One set of rules for reading input and writing output of every tool.</summary>
    public static JsonSerializerOptions Options(JsonSerializerContext json) => new()
    {
        TypeInfoResolver = json,
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true,
        AllowDuplicateProperties = false,
        MaxDepth = StrictInput.MaxDepth,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        // Results are read by a model, never put into a page: "<" stays "<", so that code stays readable.
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>The schema with its marks.</summary>
    public static JsonObject Export(JsonTypeInfo type)
    {
        var schema = JsonSchemaExporter.GetJsonSchemaAsNode(type, Exporter).AsObject();
        if (schema["properties"] is null) schema.Insert(schema.IndexOf("type") + 1, "properties", new JsonObject());
        return schema;
    }

    /// <summary>Names of the top-level fields marked sensitive. A mark further down could not be honoured and is refused.</summary>
    public static IReadOnlySet<string> Sensitive(JsonObject schema)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (name, field) in schema["properties"]!.AsObject())
        {
            if (field!.AsObject().ContainsKey(SensitiveMark)) names.Add(name);
            else if (HasMark(field)) throw new NotSupportedException($"only a top-level input field can be sensitive; below {name} one is marked");
        }
        return names;
    }

    /// <summary>Takes the marks out and freezes the schema.</summary>
    public static JsonElement Publish(JsonObject schema)
    {
        RemoveMarks(schema);
        var bytes = new System.Buffers.ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(bytes, new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping })) schema.WriteTo(writer);
        using var document = JsonDocument.Parse(bytes.WrittenMemory);
        return document.RootElement.Clone();
    }

    const string TextOrSecretForms = """
        {"type":"object","additionalProperties":{"anyOf":[{"type":"string"},{"type":"number"},{"type":"boolean"},{"type":"object","properties":{"secret":{"type":"string"}},"required":["secret"],"additionalProperties":false}]}}
        """;

    // Each form with its type: several model servers refuse a schema without one.
    const string AnyForms = """{"anyOf":[{"type":"string"},{"type":"number"},{"type":"boolean"},{"type":"object","additionalProperties":true},{"type":"array","items":{}}]}""";

    static readonly JsonSchemaExporterOptions Exporter = new() { TreatNullObliviousAsNonNullable = true, TransformSchemaNode = Transform };

    static JsonNode Transform(JsonSchemaExporterContext context, JsonNode node)
    {
        if (node is not JsonObject schema) return node;
        Simplify(schema);
        // Fields are described from the record that holds them: the exporter does not show every one of them by itself.
        if (schema["properties"] is JsonObject fields)
            foreach (var property in context.TypeInfo.Properties)
                if (fields.TryGetPropertyValue(property.Name, out var field) && field is not null) Describe(property, fields, field);
        return schema;
    }

    /// <summary>Leaving a field out is the one way to leave it out: null is not offered.</summary>
    static void Simplify(JsonObject schema)
    {
        if (schema["type"] is JsonArray types) schema["type"] = types.Select(type => (string)type!).Single(type => type != "null");
        if (schema["enum"] is JsonArray words)
        {
            schema["type"] = "string";
            schema["enum"] = new JsonArray([.. words.Where(word => word is not null).Select(word => (JsonNode)(string)word!)]);
        }
        if (schema.TryGetPropertyValue("default", out var nothing) && nothing is null) schema.Remove("default");
    }

    static void Describe(JsonPropertyInfo property, JsonObject fields, JsonNode field)
    {
        if (property.PropertyType == typeof(WorkspacePath)) fields[property.Name] = field = new JsonObject { ["type"] = "string", [PathMark] = true };
        if (property.PropertyType == typeof(JsonElement?) || property.PropertyType == typeof(JsonElement)) fields[property.Name] = field = JsonNode.Parse(AnyForms)!;
        // The exporter cannot look into a value with a converter of its own.
        if (property.PropertyType == typeof(IReadOnlyDictionary<string, TextOrSecret>)) fields[property.Name] = field = JsonNode.Parse(TextOrSecretForms)!;
        if (field is not JsonObject schema) return;
        Simplify(schema);
        if (Find<BoundsAttribute>(property) is { } bounds)
        {
            if (bounds.Min > long.MinValue) schema["minimum"] = bounds.Min;
            if (bounds.Max < long.MaxValue) schema["maximum"] = bounds.Max;
        }
        if (Find<DefaultValueAttribute>(property) is { Value: string value }) schema["default"] = value;
        if (Find<SensitiveAttribute>(property) is not null) schema[SensitiveMark] = true;
        if (Find<DescriptionAttribute>(property) is { } text) schema.Insert(0, "description", text.Description);
    }

#pragma warning disable RS0030 // The one look at attributes: the serializer's own metadata hands them out, native builds keep them.
    // On a record's constructor parameter, or with "property:" on the property it makes: a mark is found either way.
    static T? Find<T>(JsonPropertyInfo property) where T : Attribute =>
        property.AttributeProvider?.GetCustomAttributes(typeof(T), false) is [T onProperty, ..] ? onProperty
        : property.AssociatedParameter?.AttributeProvider?.GetCustomAttributes(typeof(T), false) is [T onParameter, ..] ? onParameter
        : null;
#pragma warning restore RS0030

    static bool HasMark(JsonNode node) => node switch
    {
        JsonObject o => o.ContainsKey(SensitiveMark) || o.Any(pair => pair.Value is not null && HasMark(pair.Value)),
        JsonArray a => a.Any(item => item is not null && HasMark(item)),
        _ => false,
    };

    static void RemoveMarks(JsonNode? node)
    {
        if (node is not JsonObject schema) return;
        schema.Remove(PathMark);
        schema.Remove(SensitiveMark);
        foreach (var (_, inner) in schema) RemoveMarks(inner);
    }
}
