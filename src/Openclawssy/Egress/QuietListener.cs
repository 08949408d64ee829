using System.Net;
using System.Net.Sockets;

namespace Openclawssy.Egress;

/// <summary>Listens on this machine's own loopback for somebody who must not be able to come.</summary>
sealed class QuietListener : IDisposable
{
    readonly TcpListener listener = new(IPAddress.Loopback, 0);

    public QuietListener() => listener.Start();

    public int Port => ((IPEndPoint)listener.LocalEndpoint).Port;

    /// <summary>True when somebody came.</summary>
    public bool WasReached => listener.Pending();

    public void Dispose() => listener.Dispose();
}
