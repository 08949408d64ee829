using System.ComponentModel;
using System.Text.Json.Serialization;
using Openclawssy.Runtime.Toolkit;

namespace Openclawssy.Tools.Runs;

/// <summary>Asks a run to end.</summary>
public sealed class RunCancel() : Tool<RunCancel.Input, RunCancel.Output>(RunCancelJson.Default)
{
    public sealed record Input([property: Description("The run's id.")] string RunId);

    public sealed record Output(
        [property: Description("As given.")] string RunId,
        [property: Description("False when there is no such run, or it is another agent's.")] bool Found,
        [property: Description("True when its process was asked to cancel it; it ends within moments.")] bool Cancelled,
        [property: Description("The run's state when it was asked.")] string? Status,
        [property: Description("What was done, or why nothing was.")] string Summary);

    public override string Name => "run.cancel";
    public override string Description => "Cancel a run that is going on, in whatever process. A run that is over stays as it is.";
    public override Reach Reach => Reach.RunControl;

    protected override Task<Answer<Output>> RunAsync(Input input, ToolScope scope, CancellationToken cancellationToken)
    {
        var answer = scope.RunControl.Cancel(Given.Run(input.RunId));
        var summary = answer switch
        {
            { Requested: true } => "Run cancellation requested",
            { ProcessIsGone: true } => "The run's process is gone; the next start ends the run",
            _ => "Run not found or already completed",
        };
        return Task.FromResult(new Answer<Output>(new(input.RunId, answer.Status is not null, answer.Requested, answer.Status, summary), summary));
    }
}

[JsonSerializable(typeof(RunCancel.Input))]
[JsonSerializable(typeof(RunCancel.Output))]
sealed partial class RunCancelJson : JsonSerializerContext;
