using System.ComponentModel;
using System.Text.Json.Serialization;
using Openclawssy.Runtime.Toolkit;

namespace Openclawssy.Tools.Grants;

/// <summary>Takes one right from an agent.</summary>
public sealed class PolicyRevoke() : Tool<PolicyRevoke.Input, PolicyRevoke.Output>(PolicyRevokeJson.Default)
{
    public sealed record Input(
        [property: Description("Whose rights change.")] string AgentId,
        [property: Description("What the agent shall not have any more, as policy.list shows it.")] string Capability);

    public sealed record Output(
        [property: Description("As given.")] string AgentId,
        [property: Description("The right's own name, also where an alias was given.")] string Capability,
        [property: Description("Always true: this is how it stands now.")] bool Revoked,
        [property: Description("False when it was so already.")] bool Changed,
        [property: Description("Everything the agent has now.")] IReadOnlyList<string> Capabilities,
        [property: Description("How many that are.")] int CapabilityCnt);

    public override string Name => "policy.revoke";
    public override string Description => "Take one right away from an agent. Needs policy.admin. It counts from the agent's next call, in a run that is going on too.";
    public override Reach Reach => Reach.Grants;

    protected override void Check(Input input) => Given.Agent(input.AgentId);

    protected override Task<Answer<Output>> RunAsync(Input input, ToolScope scope, CancellationToken cancellationToken)
    {
        var change = scope.Grants.Revoke(Given.Agent(input.AgentId), input.Capability);
        return Task.FromResult(new Answer<Output>(
            new(input.AgentId, change.Capability, true, change.Changed, change.Capabilities, change.Capabilities.Count),
            change.Changed ? $"revoked {change.Capability} from {input.AgentId}" : $"{input.AgentId} does not have {change.Capability}; nothing changed"));
    }
}

[JsonSerializable(typeof(PolicyRevoke.Input))]
[JsonSerializable(typeof(PolicyRevoke.Output))]
sealed partial class PolicyRevokeJson : JsonSerializerContext;
