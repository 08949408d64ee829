using System.ComponentModel;
using System.Text.Json.Serialization;
using Openclawssy.Runtime.Toolkit;

namespace Openclawssy.Tools.Grants;

/// <summary>Gives an agent one right.</summary>
public sealed class PolicyGrant() : Tool<PolicyGrant.Input, PolicyGrant.Output>(PolicyGrantJson.Default)
{
    public sealed record Input(
        [property: Description("Whose rights change.")] string AgentId,
        [property: Description("A tool's name, for example metrics.get.")] string Capability);

    public sealed record Output(
        [property: Description("As given.")] string AgentId,
        [property: Description("The right's own name, also where an alias was given.")] string Capability,
        [property: Description("Always true: this is how it stands now.")] bool Granted,
        [property: Description("False when it was so already.")] bool Changed,
        [property: Description("Everything the agent has now.")] IReadOnlyList<string> Capabilities,
        [property: Description("How many that are.")] int CapabilityCnt);

    public override string Name => "policy.grant";
    public override string Description => "Give an agent one right. Needs policy.admin, and you must have the right yourself; only a person can give policy.admin. It counts from the agent's next run.";
    public override Reach Reach => Reach.Grants;

    protected override void Check(Input input) => Given.Agent(input.AgentId);

    protected override Task<Answer<Output>> RunAsync(Input input, ToolScope scope, CancellationToken cancellationToken)
    {
        var change = scope.Grants.Grant(Given.Agent(input.AgentId), input.Capability);
        return Task.FromResult(new Answer<Output>(
            new(input.AgentId, change.Capability, true, change.Changed, change.Capabilities, change.Capabilities.Count),
            change.Changed ? $"granted {change.Capability} to {input.AgentId}" : $"{input.AgentId} has {change.Capability}; nothing changed"));
    }
}

[JsonSerializable(typeof(PolicyGrant.Input))]
[JsonSerializable(typeof(PolicyGrant.Output))]
sealed partial class PolicyGrantJson : JsonSerializerContext;
