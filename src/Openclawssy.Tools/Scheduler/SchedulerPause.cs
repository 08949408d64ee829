using System.ComponentModel;
using System.Text.Json.Serialization;
using Openclawssy.Runtime.Toolkit;

namespace Openclawssy.Tools.Scheduler;

/// <summary>Pauses a job or everything.</summary>
public sealed class SchedulerPause() : Tool<SchedulerPause.Input, SchedulerPause.Output>(SchedulerPauseJson.Default)
{
    public sealed record Input([property: Description("The job's id; left out, the whole scheduler, which needs policy.admin.")] string? Id = null);

    public sealed record Output(
        [property: Description("Whether it is paused now.")] bool Paused,
        [property: Description("global or job.")] string Scope,
        [property: Description("As given.")] string? Id);

    public override string Name => "scheduler.pause";
    public override string Description => "Pause one job, or the whole scheduler. Runs that are at work go on.";
    public override Reach Reach => Reach.Scheduler;

    protected override Task<Answer<Output>> RunAsync(Input input, ToolScope scope, CancellationToken cancellationToken)
    {
        scope.Scheduler.Switch(input.Id is { } id ? Given.Job(id) : null, running: false);
        return Task.FromResult(new Answer<Output>(new(true, input.Id is null ? "global" : "job", input.Id), $"paused {(input.Id is null ? "the scheduler" : $"job {input.Id}")}"));
    }
}

[JsonSerializable(typeof(SchedulerPause.Input))]
[JsonSerializable(typeof(SchedulerPause.Output))]
sealed partial class SchedulerPauseJson : JsonSerializerContext;
