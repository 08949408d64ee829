using System.ComponentModel;
using System.Text.Json.Serialization;
using Openclawssy.Runtime.Toolkit;

namespace Openclawssy.Tools.Agents;

/// <summary>Chooses the agent that answers where a message names none.</summary>
public sealed class AgentSwitch() : Tool<AgentSwitch.Input, AgentSwitch.Output>(AgentSwitchJson.Default)
{
    const string Chat = "chat", Discord = "discord", Both = "both";

    public sealed record Input(
        [property: Description("The agent that is to answer.")] string AgentId,
        [property: Description("Where: chat, discord or both."), DefaultValue(Both)] string? Scope = null,
        [property: Description("Make the agent first if it is missing.")] bool CreateIfMissing = false);

    public sealed record Output(
        [property: Description("As given.")] string AgentId,
        [property: Description("As given.")] string Scope,
        [property: Description("Where it was chosen, sorted.")] IReadOnlyList<string> UpdatedScopes,
        [property: Description("True when the agent was made by this call.")] bool Created,
        [property: Description("Who answers in the chat now.")] string ChatDefaultAgent,
        [property: Description("Who answers on Discord now.")] string DiscordDefaultAgent);

    public override string Name => "agent.switch";
    public override string Description => "Choose the agent that answers in the chat or on Discord where a message names none. Needs policy.admin.";
    public override Reach Reach => Reach.AgentControl;

    // Before anything is made: a scope that is none must leave nothing behind.
    protected override void Check(Input input)
    {
        if (input.Scope is not (null or Chat or Discord or Both)) throw ToolException.InvalidInput($"scope has to be {Chat}, {Discord} or {Both}", "scope");
    }

    protected override Task<Answer<Output>> RunAsync(Input input, ToolScope scope, CancellationToken cancellationToken)
    {
        var where = input.Scope ?? Both;
        List<string> updated = where == Both ? [Chat, Discord] : [where];
        var chosen = scope.AgentControl.Switch(Given.Agent(input.AgentId), updated.Contains(Chat), updated.Contains(Discord), input.CreateIfMissing);
        return Task.FromResult(new Answer<Output>(
            new(input.AgentId, where, updated, chosen.Created, chosen.Chat, chosen.Discord), $"agent {input.AgentId} answers now: {string.Join(", ", updated)}"));
    }
}

[JsonSerializable(typeof(AgentSwitch.Input))]
[JsonSerializable(typeof(AgentSwitch.Output))]
sealed partial class AgentSwitchJson : JsonSerializerContext;
