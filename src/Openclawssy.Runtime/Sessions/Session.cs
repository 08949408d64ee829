using Openclawssy.Runtime.Text;

namespace Openclawssy.Runtime.Sessions;

/// <summary>What is known of a conversation without its messages.</summary>
/// <param name="UpdatedAt">When its last message was said; when there is none, when it was made.</param>
/// <param name="ClosedAt">Null while it is open.</param>
public sealed record Session(SessionId Id, AgentId Agent, SessionPlace Place, string? Title, DateTimeOffset CreatedAt, DateTimeOffset UpdatedAt, DateTimeOffset? ClosedAt)
{
    public bool IsClosed => ClosedAt is not null;
}

/// <summary>Which conversations are meant; null means any.</summary>
public sealed record SessionFilter(string? Channel = null, string? User = null, string? Room = null, bool? Closed = null)
{
    internal bool Takes(Session session) =>
        (Channel ?? session.Place.Channel) == session.Place.Channel && (User ?? session.Place.User) == session.Place.User
        && (Room ?? session.Place.Room) == session.Place.Room && (Closed ?? session.IsClosed) == session.IsClosed;
}

/// <summary>One page of a list.</summary>
/// <param name="Damaged">Conversations whose meta.json could not be read; they were stepped over.</param>
public sealed record SessionPage(IReadOnlyList<Session> Sessions, IReadOnlyList<SessionId> Damaged);

/// <summary>The last messages of a conversation, oldest first.</summary>
/// <param name="Skipped">Lines among them that are no messages.</param>
public sealed record SessionHistory(IReadOnlyList<SessionMessage> Messages, int Skipped);

/// <summary>What a whole look at a conversation's messages found.</summary>
/// <param name="Malformed">Lines that are no messages.</param>
/// <param name="Overlong">Lines above the limit.</param>
/// <param name="TornBytes">Bytes a killed writer left after the last line; the next append moves them into quarantine.</param>
/// <param name="QuarantinedBytes">Bytes in quarantine.</param>
public sealed record SessionCondition(long Messages, long Malformed, long Overlong, long TornBytes, long QuarantinedBytes)
{
    public bool IsSound => this is { Malformed: 0, Overlong: 0, TornBytes: 0, QuarantinedBytes: 0 };
}
