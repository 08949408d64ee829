using Openclawssy.Runtime.Storage;

namespace Openclawssy.Runtime.Sessions;

/// <summary>
/// Adds messages to one conversation through one open file: one <c>write(2)</c> for each batch and, when asked, one <c>fsync</c>.
/// Whether the conversation is closed is known from the lock's number; meta.json is read only when that changes.
/// </summary>
sealed class SessionAppender(SessionFolder folder, TimeProvider clock) : IDisposable
{
    readonly SharedLines lines = SharedLines.Open(folder.Messages, folder.AppendLock);
    long? known;

    public long Append(IReadOnlyList<SessionMessage> messages) =>
        messages.Count == 0 ? 0 : lines.Append(MessageLine.Compose(messages, clock.GetUtcNow()).Span, DemandOpen);

    void DemandOpen(long mark)
    {
        if (mark == known) return;
        SessionStore.DemandOpen(folder);
        known = mark;
    }

    public void BeginSync() => lines.BeginSync();

    public ValueTask SyncAsync(long position) => lines.SyncAsync(position);

    public void Dispose() => lines.Dispose();
}
