using Openclawssy.Runtime.Text;

namespace Openclawssy.Runtime.Channels;

/// <summary>What comes of a message.</summary>
public abstract record ChatAnswer
{
    ChatAnswer() { }

    /// <summary>It was a command, and this is its answer.</summary>
    /// <param name="Session">The conversation it began or went back to.</param>
    public sealed record Said(string Text, SessionId? Session = null) : ChatAnswer;

    /// <summary>A run is on its way; it is on disk.</summary>
    /// <param name="Text">What to say until it has ended.</param>
    public sealed record Queued(RunId Run, SessionId Session, AgentId Agent, string Text) : ChatAnswer;

    /// <summary>Nothing came of it, and nothing of it was kept.</summary>
    /// <param name="Code">One of <see cref="ChatErrorCodes"/>, <c>queue.full</c>, <c>queue.closed</c>, or a code of the conversation store.</param>
    /// <param name="Message">For the sender: no path, no inner detail.</param>
    /// <param name="RetryAfter">When it is worth another try; above zero.</param>
    /// <param name="Scope">Of a rate limit: <c>sender</c> or <c>global</c>.</param>
    public sealed record Refused(string Code, string Message, TimeSpan? RetryAfter = null, string? Scope = null) : ChatAnswer
    {
        /// <summary>Whole seconds, rounded up, at least 1.</summary>
        public int? RetryAfterSeconds => RetryAfter is { } wait ? WholeSeconds(wait) : null;

        /// <summary>True when the sender wrote too fast; false when others did, or something else is the matter.</summary>
        public bool IsSendersOwn => Scope == ChatLimits.Sender;

        internal static int WholeSeconds(TimeSpan wait) => (int)Math.Clamp(Math.Ceiling(wait.TotalSeconds), 1, int.MaxValue);
    }
}

/// <summary>The codes the desk itself refuses with.</summary>
public static class ChatErrorCodes
{
    public const string Disabled = "chat.disabled";

    /// <summary>The sender or the room is on no list.</summary>
    public const string Rejected = "chat.rejected";

    public const string RateLimited = "chat.rate_limited";
    public const string MessageEmpty = "chat.message_empty";
    public const string AgentNotFound = "agent.not_found";

    /// <summary>The agent exists and is switched off.</summary>
    public const string AgentInactive = "agent.inactive";

    /// <summary>The record of the run could not be begun.</summary>
    public const string NotRecorded = "run.not_recorded";
}
