using Openclawssy.Runtime.Storage;

namespace Openclawssy.Runtime.Sessions;

/// <summary>
/// One run's turn in a conversation, held from before it reads the history until it has written its last message. The kernel
/// lets go of it when the process dies.
/// </summary>
public sealed class SessionTurn : IDisposable
{
    readonly SessionFolder folder;
    readonly FileLock held;
    readonly SessionAppender appender;

    internal SessionTurn(Session session, SessionFolder folder, FileLock held, SessionAppender appender) =>
        (Session, this.folder, this.held, this.appender) = (session, folder, held, appender);

    /// <summary>The conversation as it was when the turn began.</summary>
    public Session Session { get; }

    /// <summary>What the model is to be told of the conversation so far. Reads from the end until the limits of the replay are reached.</summary>
    public IReadOnlyList<ReplayedMessage> Replay()
    {
        using var lines = new SessionLines(folder);
        return SessionReplay.SelectBackwards(lines.Previous);
    }

    /// <inheritdoc cref="SessionStore.ReadRecent"/>
    public SessionHistory ReadRecent(int limit = SessionStore.MaxRecent) => SessionStore.Recent(folder, limit);

    /// <summary>Adds messages in one piece; on disk when this returns.</summary>
    /// <exception cref="SessionException"><see cref="SessionErrorCodes.Closed"/>: somebody closed the conversation meanwhile.</exception>
    public ValueTask AppendAsync(params IReadOnlyList<SessionMessage> messages) => SyncAsync(Append(messages));

    /// <summary>Adds messages in one piece and returns a position for <see cref="SyncAsync"/>, 0 when there are none. Nothing is acknowledged yet.</summary>
    /// <inheritdoc cref="AppendAsync" path="/exception"/>
    public long Append(params IReadOnlyList<SessionMessage> messages) => appender.Append(messages);

    /// <summary>Gives a <see cref="SyncAsync"/> that follows at once a head start.</summary>
    public void BeginSync() => appender.BeginSync();

    /// <summary>Returns when everything up to that position is on disk.</summary>
    public ValueTask SyncAsync(long position) => appender.SyncAsync(position);

    public void Dispose()
    {
        appender.Dispose();
        held.Dispose();
    }
}
