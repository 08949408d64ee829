using System.Text.Json;

namespace Openclawssy.Runtime.Toolkit;

/// <summary>What every tool looks like from outside.</summary>
public abstract class Tool
{
    /// <summary>Lower-case words joined by dots, for example <c>fs.read</c>. No hyphen: the model wire maps dots to hyphens and back.</summary>
    public abstract string Name { get; }

    /// <summary>What the model reads: what it does, when to use it, its limits.</summary>
    public abstract string Description { get; }

    public virtual Reach Reach => Reach.Nothing;

    /// <summary>Other names a caller may use for it.</summary>
    public virtual IReadOnlyList<string> Aliases => [];

    /// <summary>JSON Schema of the input, derived from the input record.</summary>
    public abstract JsonElement InputSchema { get; }

    /// <summary>Top-level input fields that are taken out before anything is written or shown.</summary>
    public abstract IReadOnlySet<string> SensitiveFields { get; }

    /// <summary>
    /// Strict parsing: unknown, missing, null, mistyped, out-of-range and duplicate fields are refused.
    /// </summary>
    /// <exception cref="ToolException"><c>tool.input_invalid</c> with the JSON path, or <c>policy.denied</c> for a path that tries to leave the workspace.</exception>
    public abstract ToolCall Parse(ReadOnlyMemory<byte> inputJson);
}

/// <summary>A parsed call, ready to run once authority is handed over.</summary>
public abstract class ToolCall
{
    public abstract Task<ToolResult> RunAsync(ToolScope scope, CancellationToken cancellationToken);
}

/// <summary>Marks an input field whose value must never reach a file, a log, a stream or a model.</summary>
[AttributeUsage(AttributeTargets.Property | AttributeTargets.Parameter)]
public sealed class SensitiveAttribute : Attribute;

/// <summary>Inclusive bounds of an integer input field; a value outside is <c>tool.input_invalid</c> that names them.</summary>
[AttributeUsage(AttributeTargets.Property | AttributeTargets.Parameter)]
public sealed class BoundsAttribute(long min, long max) : Attribute
{
    public long Min { get; } = min;
    public long Max { get; } = max;
}
