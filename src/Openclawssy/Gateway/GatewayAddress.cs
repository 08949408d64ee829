using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Openclawssy.Gateway;

/// <summary>Where the gateway listens: an address of this machine and a port.</summary>
/// <param name="Port">0 lets the system choose one.</param>
sealed record GatewayAddress(IPAddress Address, int Port)
{
    /// <summary>Nobody outside this machine reaches it.</summary>
    public bool IsLoopback => IPAddress.IsLoopback(Address);

    /// <summary><c>127.0.0.1:8787</c>, <c>[::1]:8787</c>, <c>localhost:8787</c>; null when it is none. A name is not looked up: what it stands for may change.</summary>
    public static GatewayAddress? Parse(string text)
    {
        var colon = text.LastIndexOf(':');
        if (colon <= 0 || !int.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var port) || port > 65535) return null;
        var host = text[..colon];
        if (host == "localhost") return new(IPAddress.Loopback, port);
        if (host is ['[', .. var inner, ']']) return IPAddress.TryParse(inner, out var six) && six.AddressFamily == AddressFamily.InterNetworkV6 ? new(six, port) : null;
        // The framework also takes 127.1 and 0x7f.1; what is written must be what is meant.
        return IPAddress.TryParse(host, out var four) && four.AddressFamily == AddressFamily.InterNetwork && four.ToString() == host ? new(four, port) : null;
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{(Address.AddressFamily == AddressFamily.InterNetworkV6 ? $"[{Address}]" : Address.ToString())}:{Port}");
}
