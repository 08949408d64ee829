using System.Text;
using System.Text.Json;
using Microsoft.Extensions.AI;

namespace Openclawssy.Runtime.Models;

/// <summary>What a model without native tools is told about them: the tools, and the one form of a call.</summary>
static class SpokenManual
{
    const string NoArguments = """{"type":"object","properties":{}}""";

    public static string Of(IList<AITool> tools, ChatToolMode? mode, bool? several)
    {
        var manual = new StringBuilder();
        manual.Append("# Tools\n\nYou call a tool by writing a block like this one:\n\n");
        manual.Append(Example(tools));
        manual.Append("\n\nThe block is fenced and marked \"tool\". It holds one JSON object with \"tool_name\" and \"arguments\"; the arguments fit the tool's schema.\n");
        manual.Append(several == false ? "Write at most one block in an answer.\n" : "Several blocks in one answer are several calls, carried out in order.\n");
        manual.Append("End your answer after the blocks. The results follow in the next message, each under a line \"tool result <id> <name>:\"; never write one yourself.\n");
        manual.Append("When you need no tool, answer without a block.\n");
        foreach (var tool in tools)
        {
            manual.Append($"\n## {tool.Name}\n");
            if (tool.Description.Length > 0) manual.Append(tool.Description).Append('\n');
            manual.Append("Schema of the arguments: ").Append(SchemaOf(tool) is { } schema ? schema.GetRawText() : NoArguments).Append('\n');
        }
        switch (mode)
        {
            case NoneChatToolMode: manual.Append("\nNo tool may be called now. Answer in words, without a block.\n"); break;
            case RequiredChatToolMode { RequiredFunctionName: { } name }: manual.Append($"\nThis answer must call {name}.\n"); break;
            case RequiredChatToolMode: manual.Append("\nThis answer must call a tool.\n"); break;
        }
        return manual.ToString().TrimEnd();
    }

    /// <summary>A call of the first tool that needs arguments, or of the first.</summary>
    static string Example(IList<AITool> tools)
    {
        foreach (var tool in tools)
            if (Needed(tool) is { Count: > 0 } needed) return SpokenForm.Block(null, tool.Name, $"{{{string.Join(", ", needed)}}}");
        return SpokenForm.Block(null, tools[0].Name, "{}");
    }

    static List<string> Needed(AITool tool)
    {
        var fields = new List<string>();
        if (SchemaOf(tool) is not { } schema || !schema.TryGetProperty("required", out var required) || required.ValueKind != JsonValueKind.Array) return fields;
        foreach (var field in required.EnumerateArray())
        {
            if (field.ValueKind != JsonValueKind.String) continue;
            var type = schema.TryGetProperty("properties", out var properties) && properties.ValueKind == JsonValueKind.Object
                && properties.TryGetProperty(field.GetString()!, out var property) && property.ValueKind == JsonValueKind.Object
                && property.TryGetProperty("type", out var stated) && stated.ValueKind == JsonValueKind.String ? stated.GetString() : "string";
            fields.Add($"{field.GetRawText()}: {type switch { "integer" or "number" => "1", "boolean" => "true", "array" => "[]", "object" => "{}", _ => "\"...\"" }}");
        }
        return fields;
    }

    static JsonElement? SchemaOf(AITool tool) => tool is AIFunctionDeclaration { JsonSchema: { ValueKind: JsonValueKind.Object } schema } ? schema : null;
}
