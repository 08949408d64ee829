using System.Text.Json;
using Microsoft.Extensions.AI;

namespace Openclawssy.Runtime.Models;

/// <summary>A tool as the model is told about it: words and a schema, nothing that could be called. Built once, not per request.</summary>
public sealed class ModelTool(string name, string description, JsonElement schema, IReadOnlyList<string>? aliases = null) : AIFunctionDeclaration
{
    public override string Name => name;

    public override string Description => description;

    public override JsonElement JsonSchema => schema;

    /// <summary>Other names a model may use; they are mapped back from the wire but never offered.</summary>
    public IReadOnlyList<string> Aliases { get; } = aliases ?? [];
}
