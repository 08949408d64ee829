using System.Net;

namespace Openclawssy.Gateway.Doors;

/// <summary>
/// Bounds how many tokens may be tried: so many different wrong ones a minute from one address, and so many from all addresses
/// together that have not shown a right one. A client that repeats one wrong token tries once. No address is exempt.
/// </summary>
sealed class GuessLimit(TimeProvider clock)
{
    /// <summary>Different wrong tokens in a minute.</summary>
    public const int FromOne = 10, FromAll = 10;

    public static readonly TimeSpan Window = TimeSpan.FromMinutes(1);

    /// <summary>Addresses that are remembered. A flood of new ones makes the oldest forgotten; the limit for all still holds.</summary>
    const int MaxAddresses = 4096;

    readonly Lock gate = new();
    readonly Dictionary<IPAddress, Tries> addresses = [];
    readonly Tries all = new();

    /// <summary>How long this address has to wait before a token of it is looked at again; null when it need not.</summary>
    public TimeSpan? Wait(IPAddress? address)
    {
        var now = clock.GetUtcNow();
        lock (gate)
        {
            var known = addresses.GetValueOrDefault(Canonical(address));
            if (known?.WaitAt(now, FromOne) is { } own) return own;
            return known is { HasBeenRight: true } ? null : all.WaitAt(now, FromAll);
        }
    }

    /// <param name="tokenHash">Of what was presented; never the token.</param>
    public void Wrong(IPAddress? address, string tokenHash)
    {
        var now = clock.GetUtcNow();
        lock (gate)
        {
            Of(Canonical(address), now).Add(now, tokenHash);
            all.Add(now, tokenHash);
        }
    }

    public void Right(IPAddress? address)
    {
        lock (gate) Of(Canonical(address), clock.GetUtcNow()).HasBeenRight = true;
    }

    Tries Of(IPAddress address, DateTimeOffset now)
    {
        if (addresses.TryGetValue(address, out var known)) return known;
        if (addresses.Count >= MaxAddresses) addresses.Remove(addresses.MinBy(pair => pair.Value.Last).Key);
        return addresses[address] = new() { Last = now };
    }

    // One host has many spellings: an address of version 4 inside version 6 is the same one, and a host has a whole /64 to choose from.
    static IPAddress Canonical(IPAddress? address)
    {
        if (address is null) return IPAddress.None;
        if (address.IsIPv4MappedToIPv6) return address.MapToIPv4();
        if (address.AddressFamily != System.Net.Sockets.AddressFamily.InterNetworkV6) return address;
        if (IPAddress.IsLoopback(address)) return IPAddress.Loopback;
        var bytes = address.GetAddressBytes();
        Array.Clear(bytes, 8, 8);
        return new(bytes);
    }

    sealed class Tries
    {
        readonly List<(DateTimeOffset At, string Token)> wrong = [];

        public bool HasBeenRight { get; set; }
        public DateTimeOffset Last { get; set; }

        public TimeSpan? WaitAt(DateTimeOffset now, int limit)
        {
            wrong.RemoveAll(attempt => now - attempt.At >= Window);
            return wrong.Count < limit ? null : wrong[0].At + Window - now;
        }

        public void Add(DateTimeOffset now, string token)
        {
            Last = now;
            wrong.RemoveAll(attempt => now - attempt.At >= Window);
            // The same wrong token again is not another guess; it counts from its first time on.
            if (wrong.All(attempt => attempt.Token != token)) wrong.Add((now, token));
        }
    }
}
