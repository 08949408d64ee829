using System.Net;
using System.Net.Sockets;

namespace Openclawssy.Egress;

/// <summary>
/// Which addresses are somebody's own affair: pure functions over an address. Ranges from the special-purpose registries of IANA
/// (IPv4 and IPv6, 2025-10), the multicast registries, the metadata and wire servers of clouds, and <c>::/96</c>.
/// </summary>
static class AddressRules
{
    // Whole ranges: also what is reachable in some of them (192.88.99.0/24, 2002::/16, 64:ff9b::/96) leads through a gateway to an address we did not check.
    static readonly (IPNetwork Range, string Name)[] special =
    [
        .. Ranges("this host", "0.0.0.0/8", "::/128"),
        .. Ranges("this machine", "127.0.0.0/8", "::1/128"),
        .. Ranges("a private network", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7", "fec0::/10"),
        .. Ranges("a carrier's network", "100.64.0.0/10"),
        .. Ranges("the local link, where metadata servers are", "169.254.0.0/16", "fe80::/10"),
        .. Ranges("a cloud's own server", "168.63.129.16/32"),
        .. Ranges("protocol assignments", "192.0.0.0/24", "192.31.196.0/24", "192.52.193.0/24", "192.88.99.0/24", "192.175.48.0/24", "2001::/23", "2620:4f:8000::/48", "5f00::/16", "100:0:0:1::/64"),
        .. Ranges("documentation and benchmarks", "192.0.2.0/24", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "2001:db8::/32", "3fff::/20"),
        .. Ranges("multicast", "224.0.0.0/4", "ff00::/8"),
        .. Ranges("reserved", "240.0.0.0/4"),
        .. Ranges("discarded", "100::/64"),
        .. Ranges("an IPv4 address inside an IPv6 one", "::/96", "64:ff9b::/96", "64:ff9b:1::/48", "2002::/16"),
    ];

    /// <summary>What is special about an address or about one it carries inside; null for an ordinary address of the public network.</summary>
    public static string? Special(IPAddress address)
    {
        if (address.IsIPv4MappedToIPv6) return Special(address.MapToIPv4());
        foreach (var (range, name) in special)
            if (range.BaseAddress.AddressFamily == address.AddressFamily && range.Contains(Plain(address))) return name;
        return Embedded(address) is { } inner ? Special(inner) : null;
    }

    /// <summary>True for an address of this machine: 127.0.0.0/8 and ::1, also written as IPv4-mapped. No other form counts.</summary>
    public static bool IsLoopback(IPAddress address) =>
        address.IsIPv4MappedToIPv6 ? IPAddress.IsLoopback(address.MapToIPv4()) : IPAddress.IsLoopback(address);

    /// <summary>The IPv4 address an IPv6 address leads to: mapped, compatible, NAT64, 6to4, Teredo (the client's), ISATAP; null when there is none.</summary>
    public static IPAddress? Embedded(IPAddress address)
    {
        if (address.AddressFamily != AddressFamily.InterNetworkV6) return null;
        Span<byte> bytes = stackalloc byte[16];
        address.TryWriteBytes(bytes, out _);
        var last = bytes[12..];
        if (address.IsIPv4MappedToIPv6 || bytes[..12].IndexOfAnyExcept((byte)0) < 0) return new(last);
        if (bytes is [0x00, 0x64, 0xff, 0x9b, ..]) return new(last);
        if (bytes is [0x20, 0x02, ..]) return new(bytes[2..6]);
        if (bytes is [0x20, 0x01, 0x00, 0x00, ..])
        {
            for (var i = 12; i < 16; i++) bytes[i] ^= 0xff;
            return new(last);
        }
        // The interface part of ISATAP, with the universal bit set or not.
        return bytes[8..12] is [0x00 or 0x02, 0x00, 0x5e, 0xfe] ? new(last) : null;
    }

    // Without the zone, which no range knows.
    static IPAddress Plain(IPAddress address) =>
        address.AddressFamily == AddressFamily.InterNetworkV6 && address.ScopeId != 0 ? new(address.GetAddressBytes()) : address;

    static IEnumerable<(IPNetwork, string)> Ranges(string name, params string[] ranges) => ranges.Select(range => (IPNetwork.Parse(range), name));
}
