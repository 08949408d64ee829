using Openclawssy.Runtime.Sessions;
using Openclawssy.Runtime.Text;

namespace Openclawssy.Runtime.Channels;

/// <summary>
/// The conversation a message names itself. It is the sender's own, of this place, or the message is refused. Naming one is no choice for
/// the place: which conversation goes on for messages that name none is changed by <c>/new</c> and <c>/resume</c> alone, so two windows
/// of one person never move each other's messages.
/// </summary>
/// <param name="Message">As it came, with the conversation's agent where it named none.</param>
readonly record struct NamedSession(InboundMessage Message, ChatAnswer.Refused? Refusal)
{
    /// <param name="isCommand">What the desk answers itself leaves nothing in a conversation, so a closed one is no hindrance.</param>
    public static NamedSession For(InboundMessage message, SessionPlace place, bool isCommand, ChatParts parts)
    {
        if (message.Session is not { } id) return new(message, null);
        if (parts.Sessions.Find(null, id) is not { } session) return Refuse(SessionErrorCodes.NotFound, $"there is no conversation {id}; name one that exists, or leave it out");
        if (session.Place != place) return Refuse(ChatErrorCodes.SessionElsewhere, $"the conversation {id} is held with another user or in another room; it cannot go on here");
        var named = string.IsNullOrWhiteSpace(message.Agent) ? session.Agent.ToString() : message.Agent.Trim();
        if (named != session.Agent.ToString()) return Refuse(ChatErrorCodes.SessionOtherAgent, $"the conversation {id} is held with agent \"{session.Agent}\"; name that one, or leave the agent out");
        if (session.IsClosed && !isCommand) return Refuse(SessionErrorCodes.Closed, $"the conversation {id} is closed; begin another one");
        return new(message with { Agent = named }, null);

        NamedSession Refuse(string code, string why) => new(message, new(code, why));
    }
}
