using System.Globalization;
using System.Text;
using Openclawssy.Runtime.Sessions;
using Openclawssy.Runtime.Text;

namespace Openclawssy.Runtime.Channels;

/// <summary>What the desk answers itself. Words are taken exactly; what they are about is always the sender's own place.</summary>
sealed class ChatCommands(ChatParts parts)
{
    const int Listed = 10;

    const string Help = """
        Commands:
        /new - start a new chat
        /chats - list recent chats
        /resume <session_id> - go on with one of them
        /agents - list agents
        /agent - show who answers here
        /agent <agent_id> - choose who answers here
        /stop - stop your runs here
        /help - show this
        Anything else goes to the agent.
        """;

    public ChatAnswer Answer(ChatCommand command, InboundMessage message, SessionPlace place, ChatRules rules)
    {
        switch (command)
        {
            case { Word: "/help" }: return new ChatAnswer.Said(Help);
            case { Word: "/stop" }: return Stop(message, place);
            case { Word: "/agents" }: return Agents(AgentChoice.Named(message, place, rules, parts).Agent, rules);
            case { Word: "/agent", Rest: [] }: return new ChatAnswer.Said($"Active agent: {OneLine.Escape(AgentChoice.Named(message, place, rules, parts).Text, 64)}");
            case { Word: "/agent" }: return Choose(command.Rest, place, rules);
            case { Word: "/new" }: return WithAgent(agent => Began(agent, place));
            case { Word: "/chats" or "/sessions" }: return WithAgent(agent => Chats(agent, place));
            case { Word: var word } when word.StartsWith("/resume", StringComparison.Ordinal): return WithAgent(agent => Resume(command, agent, place));
            default: return new ChatAnswer.Said($"No such command: {OneLine.Escape(command.Word, 64)} (/help shows what there is)");
        }

        ChatAnswer WithAgent(Func<AgentId, ChatAnswer> act)
        {
            var choice = AgentChoice.For(message, place, rules, parts);
            return choice.Refusal ?? act(choice.Agent);
        }
    }

    /// <summary>Begins a conversation and makes it the one that goes on in its place.</summary>
    public SessionId Begin(AgentId agent, SessionPlace place)
    {
        var session = parts.Sessions.Create(agent, place).Id;
        parts.Sessions.Active.SetSession(agent, session);
        return session;
    }

    ChatAnswer.Said Began(AgentId agent, SessionPlace place)
    {
        var session = Begin(agent, place);
        return new($"Started new chat: {session}", session);
    }

    ChatAnswer.Said Agents(AgentId? current, ChatRules rules)
    {
        var agents = parts.Agents().Where(rules.IsActive).ToList();
        return new(agents.Count == 0 ? "No agents found" : string.Concat(agents.Select(agent => $"\n- {agent}{(agent == current ? " (active)" : "")}").Prepend("Available agents:")));
    }

    ChatAnswer.Said Choose(IReadOnlyList<string> words, SessionPlace place, ChatRules rules)
    {
        if (words is not [var text]) return new("Usage: /agent <agent_id>");
        if (!AgentId.TryParse(text, out var agent)) return new("Invalid agent id");
        if (!parts.Agents().Contains(agent)) return new($"Agent not found: {agent} (/agents shows who there is)");
        if (!rules.IsActive(agent)) return new(AgentChoice.Inactive(agent).Message);
        parts.Sessions.Active.SetAgent(place, agent);
        return new($"Switched active agent to: {agent}");
    }

    ChatAnswer.Said Chats(AgentId agent, SessionPlace place)
    {
        var found = parts.Sessions.List(agent, new(place.Channel, place.User, place.Room), Listed, 0).Sessions;
        if (found.Count == 0) return new("No chats found");
        var list = new StringBuilder("Recent chats:");
        foreach (var (index, session) in found.Index()) list.Append(CultureInfo.InvariantCulture, $"\n{index + 1}. {session.Id}{(session.IsClosed ? " (closed)" : "")}");
        return new(list.ToString());
    }

    ChatAnswer.Said Resume(ChatCommand command, AgentId agent, SessionPlace place)
    {
        if (command is not { Word: "/resume", Rest: [var text] }) return new("Usage: /resume <session_id>");
        if (!SessionId.TryParse(text, out var id) || parts.Sessions.Find(null, id) is not { } session) return new($"Session not found: {OneLine.Escape(text, 64)}");
        if (session.Agent != agent || session.Place != place) return new("Session not available in this chat context");
        if (session.IsClosed) return new($"Session is closed: {id} (use /new to continue)");
        parts.Sessions.Active.SetSession(agent, id);
        return new($"Resumed chat: {id}", id);
    }

    ChatAnswer.Said Stop(InboundMessage message, SessionPlace place)
    {
        // Here is the conversation a message names, and the whole place for one that names none.
        var stopped = parts.Stop(
            request => request.Source == place.Channel && request.Session is { } session && (message.Session ?? session) == session && parts.Sessions.Find(request.Agent, session)?.Place == place, $"{place.Channel}/{place.User}");
        return new(stopped.Count switch
        {
            0 => "Nothing of yours is running or waiting here.",
            1 => $"Stopping {stopped[0]}.",
            var many => $"Stopping {many.ToString(CultureInfo.InvariantCulture)} runs: {string.Join(", ", stopped)}.",
        });
    }
}
