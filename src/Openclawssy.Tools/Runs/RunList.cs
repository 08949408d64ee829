using System.ComponentModel;
using System.Text.Json.Serialization;
using Openclawssy.Runtime.Toolkit;

namespace Openclawssy.Tools.Runs;

/// <summary>Lists runs, the newest first.</summary>
public sealed class RunList() : Tool<RunList.Input, RunList.Output>(RunListJson.Default)
{
    public sealed record Input(
        [property: Description("Only this agent's runs. Another agent's need policy.admin.")] string? AgentId = null,
        [property: Description("Only runs in this state: queued, running, completed, failed, cancelled, timed_out or needs_input.")] string? Status = null,
        [property: Description("Only runs that came this way, for example cli.run.")] string? Source = null,
        [property: Description("Show at most this many."), Bounds(1, 200)] int Limit = 50,
        [property: Description("Leave out this many first."), Bounds(0, int.MaxValue)] int Offset = 0);

    public sealed record Output(
        [property: Description("How many runs there are of this kind.")] long Total,
        [property: Description("As given.")] int Limit,
        [property: Description("As given, at most total.")] long Offset,
        [property: Description("How many are shown.")] int Count,
        [property: Description("The newest first.")] IReadOnlyList<RunView> Runs);

    public override string Name => "run.list";
    public override string Description => "List runs, the newest first, by agent, state or source; without an agent those you may see. run.get shows one whole.";
    public override Reach Reach => Reach.Records;

    protected override async Task<Answer<Output>> RunAsync(Input input, ToolScope scope, CancellationToken cancellationToken)
    {
        var page = await scope.Runs.ListAsync(new(Given.AgentOrNull(input.AgentId), input.Status, input.Source), input.Limit, input.Offset, cancellationToken);
        return new(new(page.Total, input.Limit, Math.Min(input.Offset, page.Total), page.Runs.Count, [.. page.Runs.Select(RunView.Of)]), $"listed {page.Runs.Count} of {page.Total} runs");
    }
}

[JsonSerializable(typeof(RunList.Input))]
[JsonSerializable(typeof(RunList.Output))]
sealed partial class RunListJson : JsonSerializerContext;
