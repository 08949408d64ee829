using System.ComponentModel;
using System.Text.Json.Serialization;
using Openclawssy.Runtime.Toolkit;

namespace Openclawssy.Tools.Scheduler;

/// <summary>Removes a job.</summary>
public sealed class SchedulerRemove() : Tool<SchedulerRemove.Input, SchedulerRemove.Output>(SchedulerRemoveJson.Default)
{
    public sealed record Input([property: Description("The job's id.")] string Id);

    public sealed record Output([property: Description("True.")] bool Removed, [property: Description("As given.")] string Id);

    public override string Name => "scheduler.remove";
    public override string Description => "Remove a job for good. A run of it that is at work goes on.";
    public override Reach Reach => Reach.Scheduler;

    protected override Task<Answer<Output>> RunAsync(Input input, ToolScope scope, CancellationToken cancellationToken)
    {
        scope.Scheduler.Remove(Given.Job(input.Id));
        return Task.FromResult(new Answer<Output>(new(true, input.Id), $"removed job {input.Id}"));
    }
}

[JsonSerializable(typeof(SchedulerRemove.Input))]
[JsonSerializable(typeof(SchedulerRemove.Output))]
sealed partial class SchedulerRemoveJson : JsonSerializerContext;
