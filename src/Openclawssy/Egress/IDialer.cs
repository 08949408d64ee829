using System.Net;
using System.Net.Sockets;

namespace Openclawssy.Egress;

/// <summary>Makes the connection to one address that was checked before.</summary>
interface IDialer
{
    Task<Stream> DialAsync(IPAddress address, int port, CancellationToken cancellationToken);
}

/// <summary>TCP.</summary>
sealed class TcpDialer : IDialer
{
    public async Task<Stream> DialAsync(IPAddress address, int port, CancellationToken cancellationToken)
    {
        var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(new IPEndPoint(address, port), cancellationToken);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
