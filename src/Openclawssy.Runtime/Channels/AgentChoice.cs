using Openclawssy.Runtime.Sessions;
using Openclawssy.Runtime.Text;

namespace Openclawssy.Runtime.Channels;

/// <summary>Who answers: the agent the message names, else the one chosen for the place, else the channel's default.</summary>
/// <param name="Refusal">Null when that agent can answer.</param>
readonly record struct AgentChoice(AgentId Agent, ChatAnswer.Refused? Refusal)
{
    public static AgentChoice For(InboundMessage message, SessionPlace place, ChatRules rules, ChatParts parts)
    {
        var (agent, text) = Named(message, place, rules, parts);
        if (agent is not { } id || !parts.Agents().Contains(id))
            return new(default, new(ChatErrorCodes.AgentNotFound, $"Agent not found: {OneLine.Escape(text, 64)} (/agents shows who there is, /agent <agent_id> chooses)"));
        return new(id, rules.IsActive(id) ? null : Inactive(id));
    }

    /// <summary>The name alone, whether or not somebody is called so.</summary>
    public static (AgentId? Agent, string Text) Named(InboundMessage message, SessionPlace place, ChatRules rules, ChatParts parts)
    {
        var text = string.IsNullOrWhiteSpace(message.Agent) ? parts.Sessions.Active.Agent(place)?.ToString() ?? rules.DefaultAgent : message.Agent.Trim();
        return (AgentId.TryParse(text, out var id) ? id : null, text);
    }

    public static ChatAnswer.Refused Inactive(AgentId agent) => new(ChatErrorCodes.AgentInactive, $"Agent is not active: {agent} (an operator can switch it on)");
}
