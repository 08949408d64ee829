using System.ComponentModel;
using System.Text.Json.Serialization;
using Openclawssy.Runtime.Toolkit;

namespace Openclawssy.Tools.Scheduler;

/// <summary>Lists jobs by id.</summary>
public sealed class SchedulerList() : Tool<SchedulerList.Input, SchedulerList.Output>(SchedulerListJson.Default)
{
    public sealed record Input(
        [property: Description("Show at most this many."), Bounds(1, 200)] int Limit = 50,
        [property: Description("Leave out this many first."), Bounds(0, 1_000_000)] int Offset = 0);

    public sealed record Output(
        [property: Description("True while the whole scheduler is paused.")] bool Paused,
        [property: Description("How many jobs you may see.")] int Total,
        [property: Description("By id.")] IReadOnlyList<JobRow> Jobs);

    public override string Name => "scheduler.list";
    public override string Description => "List the jobs that run as you, with when they are due and what came of them; with policy.admin all jobs.";
    public override Reach Reach => Reach.Scheduler;

    protected override Task<Answer<Output>> RunAsync(Input input, ToolScope scope, CancellationToken cancellationToken)
    {
        var (paused, jobs) = scope.Scheduler.List();
        return Task.FromResult(new Answer<Output>(
            new(paused, jobs.Count, [.. jobs.Skip(input.Offset).Take(input.Limit).Select(JobRow.Of)]), $"{jobs.Count} {(jobs.Count == 1 ? "job" : "jobs")}{(paused ? ", the scheduler is paused" : "")}"));
    }
}

[JsonSerializable(typeof(SchedulerList.Input))]
[JsonSerializable(typeof(SchedulerList.Output))]
sealed partial class SchedulerListJson : JsonSerializerContext;
