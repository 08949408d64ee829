using System.ComponentModel;
using System.Text.Json.Serialization;
using Openclawssy.Runtime.Toolkit;

namespace Openclawssy.Tools.Grants;

/// <summary>Shows what agents were granted.</summary>
public sealed class PolicyList() : Tool<PolicyList.Input, PolicyList.Output>(PolicyListJson.Default)
{
    public sealed record Input(
        [property: Description("One agent; left out, all of them.")] string? AgentId = null,
        [property: Description("Show at most this many agents."), Bounds(1, 200)] int Limit = 50,
        [property: Description("Leave out this many first."), Bounds(0, 1_000_000)] int Offset = 0);

    public sealed record Item(
        [property: Description("Which agent.")] string AgentId,
        [property: Description("What it was granted.")] IReadOnlyList<string> Capabilities,
        [property: Description("persisted, or none for an agent without an entry.")] string Source);

    public sealed record Output(
        [property: Description("The one agent asked for.")] string? AgentId = null,
        [property: Description("What it was granted.")] IReadOnlyList<string>? Capabilities = null,
        [property: Description("persisted, or none for an agent without an entry.")] string? Source = null,
        [property: Description("How many agents there are.")] int? Total = null,
        [property: Description("How many are shown.")] int? Count = null,
        [property: Description("As given.")] int? Limit = null,
        [property: Description("As given.")] int? Offset = null,
        [property: Description("The agents, by name.")] IReadOnlyList<Item>? Items = null);

    public override string Name => "policy.list";
    public override string Description => "Show what agents were granted: one agent's rights, or everybody's, by pages. Needs policy.admin.";
    public override Reach Reach => Reach.Grants;

    protected override void Check(Input input)
    {
        if (input.AgentId is { } agent) Given.Agent(agent);
    }

    protected override Task<Answer<Output>> RunAsync(Input input, ToolScope scope, CancellationToken cancellationToken)
    {
        if (input.AgentId is { } one)
        {
            var its = ItemOf(scope.Grants.RightsOf(Given.Agent(one)));
            return Task.FromResult(new Answer<Output>(new(its.AgentId, its.Capabilities, its.Source), $"{one} has {its.Capabilities.Count} rights"));
        }
        var all = scope.Grants.All();
        var page = all.Skip(input.Offset).Take(input.Limit).Select(ItemOf).ToList();
        return Task.FromResult(new Answer<Output>(
            new(Total: all.Count, Count: page.Count, Limit: input.Limit, Offset: input.Offset, Items: page), $"{page.Count} of {all.Count} agents"));
    }

    static Item ItemOf(AgentGrants grants) => new(grants.Agent.ToString(), grants.Capabilities, grants.IsWritten ? "persisted" : "none");
}

[JsonSerializable(typeof(PolicyList.Input))]
[JsonSerializable(typeof(PolicyList.Output))]
sealed partial class PolicyListJson : JsonSerializerContext;
