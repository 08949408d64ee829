using Openclawssy.Runtime.Storage;
using Openclawssy.Runtime.Text;

namespace Openclawssy.Runtime.Sessions;

/// <summary>
/// The conversations of an installation. Any number of threads and processes may use them at once; every method reads what is
/// on disk, so none of them has to be told what another did.
/// </summary>
/// <param name="stateFolder">The installation's <c>.openclawssy</c>.</param>
public sealed class SessionStore(string stateFolder, TimeProvider clock, Ids ids)
{
    /// <summary>No page and no history is longer.</summary>
    public const int MaxListed = 200, MaxRecent = 200;

    /// <summary>Longest title, in UTF-16 units; a longer one is cut.</summary>
    public const int MaxTitle = 256;

    /// <summary>How long a run waits for the one before it.</summary>
    public static readonly TimeSpan TurnPatience = TimeSpan.FromSeconds(30);

    /// <summary>Which conversation, and which agent, goes on in a place.</summary>
    public ActivePointers Active { get; } = new(stateFolder);

    /// <summary>Begins a conversation; it is on disk when this returns. The agent's folder is made when it is missing.</summary>
    public Session Create(AgentId agent, SessionPlace place, string? title = null)
    {
        var now = clock.GetUtcNow();
        title = title is null ? null : WellFormed.Of(Truncation.Chars(title, MaxTitle));
        while (true)
        {
            var session = new Session(ids.NewSession(), agent, place, title, now, now, null);
            var folder = new SessionFolder(stateFolder, agent, session.Id);
            DurableFile.EnsureFolder(folder.Path);
            // Never takes over what is there, however unlikely it is that two ids are the same.
            if (DurableFile.CreateNew(folder.Meta, SessionMeta.Compose(session))) return session;
        }
    }

    /// <summary>The conversation, or null. Without an agent, whoever's it is: one look for each agent.</summary>
    public Session? Find(AgentId? agent, SessionId id) => FolderOf(agent, id) is { } folder && SessionMeta.Read(folder) is { } session ? WithLastTime(session, folder) : null;

    /// <summary>
    /// An agent's conversations, the one first that was written to last. It looks at every conversation's file once and reads
    /// meta.json only until the page is full: 10,000 conversations cost about 50 ms, and up to some 200 ms more when
    /// hardly any passes the filter.
    /// </summary>
    /// <param name="limit">1 to <see cref="MaxListed"/>; anything else means <see cref="MaxListed"/>.</param>
    public SessionPage List(AgentId agent, SessionFilter filter, int limit, int offset)
    {
        limit = limit is < 1 or > MaxListed ? MaxListed : limit;
        var sessions = new List<Session>();
        var damaged = new List<SessionId>();
        foreach (var name in FolderNames.NewestFirst(SessionFolder.ChatsOf(stateFolder, agent), SessionFolder.MessagesName, SessionFolder.MetaName))
        {
            if (sessions.Count == limit) break;
            if (!SessionId.TryParse(name, out var id)) continue;
            var folder = new SessionFolder(stateFolder, agent, id);
            try
            {
                if (SessionMeta.Read(folder) is not { } session || !filter.Takes(session) || offset-- > 0) continue;
                sessions.Add(WithLastTime(session, folder));
            }
            catch (SessionException)
            {
                damaged.Add(id);
            }
        }
        return new(sessions, damaged);
    }

    /// <summary>Closes for good; on disk when this returns. Closing again changes nothing. Returns the closed conversation.</summary>
    public Session Close(AgentId agent, SessionId id)
    {
        var folder = Demand(agent, id);
        var session = Find(agent, id) ?? throw SessionException.NotFound(id);
        using var latch = new FileLatch(folder.AppendLock);
        latch.Enter();
        try
        {
            if (SessionMeta.Read(folder) is { ClosedAt: { } already }) return session with { ClosedAt = already };
            // Changed before the file: who appends with another number in mind reads the file again.
            latch.Mark = Math.Max(latch.Mark, 0) + 1;
            var closed = session with { ClosedAt = clock.GetUtcNow() };
            SessionMeta.WriteClosed(folder, closed.UpdatedAt, closed.ClosedAt.Value);
            return closed;
        }
        finally { latch.Leave(); }
    }

    /// <summary>The last messages. It reads from the end and only what it returns.</summary>
    /// <param name="limit">1 to <see cref="MaxRecent"/>; anything else means <see cref="MaxRecent"/>.</param>
    public SessionHistory ReadRecent(AgentId agent, SessionId id, int limit = MaxRecent) => Recent(Demand(agent, id), limit);

    internal static SessionHistory Recent(SessionFolder folder, int limit)
    {
        limit = limit is < 1 or > MaxRecent ? MaxRecent : limit;
        using var lines = new SessionLines(folder);
        var messages = new List<SessionMessage>();
        while (messages.Count < limit && lines.Previous() is { } message) messages.Add(message);
        messages.Reverse();
        return new(messages, (int)lines.Malformed + lines.Overlong);
    }

    /// <summary>Reads all messages and counts what is not sound.</summary>
    public SessionCondition Examine(AgentId agent, SessionId id)
    {
        var folder = Demand(agent, id);
        using var lines = new SessionLines(folder);
        var messages = 0L;
        while (lines.Previous() is not null) messages++;
        return new(messages, lines.Malformed, lines.Overlong, lines.TornBytes, TornTail.KeptFor(folder.Messages));
    }

    /// <summary>Adds messages outside a turn, in one piece; on disk when this returns.</summary>
    public async ValueTask AppendAsync(AgentId agent, SessionId id, IReadOnlyList<SessionMessage> messages)
    {
        using var lines = new SessionAppender(Demand(agent, id), clock);
        await lines.SyncAsync(lines.Append(messages));
    }

    /// <summary>
    /// The right to go on with a conversation: one run has it at a time. Waits for the run before at most
    /// <see cref="TurnPatience"/>, then refuses with <see cref="SessionErrorCodes.Busy"/>.
    /// </summary>
    public async ValueTask<SessionTurn> BeginTurnAsync(AgentId agent, SessionId id, CancellationToken cancellationToken)
    {
        var folder = Demand(agent, id);
        DemandOpen(folder);
        var held = await FileLock.AcquireAsync(folder.TurnLock, TurnPatience, clock, cancellationToken) ?? throw SessionException.Busy(id, TurnPatience);
        try
        {
            // It may have been closed while we waited.
            return new(DemandOpen(folder), folder, held, new(folder, clock));
        }
        catch
        {
            held.Dispose();
            throw;
        }
    }

    internal static Session DemandOpen(SessionFolder folder)
    {
        var session = SessionMeta.Read(folder) ?? throw SessionException.NotFound(folder.Id);
        return session.IsClosed ? throw SessionException.Closed(folder.Id) : session;
    }

    SessionFolder Demand(AgentId agent, SessionId id) => FolderOf(agent, id) ?? throw SessionException.NotFound(id);

    SessionFolder? FolderOf(AgentId? agent, SessionId id)
    {
        if (agent is { } known) return Existing(new(stateFolder, known, id));
        foreach (var name in FolderNames.In(SessionFolder.AgentsOf(stateFolder)))
            if (AgentId.TryParse(name, out var somebody) && Existing(new(stateFolder, somebody, id)) is { } found) return found;
        return null;
    }

    static SessionFolder? Existing(SessionFolder folder) => Posix.Facts(folder.Meta) is null ? null : folder;

    static Session WithLastTime(Session session, SessionFolder folder)
    {
        var last = Recent(folder, 1).Messages;
        return last is [{ Ts: var said }] && said != default ? session with { UpdatedAt = said } : session;
    }
}
