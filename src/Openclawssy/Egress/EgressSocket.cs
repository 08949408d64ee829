using System.Buffers;
using System.Net.WebSockets;

namespace Openclawssy.Egress;

/// <summary>One message of a socket, or its end.</summary>
/// <param name="Bytes">Empty when the other side closed.</param>
/// <param name="Closed">Why, as a number; null while the socket is open. 1006 when nothing was said.</param>
readonly record struct SocketMessage(ReadOnlyMemory<byte> Bytes, int? Closed);

/// <summary>A web socket to one destination. One reader and any number of writers at a time; every fault is an <see cref="IOException"/>.</summary>
sealed class EgressSocket(ClientWebSocket socket) : IDisposable
{
    /// <summary>Longest message that is read, in bytes.</summary>
    public const int MaxMessage = 8 * 1024 * 1024;

    const int NothingSaid = 1006;

    readonly SemaphoreSlim writing = new(1, 1);
    readonly ArrayBufferWriter<byte> message = new(16 * 1024);

    /// <summary>The next whole message; its bytes are good until the next call.</summary>
    /// <exception cref="IOException">The connection broke.</exception>
    public async ValueTask<SocketMessage> ReceiveAsync(CancellationToken cancellationToken)
    {
        message.ResetWrittenCount();
        try
        {
            while (true)
            {
                var part = await socket.ReceiveAsync(message.GetMemory(16 * 1024), cancellationToken);
                if (part.MessageType == WebSocketMessageType.Close) return new(default, (int?)socket.CloseStatus ?? NothingSaid);
                message.Advance(part.Count);
                if (message.WrittenCount > MaxMessage) throw new IOException($"the server sent a message of more than {MaxMessage} bytes");
                if (part.EndOfMessage) return new(message.WrittenMemory, null);
            }
        }
        catch (WebSocketException broken) { throw new IOException("the connection broke", broken); }
    }

    /// <summary>Sends one text.</summary>
    /// <exception cref="IOException">The connection broke.</exception>
    public async ValueTask SendAsync(ReadOnlyMemory<byte> utf8, CancellationToken cancellationToken)
    {
        await writing.WaitAsync(cancellationToken);
        try { await socket.SendAsync(utf8, WebSocketMessageType.Text, WebSocketMessageFlags.EndOfMessage, cancellationToken); }
        catch (Exception broken) when (broken is WebSocketException or ObjectDisposedException or InvalidOperationException) { throw new IOException("the connection broke", broken); }
        finally { writing.Release(); }
    }

    /// <summary>Drops the connection without a word.</summary>
    public void Dispose()
    {
        socket.Abort();
        socket.Dispose();
    }
}
