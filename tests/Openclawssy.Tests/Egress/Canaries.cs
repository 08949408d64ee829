using System.Net;
using Openclawssy.Egress;

namespace Openclawssy.Tests.Egress;

/// <summary>Listeners on every address of this machine, all on one port.</summary>
sealed class Canaries : IDisposable
{
    readonly List<RawServer> servers = [];

    public Canaries()
    {
        servers.Add(new((_, stream) => stream.WriteAsync("HTTP/1.1 200 OK\r\nContent-Length: 5\r\nConnection: close\r\n\r\nhello"u8.ToArray()).AsTask(), IPAddress.Any));
        if (!System.Net.Sockets.Socket.OSSupportsIPv6) return;
        try { servers.Add(new((_, _) => Task.CompletedTask, IPAddress.IPv6Loopback, Port)); }
        catch (System.Net.Sockets.SocketException) { /* This machine has no ::1. */ }
    }

    public int Port => servers[0].Port;

    public int Visitors => servers.Sum(server => server.Visitors);

    public void Dispose() => servers.ForEach(server => server.Dispose());
}

/// <summary>Dials what is inside, so that the canaries would hear it; the public network is out of bounds for a test.</summary>
sealed class Refusing : IDialer
{
    public List<IPAddress> Dialled { get; } = [];

    public Task<Stream> DialAsync(IPAddress address, int port, CancellationToken cancellationToken)
    {
        Dialled.Add(address);
        return AddressRules.Special(address) is null
            ? throw new System.Net.Sockets.SocketException((int)System.Net.Sockets.SocketError.NetworkUnreachable)
            : new TcpDialer().DialAsync(address, port, cancellationToken);
    }
}
