using Openclawssy.Runtime.Storage;

namespace Openclawssy.Runtime.Sessions;

/// <summary>Reads a conversation from its end, as it is while nobody appends, and only as far as it is asked to.</summary>
sealed class SessionLines : IDisposable
{
    readonly ReverseLines? lines;

    public SessionLines(SessionFolder folder) => lines = ReverseLines.Open(folder.Messages, folder.AppendLock, MessageLine.MaxBytes);

    public long Malformed { get; private set; }
    public int Overlong => lines?.Overlong ?? 0;
    public long TornBytes => lines?.TornBytes ?? 0;

    /// <summary>The message before the last one handed out; null at the beginning.</summary>
    public SessionMessage? Previous()
    {
        while (lines is not null && lines.Next(out var line))
        {
            if (MessageLine.Read(line) is { } message) return message;
            // An empty line holds nothing that could be lost.
            if (!line.IsEmpty) Malformed++;
        }
        return null;
    }

    public void Dispose() => lines?.Dispose();
}
