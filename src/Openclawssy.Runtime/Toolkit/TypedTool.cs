using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Openclawssy.Runtime.Text;

namespace Openclawssy.Runtime.Toolkit;

/// <summary>A tool whose schema, strict parsing and output follow from two records.</summary>
/// <param name="json">The tool's own context, made for both records.</param>
public abstract class Tool<TInput, TOutput>(JsonSerializerContext json) : Tool, IDescribesOutput
    where TInput : class
    where TOutput : class
{
    /// <summary>Longest summary, in UTF-16 units.</summary>
    public const int MaxSummary = 180;

    // Made at the first use: listing a hundred tools must cost nothing.
    readonly Lazy<Contract> contract = new(() => new(json));

    public sealed override JsonElement InputSchema => contract.Value.Schema;

    public sealed override IReadOnlySet<string> SensitiveFields => contract.Value.Sensitive;

    JsonObject IDescribesOutput.OutputSchema => ToolSchema.Export(contract.Value.Output);

    public sealed override ToolCall Parse(ReadOnlyMemory<byte> inputJson)
    {
        var input = StrictInput.Parse(Name, inputJson, contract.Value.Shape, contract.Value.Input);
        Check(input);
        return new Call(this, input);
    }

    /// <summary>Rules between fields, checked before policy is asked; refuse with <see cref="ToolException.InvalidInput"/>.</summary>
    protected virtual void Check(TInput input) { }

    protected abstract Task<Answer<TOutput>> RunAsync(TInput input, ToolScope scope, CancellationToken cancellationToken);

    sealed class Call(Tool<TInput, TOutput> tool, TInput input) : ToolCall
    {
        public override async Task<ToolResult> RunAsync(ToolScope scope, CancellationToken cancellationToken)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var answer = await tool.RunAsync(input, scope, cancellationToken);
            return new(JsonSerializer.Serialize(answer.Output, tool.contract.Value.Output), Truncation.OneLine(answer.Summary, MaxSummary), answer.Source);
        }
    }

    sealed class Contract
    {
        public Contract(JsonSerializerContext json)
        {
            var options = ToolSchema.Options(json);
            Input = (JsonTypeInfo<TInput>)options.GetTypeInfo(typeof(TInput));
            Output = (JsonTypeInfo<TOutput>)options.GetTypeInfo(typeof(TOutput));
            var schema = ToolSchema.Export(Input);
            Shape = InputShape.Compile(schema);
            Sensitive = ToolSchema.Sensitive(schema);
            Schema = ToolSchema.Publish(schema);
        }

        public JsonTypeInfo<TInput> Input { get; }
        public JsonTypeInfo<TOutput> Output { get; }
        public InputShape Shape { get; }
        public IReadOnlySet<string> Sensitive { get; }
        public JsonElement Schema { get; }
    }
}

/// <summary>Says what a tool answers with, for the generated catalogue page.</summary>
interface IDescribesOutput
{
    JsonObject OutputSchema { get; }
}
