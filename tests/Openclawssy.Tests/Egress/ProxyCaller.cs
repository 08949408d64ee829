using System.Net;
using System.Net.Sockets;
using System.Text;
using Openclawssy.Runtime.Toolkit;

namespace Openclawssy.Tests.Egress;

/// <summary>One connection of a command to a proxy, without a sandbox around it.</summary>
sealed class ProxyCaller : IAsyncDisposable
{
    readonly CancellationTokenSource stop = new();
    readonly Socket other;

    ProxyCaller(ICommandNetwork network)
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var mine = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        mine.Connect(listener.LocalEndpoint);
        other = listener.AcceptSocket();
        Stream = new(mine, ownsSocket: true);
        Served = ServeAsync(network);
    }

    public NetworkStream Stream { get; }

    /// <summary>Ends when the proxy has let go of the connection; fails with what it could not bear.</summary>
    public Task Served { get; }

    public static ProxyCaller To(ICommandNetwork network) => new(network);

    /// <summary>Says this and nothing more, and hears all that is answered.</summary>
    public static async Task<string> AskAsync(ICommandNetwork network, string request)
    {
        await using var caller = To(network);
        await caller.SayAsync(request);
        caller.Stream.Socket.Shutdown(SocketShutdown.Send);
        return await caller.RestAsync();
    }

    public Task SayAsync(string text) => Stream.WriteAsync(Encoding.Latin1.GetBytes(text)).AsTask();

    /// <summary>Everything until the end.</summary>
    public async Task<string> RestAsync()
    {
        using var all = new MemoryStream();
        try { await Stream.CopyToAsync(all); }
        // An end without a goodbye is an end.
        catch (IOException) { }
        return Encoding.Latin1.GetString(all.ToArray());
    }

    /// <summary>The next bytes, at least so many.</summary>
    public async Task<string> HearAsync(int bytes)
    {
        var buffer = new byte[bytes];
        await Stream.ReadExactlyAsync(buffer);
        return Encoding.Latin1.GetString(buffer);
    }

    public const string Established = "HTTP/1.1 200 Connection established\r\n\r\n";

    /// <summary>A tunnel that stands.</summary>
    public static async Task<ProxyCaller> ThroughAsync(ICommandNetwork network, string target)
    {
        var caller = To(network);
        await caller.SayAsync($"CONNECT {target} HTTP/1.1\r\nHost: {target}\r\n\r\n");
        var answer = await caller.HearAsync(Established.Length);
        return answer == Established ? caller : throw new InvalidOperationException(answer);
    }

    public async ValueTask DisposeAsync()
    {
        await Stream.DisposeAsync();
        await stop.CancelAsync();
        try { await Served; }
        catch (Exception end) when (end is IOException or SocketException or OperationCanceledException or ObjectDisposedException) { }
        stop.Dispose();
    }

    async Task ServeAsync(ICommandNetwork network)
    {
        await using var connection = new NetworkStream(other, ownsSocket: true);
        await network.ServeAsync(connection, stop.Token);
    }
}

/// <summary>The first words of TLS as the framework's client says them.</summary>
static class Greetings
{
    public static byte[] For(string name)
    {
        using var heard = new Listening();
        using var client = new System.Net.Security.SslStream(heard);
        try { client.AuthenticateAsClient(name); }
        catch (IOException) { }
        return heard.Said.ToArray();
    }

    /// <summary>Takes what is said, and hangs up where an answer is due.</summary>
    sealed class Listening : Stream
    {
        public MemoryStream Said { get; } = new();

        public override void Write(byte[] buffer, int offset, int count) => Said.Write(buffer, offset, count);
        public override void Write(ReadOnlySpan<byte> buffer) => Said.Write(buffer);
        public override int Read(byte[] buffer, int offset, int count) => throw new IOException("no answer");
        public override int Read(Span<byte> buffer) => throw new IOException("no answer");
        public override bool CanRead => true;
        public override bool CanSeek => false;
        public override bool CanWrite => true;
        public override long Length => throw new NotSupportedException();
        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }
        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();
        public override void SetLength(long value) => throw new NotSupportedException();
        public override void Flush() { }
    }
}
