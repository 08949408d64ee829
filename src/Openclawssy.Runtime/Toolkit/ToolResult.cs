namespace Openclawssy.Runtime.Toolkit;

/// <summary>What a tool hands back: the JSON object the model reads, and one line for people.</summary>
/// <param name="OutputJson">A compact JSON object.</param>
/// <param name="Summary">At most 180 characters, without newlines.</param>
/// <param name="Source">Where the content came from (a workspace path, later a host), for provenance; null when the tool made it.</param>
public sealed record ToolResult(string OutputJson, string Summary, string? Source);

/// <summary>A tool's typed answer before it is written as JSON.</summary>
public sealed record Answer<TOutput>(TOutput Output, string Summary, string? Source = null) where TOutput : class;
