using System.Net;
using System.Net.Sockets;

namespace Openclawssy.Tests.Egress;

/// <summary>A server that does with a connection what the test says, without waiting for a head.</summary>
sealed class Hearing : IDisposable
{
    readonly TcpListener listener = new(IPAddress.Loopback, 0);

    public Hearing(Func<Stream, Task> with)
    {
        listener.Start();
        _ = AcceptAsync(with);
    }

    public int Port => ((IPEndPoint)listener.LocalEndpoint).Port;

    public void Dispose() => listener.Dispose();

    async Task AcceptAsync(Func<Stream, Task> with)
    {
        try
        {
            while (true)
            {
                using var client = await listener.AcceptTcpClientAsync();
                await with(client.GetStream());
            }
        }
        catch (Exception over) when (over is SocketException or ObjectDisposedException or IOException)
        {
            // The test is over, or the visitor hung up.
        }
    }
}
