using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Openclawssy.Runtime.Toolkit;

/// <summary>The reference page of all tools, written from the tools themselves; <c>docs/TOOL_CATALOG.md</c> is this text.</summary>
public static class ToolCatalogPage
{
    public static string Render(IEnumerable<Tool> tools)
    {
        var catalog = new ToolCatalog(tools);
        var page = new StringBuilder();
        page.Append("""
            # Tool catalogue

            Generated from the tools; do not edit. `UPDATE=1` with the tests rewrites it.

            A tool needs a grant of its own name (`policy grant AGENT TOOL`). Input is one JSON object, read strictly: an unknown, missing,
            null, mistyped, out-of-range or repeated field is `tool.input_invalid`, and the error names the field. Paths are relative to the
            workspace; one that tries to leave it is `policy.denied`.


            """);
        foreach (var tool in catalog.All)
            page.Append('-').Append($" [`{tool.Name}`](#{tool.Name.Replace(".", "", StringComparison.Ordinal)}) {FirstSentence(tool.Description)}\n");
        foreach (var tool in catalog.All) Write(page, tool);
        return page.ToString();
    }

    static void Write(StringBuilder page, Tool tool)
    {
        page.Append($"\n## {tool.Name}\n\n{tool.Description}\n\n");
        if (tool.Aliases.Count > 0) page.Append($"Also called {string.Join(", ", tool.Aliases.Select(alias => $"`{alias}`"))}. ");
        page.Append($"Reach: {tool.Reach}. Effect: {Words(Effects.Of(tool.Reach).ToString())}.\n");

        var input = JsonObject.Create(tool.InputSchema)!;
        var required = input["required"]?.AsArray().Select(name => (string)name!).ToHashSet() ?? [];
        page.Append("\n### Input\n\n");
        if (input["properties"]!.AsObject().Count == 0) page.Append("No fields.\n");
        else page.Append("| field | type | default | what |\n|---|---|---|---|\n");
        foreach (var (name, field) in input["properties"]!.AsObject())
        {
            var schema = field!.AsObject();
            var value = required.Contains(name) ? "required" : schema["default"] is { } given ? $"`{given.ToJsonString()}`" : "";
            var what = Cell(schema) + (tool.SensitiveFields.Contains(name) ? " Sensitive: never recorded." : "");
            page.Append($"| `{name}` | {TypeOf(schema)} | {value} | {what} |\n");
        }

        if (tool is not IDescribesOutput described) return;
        page.Append("\n### Result\n\n| field | type | what |\n|---|---|---|\n");
        foreach (var (name, field) in described.OutputSchema["properties"]!.AsObject())
            page.Append($"| `{name}` | {TypeOf(field!.AsObject())} | {Cell(field.AsObject())} |\n");
    }

    static string TypeOf(JsonObject schema)
    {
        var type = (string?)schema["type"] ?? "value";
        if (schema["enum"] is JsonArray words) return string.Join(", ", words.Select(word => $"`{(string)word!}`"));
        if (type == "array") return "list of " + TypeOf(schema["items"]!.AsObject());
        if (schema["additionalProperties"] is JsonObject values) return "map of " + TypeOf(values);
        if (type == "object") return "{ " + string.Join(", ", schema["properties"]!.AsObject().Select(pair => $"{pair.Key}: {TypeOf(pair.Value!.AsObject())}")) + " }";
        return (schema["minimum"], schema["maximum"]) switch
        {
            ({ } low, { } high) => $"{type}, {low} to {high}",
            ({ } low, null) => $"{type}, {low} or more",
            (null, { } high) => $"{type}, at most {high}",
            _ => type,
        };
    }

    static string Cell(JsonObject schema) => ((string?)schema["description"] ?? "").Replace("|", "\\|", StringComparison.Ordinal);

    static string FirstSentence(string text) => text.IndexOf(". ", StringComparison.Ordinal) is var end and > 0 ? text[..(end + 1)] : text;

    static string Words(string name) => string.Concat(name.Select((c, i) => char.IsUpper(c) && i > 0 ? $" {char.ToLowerInvariant(c)}" : $"{char.ToLowerInvariant(c)}"));
}
