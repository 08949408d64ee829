using System.ComponentModel;
using System.Text.Json.Serialization;
using Openclawssy.Runtime.Toolkit;

namespace Openclawssy.Tools.Runs;

/// <summary>Shows one run.</summary>
public sealed class RunGet() : Tool<RunGet.Input, RunGet.Output>(RunGetJson.Default)
{
    public sealed record Input([property: Description("The run's id.")] string RunId);

    public sealed record Output(
        [property: Description("As given.")] string RunId,
        [property: Description("False when there is no such run, or it is another agent's.")] bool Found,
        [property: Description("The run, with what it answered.")] RunView? Run,
        [property: Description("True when message or output are longer; the bundle has all of it.")] bool? Truncated);

    public override string Name => "run.get";
    public override string Description => "Show one run: what was asked, what came of it, what it cost.";
    public override Reach Reach => Reach.Records;

    protected override Task<Answer<Output>> RunAsync(Input input, ToolScope scope, CancellationToken cancellationToken)
    {
        var id = Given.Run(input.RunId);
        return Task.FromResult(scope.Runs.Find(id) is { } found
            ? new Answer<Output>(new(input.RunId, true, RunView.Of(found.Run) with { Message = found.Message, Output = found.Output }, found.Cut), $"{id} is {found.Run.Status}")
            : new Answer<Output>(new(input.RunId, false, null, null), $"there is no run {id}"));
    }
}

[JsonSerializable(typeof(RunGet.Input))]
[JsonSerializable(typeof(RunGet.Output))]
sealed partial class RunGetJson : JsonSerializerContext;
