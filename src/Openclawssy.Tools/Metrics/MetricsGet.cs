using System.ComponentModel;
using System.Text.Json.Serialization;
using Openclawssy.Runtime.Toolkit;

namespace Openclawssy.Tools.Metrics;

/// <summary>Counts what the tools of the last runs did.</summary>
public sealed class MetricsGet() : Tool<MetricsGet.Input, MetricsGet.Output>(MetricsGetJson.Default)
{
    public sealed record Input(
        [property: Description("Only this agent's runs. Another agent's need policy.admin.")] string? AgentId = null,
        [property: Description("Only runs in this state.")] string? Status = null,
        [property: Description("Look at this many of the newest runs."), Bounds(1, 1_000)] int Limit = 200,
        [property: Description("Leave out this many first."), Bounds(0, int.MaxValue)] int Offset = 0);

    /// <summary>Which runs were looked at.</summary>
    public sealed record Window(
        [property: Description("As given.")] string? AgentId,
        [property: Description("As given.")] string? Status,
        [property: Description("As given.")] int Limit,
        [property: Description("As given.")] int Offset);

    /// <summary>How many runs.</summary>
    public sealed record RunCounts(
        [property: Description("How many there are of this kind.")] long Total,
        [property: Description("How many were looked at.")] int WindowCount,
        [property: Description("Of those, how many are in each state.")] IReadOnlyDictionary<string, int> StatusCounts);

    /// <summary>What one tool did.</summary>
    public sealed record ToolCounts(
        [property: Description("The tool.")] string Tool,
        [property: Description("Calls that were answered.")] int Calls,
        [property: Description("Those that failed or were denied.")] int Errors,
        [property: Description("Errors of all calls, from 0 to 1.")] double ErrorRate,
        [property: Description("All calls together.")] long TotalDurationMs,
        [property: Description("Total by calls, rounded down.")] long AvgDurationMs,
        [property: Description("Half of the calls took at most this.")] long P50DurationMs,
        [property: Description("95 of 100 calls took at most this.")] long P95DurationMs,
        [property: Description("The slowest call.")] long MaxDurationMs);

    public sealed record Output(
        [property: Description("Now, UTC.")] string GeneratedAt,
        [property: Description("Which runs were looked at.")] Window Filter,
        [property: Description("How many runs.")] RunCounts Runs,
        [property: Description("Calls of all tools.")] int ToolCallsTotal,
        [property: Description("By tool, sorted.")] IReadOnlyList<ToolCounts> Tools);

    public override string Name => "metrics.get";
    public override string Description => "Count what tools did in the newest runs: calls, failures and durations; without an agent in those runs you may see.";
    public override Reach Reach => Reach.Records | Reach.Clock;

    protected override async Task<Answer<Output>> RunAsync(Input input, ToolScope scope, CancellationToken cancellationToken)
    {
        var figures = await scope.Runs.MeasureAsync(new(Given.AgentOrNull(input.AgentId), input.Status), input.Limit, input.Offset, cancellationToken);
        var calls = figures.Tools.Sum(tool => tool.Calls);
        return new(
            new(Given.Time(scope.Clock.GetUtcNow()), new(input.AgentId, input.Status, input.Limit, input.Offset), new(figures.Total, figures.Runs, figures.Statuses), calls,
                [.. figures.Tools.Select(tool => new ToolCounts(
                    tool.Tool, tool.Calls, tool.Errors, tool.ErrorRate, tool.TotalMs, tool.AverageMs, tool.P50Ms, tool.P95Ms, tool.MaxMs))]),
            $"{calls} tool calls in {figures.Runs} runs");
    }
}

[JsonSerializable(typeof(MetricsGet.Input))]
[JsonSerializable(typeof(MetricsGet.Output))]
sealed partial class MetricsGetJson : JsonSerializerContext;
