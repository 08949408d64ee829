using Openclawssy.Runtime.Journal;
using Openclawssy.Runtime.Policy;
using Openclawssy.Runtime.Runs;
using Openclawssy.Runtime.Sessions;
using Openclawssy.Runtime.Text;

namespace Openclawssy.Runtime.Channels;

/// <summary>
/// Where every channel hands in what people write: it lets in, counts, answers commands, finds the agent and the conversation, and
/// hands the run over. What it refuses leaves no trace in a conversation. Safe for several threads.
/// </summary>
public sealed class ChatDesk(ChatParts parts)
{
    const string NotListed = "chat sender is not allowlisted";

    readonly ChatLimits limits = new(parts.Clock);
    readonly PlaceLocks places = new();
    readonly ChatCommands commands = new(parts);

    public async Task<ChatAnswer> HandleAsync(InboundMessage message, CancellationToken cancellationToken)
    {
        var rules = parts.Rules(message.Channel);
        if (Admit(message, rules) is { } refused) return refused;
        var text = message.Text.Trim();
        if (text.Length == 0) return new ChatAnswer.Refused(ChatErrorCodes.MessageEmpty, "the message is empty; write what is to be done");
        try
        {
            var place = PlaceOf(message);
            // One message of a place at a time: two first ones make one conversation, and what was sent first runs first.
            using var turn = await places.EnterAsync(place, cancellationToken);
            return ChatCommand.Parse(text) is { } command
                ? commands.Answer(command, message, place, rules)
                : await QueueAsync(message, place, rules, cancellationToken);
        }
        catch (SessionException problem) { return Refusal(problem); }
        catch (QueueFullException full) { return new ChatAnswer.Refused(QueueFullException.Code, full.Message, full.RetryAfter); }
        catch (IntakeClosedException closed) { return new ChatAnswer.Refused(IntakeClosedException.Code, closed.Message); }
        catch (AuditLostException lost)
        {
            parts.Report("a chat message was not taken in", lost);
            return new ChatAnswer.Refused(ChatErrorCodes.NotRecorded, "the run's record could not be begun, so it was not taken in; the operator's log has the detail");
        }
    }

    /// <summary>Lets in and counts a message that its channel answers itself.</summary>
    /// <returns>Null when it may come in.</returns>
    public ChatAnswer.Refused? Admit(InboundMessage message) => Admit(message, parts.Rules(message.Channel));

    ChatAnswer.Refused? Admit(InboundMessage message, ChatRules rules)
    {
        if (Barred(message, rules) is { } barred) return barred;
        var under = $"{message.Channel} {message.Credential}{(rules.CountsPerRoom ? $" {message.Room.Trim()}" : "")}";
        if (limits.Admit(under, message.User, rules.PerMinute, rules.GlobalPerMinute) is { } met) return TooMany(met.Scope, met.Wait);
        return null;
    }

    async Task<ChatAnswer> QueueAsync(InboundMessage message, SessionPlace place, ChatRules rules, CancellationToken cancellationToken)
    {
        var choice = AgentChoice.For(message, place, rules, parts);
        if (choice.Refusal is { } unfit) return unfit;
        var agent = choice.Agent;
        var session = parts.Sessions.Active.Session(agent, place) ?? commands.Begin(agent, place);
        // What was let in when the message came has to be so still, after it waited for its turn.
        var now = parts.Rules(message.Channel);
        if (Barred(message, now) is { } barred) return barred;
        if (!now.IsActive(agent)) return AgentChoice.Inactive(agent);
        var run = await parts.Intake.AcceptAsync(
            new(agent, message.Text, message.Channel, Authority.Sent(message.Channel, place.User, agent), new("user", $"{message.Channel}/{OneLine.Escape(place.User, SessionPlace.MaxLength)}"),
                Session: session, Thinking: message.Thinking, Id: message.Run),
            cancellationToken);
        return new ChatAnswer.Queued(run, session, agent, $"Working on it now. Run {run} is queued; its answer follows here.");
    }

    static ChatAnswer.Refused? Barred(InboundMessage message, ChatRules rules) =>
        !rules.Enabled ? new(ChatErrorCodes.Disabled, "chat connector is disabled")
        : !rules.Allowlist.Allows(message.User, message.Room) ? new(ChatErrorCodes.Rejected, NotListed)
        : null;

    static SessionPlace PlaceOf(InboundMessage message) =>
        new(message.Channel, message.User.Trim(), string.IsNullOrWhiteSpace(message.Room) ? message.Channel : message.Room.Trim());

    static ChatAnswer.Refused TooMany(string scope, TimeSpan wait) =>
        new(ChatErrorCodes.RateLimited, $"chat {scope} is rate limited; retry in {ChatAnswer.Refused.WholeSeconds(wait)}s", wait, scope);

    ChatAnswer.Refused Refusal(SessionException refused)
    {
        // It names a file of this machine, which is for the operator.
        if (refused.Code != SessionErrorCodes.Damaged) return new(refused.Code, refused.Message);
        parts.Report("a conversation", refused);
        return new(refused.Code, "what is kept about this conversation cannot be read; the operator's log says what to do");
    }
}
