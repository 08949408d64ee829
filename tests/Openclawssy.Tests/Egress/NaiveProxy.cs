using System.Net;
using System.Net.Sockets;
using System.Text;
using Openclawssy.Egress;
using Openclawssy.Runtime.Toolkit;

namespace Openclawssy.Tests.Egress;

/// <summary>
/// The negative control: a proxy as one writes it in an afternoon. It looks at the end of the host's text, asks the resolver for a look and once
/// more to dial, hands texts to a resolver that ends them at NUL, and carries whatever is said.
/// </summary>
sealed class NaiveProxy(string suffix, IResolver names, IDialer dialer) : ICommandNetwork
{
    public IReadOnlyList<string> Seen => [];

    public async Task ServeAsync(Stream connection, CancellationToken cancellationToken)
    {
        var head = new StringBuilder();
        var one = new byte[1];
        while (!head.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal) && await connection.ReadAsync(one, cancellationToken) == 1) head.Append((char)one[0]);
        if (head.ToString().Split(' ') is not [_, var target, ..] || target.LastIndexOf(':') is not (> 0 and var colon)) return;
        var host = target[..colon];
        if (!host.EndsWith(suffix, StringComparison.Ordinal) || (await AddressesAsync(host, cancellationToken)).Any(address => AddressRules.Special(address) is not null))
        {
            await connection.WriteAsync("HTTP/1.1 403 Forbidden\r\n\r\n"u8.ToArray(), cancellationToken);
            return;
        }
        await using var server = await dialer.DialAsync((await AddressesAsync(host, cancellationToken))[0], 443, cancellationToken);
        await connection.WriteAsync(Encoding.ASCII.GetBytes(ProxyCaller.Established), cancellationToken);
        await Task.WhenAll(PumpAsync(connection, server, cancellationToken), PumpAsync(server, connection, cancellationToken));
    }

    Task<IReadOnlyList<IPAddress>> AddressesAsync(string host, CancellationToken cancellationToken) => names.ResolveAsync(host.Split('\0')[0], cancellationToken);

    static async Task PumpAsync(Stream from, Stream to, CancellationToken cancellationToken)
    {
        await from.CopyToAsync(to, cancellationToken);
        ((NetworkStream)to).Socket.Shutdown(SocketShutdown.Send);
    }
}
