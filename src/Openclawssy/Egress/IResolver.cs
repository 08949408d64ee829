using System.Net;
using System.Net.Sockets;

namespace Openclawssy.Egress;

/// <summary>Turns a name into the addresses it stands for. Asked once for each connection.</summary>
interface IResolver
{
    /// <exception cref="SocketException">It stands for none, or nobody could say in time.</exception>
    Task<IReadOnlyList<IPAddress>> ResolveAsync(string name, CancellationToken cancellationToken);
}

/// <summary>The machine's own resolver, with a limit: it cannot be interrupted, so it is left behind.</summary>
sealed class SystemResolver(TimeProvider clock) : IResolver
{
    static readonly TimeSpan limit = TimeSpan.FromSeconds(5);

    public async Task<IReadOnlyList<IPAddress>> ResolveAsync(string name, CancellationToken cancellationToken)
    {
        try { return await Dns.GetHostAddressesAsync(name, cancellationToken).WaitAsync(limit, clock, cancellationToken); }
        catch (TimeoutException) { throw new SocketException((int)SocketError.TryAgain); }
    }
}
