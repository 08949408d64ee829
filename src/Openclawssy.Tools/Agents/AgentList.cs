using System.ComponentModel;
using System.Text.Json.Serialization;
using Openclawssy.Runtime.Toolkit;

namespace Openclawssy.Tools.Agents;

/// <summary>Lists the agents there are.</summary>
public sealed class AgentList() : Tool<AgentList.Input, AgentList.Output>(AgentListJson.Default)
{
    public sealed record Input(
        [property: Description("Show at most this many."), Bounds(1, 200)] int Limit = 50,
        [property: Description("Leave out this many first."), Bounds(0, int.MaxValue)] int Offset = 0);

    public sealed record Output(
        [property: Description("How many agents there are.")] int Total,
        [property: Description("As given.")] int Limit,
        [property: Description("As given, at most total.")] int Offset,
        [property: Description("How many are shown.")] int Count,
        [property: Description("Their ids, sorted.")] IReadOnlyList<string> Items);

    public override string Name => "agent.list";
    public override string Description => "List the agents of this installation by id.";
    public override Reach Reach => Reach.Records;

    protected override Task<Answer<Output>> RunAsync(Input input, ToolScope scope, CancellationToken cancellationToken)
    {
        var all = scope.Agents.All();
        var offset = Math.Min(input.Offset, all.Count);
        List<string> items = [.. all.Skip(offset).Take(input.Limit).Select(agent => agent.ToString())];
        return Task.FromResult(new Answer<Output>(new(all.Count, input.Limit, offset, items.Count, items), $"listed {items.Count} of {all.Count} agents"));
    }
}

[JsonSerializable(typeof(AgentList.Input))]
[JsonSerializable(typeof(AgentList.Output))]
sealed partial class AgentListJson : JsonSerializerContext;
