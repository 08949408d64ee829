using System.Net;

namespace Openclawssy.Egress;

/// <summary>Which addresses a destination's name may stand for.</summary>
enum AddressScope
{
    /// <summary>Ordinary addresses of the public network, every one of those the name resolves to.</summary>
    Public,

    /// <summary>Addresses of this machine.</summary>
    Loopback,

    /// <summary>The one address the operator wrote down, wherever it is.</summary>
    Written,

    /// <summary>Any: a server the operator configured by name, which may well stand in the house.</summary>
    Configured,
}

/// <summary>Leave to send requests to one scheme, host and port. Only <see cref="EgressPolicy"/> makes one (a wall test looks at the compiled code).</summary>
sealed class Destination
{
    internal Destination(string scheme, HostName host, int port, AddressScope scope, string? certificate = null) =>
        (Scheme, Host, Port, Scope, Certificate) = (scheme, host, port, scope, certificate);

    public string Scheme { get; }
    public HostName Host { get; }
    public int Port { get; }
    public AddressScope Scope { get; }

    /// <summary>SHA-256, in hex, of the one certificate it may show; null where the machine's own list of issuers decides.</summary>
    public string? Certificate { get; }

    /// <summary>True when a request's address is this destination's.</summary>
    public bool Fits(Uri? url) => url is not null && url.Scheme == Scheme && url.Port == Port && HostName.Of(url) == Host;

    public bool HasOriginOf(Destination other) => Scheme == other.Scheme && Host == other.Host && Port == other.Port;

    /// <exception cref="EgressDeniedException">The name stands for an address it may not stand for.</exception>
    public void Demand(IPAddress address)
    {
        var complaint = Scope switch
        {
            AddressScope.Public => AddressRules.Special(address),
            AddressScope.Loopback => AddressRules.IsLoopback(address) ? null : "not this machine",
            AddressScope.Written => address.Equals(Host.Address) ? null : "not the address that was written",
            _ => null,
        };
        if (complaint is null) return;
        throw new EgressDeniedException(Host.Address is null
            ? $"host \"{Host}\" stands for {address}, which is {complaint}; a name may only lead to the public network (an operator may allow the address itself in network.allowed_domains)"
            : $"{address} is {complaint}");
    }
}
