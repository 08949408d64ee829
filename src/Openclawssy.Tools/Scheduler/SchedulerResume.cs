using System.ComponentModel;
using System.Text.Json.Serialization;
using Openclawssy.Runtime.Toolkit;

namespace Openclawssy.Tools.Scheduler;

/// <summary>Resumes a job or everything.</summary>
public sealed class SchedulerResume() : Tool<SchedulerResume.Input, SchedulerResume.Output>(SchedulerResumeJson.Default)
{
    public sealed record Input([property: Description("The job's id; left out, the whole scheduler, which needs policy.admin.")] string? Id = null);

    public sealed record Output(
        [property: Description("Whether it is paused now.")] bool Paused,
        [property: Description("global or job.")] string Scope,
        [property: Description("As given.")] string? Id);

    public override string Name => "scheduler.resume";
    public override string Description => "Resume one job, or the whole scheduler. Whether one run makes up for what was missed is for catch_up to say.";
    public override Reach Reach => Reach.Scheduler;

    protected override Task<Answer<Output>> RunAsync(Input input, ToolScope scope, CancellationToken cancellationToken)
    {
        scope.Scheduler.Switch(input.Id is { } id ? Given.Job(id) : null, running: true);
        return Task.FromResult(new Answer<Output>(new(false, input.Id is null ? "global" : "job", input.Id), $"resumed {(input.Id is null ? "the scheduler" : $"job {input.Id}")}"));
    }
}

[JsonSerializable(typeof(SchedulerResume.Input))]
[JsonSerializable(typeof(SchedulerResume.Output))]
sealed partial class SchedulerResumeJson : JsonSerializerContext;
