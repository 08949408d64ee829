using System.Diagnostics.CodeAnalysis;
using System.Net;

namespace Openclawssy.Gateway.Doors;

/// <summary>
/// Bounds how many tokens may be tried: so many different wrong ones a minute from one address, and so many from all addresses
/// together. A client that repeats one wrong token tries once. No address is exempt from its own limit; one that has shown a right
/// token is exempt from the limit for all, so that strangers cannot lock its owner out. Time is what passed, not what clocks say.
/// </summary>
sealed class GuessLimit(TimeProvider clock)
{
    /// <summary>Different wrong tokens in a minute.</summary>
    public const int FromOne = 10, FromAll = 10;

    public static readonly TimeSpan Window = TimeSpan.FromMinutes(1);

    /// <summary>Addresses that are remembered: those that guessed lately, and those that were right.</summary>
    public const int MaxAddresses = 4096;

    readonly Lock gate = new();
    readonly long origin = clock.GetTimestamp();
    readonly Dictionary<IPAddress, Tries> addresses = [];
    readonly Tries all = new();

    /// <summary>
    /// Looks at what was presented, unless this address has to wait. Look and record are one step: however many requests come at
    /// once, no more are looked at than the limit says. While an address waits, its right token is not looked at either: else the
    /// limit would only slow down who is wrong.
    /// </summary>
    /// <param name="tokenHash">Of what was presented; never the token.</param>
    /// <param name="look">Null when it is wrong.</param>
    /// <param name="refusal">Why there is nobody.</param>
    public bool TryAdmit<T>(IPAddress? address, string tokenHash, Func<T?> look, [NotNullWhen(true)] out T? who, out GuessRefusal refusal) where T : class
    {
        (who, refusal) = (null, default);
        var from = Canonical(address);
        lock (gate)
        {
            var now = clock.GetElapsedTime(origin);
            var known = addresses.GetValueOrDefault(from);
            if ((known?.WaitAt(now, FromOne) ?? (known is { HasBeenRight: true } ? null : all.WaitAt(now, FromAll))) is { } wait)
            {
                refusal = new(wait, null);
                return false;
            }
            who = look();
            known ??= Remember(from, now);
            known.Last = now;
            if (who is not null)
            {
                known.HasBeenRight = true;
                return true;
            }
            var (own, others) = (known.Add(now, tokenHash, FromOne), all.Add(now, tokenHash, FromAll));
            refusal = new(null, own ? GuessLock.OfOne : others ? GuessLock.OfAll : null);
            return false;
        }
    }

    Tries Remember(IPAddress address, TimeSpan now)
    {
        if (addresses.Count >= MaxAddresses)
        {
            // Who was right stays longest: else strangers with many addresses would make an owner a stranger too.
            foreach (var old in addresses.Where(pair => !pair.Value.HasBeenRight && now - pair.Value.Last >= Window).Select(pair => pair.Key).ToList()) addresses.Remove(old);
            if (addresses.Count >= MaxAddresses) addresses.Remove(addresses.MinBy(pair => (pair.Value.HasBeenRight, pair.Value.Last)).Key);
        }
        return addresses[address] = new();
    }

    /// <summary>One spelling for one host: an address of version 4 inside version 6 is the same one, and a host has a whole /64 to choose from.</summary>
    public static IPAddress Canonical(IPAddress? address)
    {
        if (address is null) return IPAddress.None;
        if (address.IsIPv4MappedToIPv6) return Canonical(address.MapToIPv4());
        // This machine is one host, by whatever of its addresses it comes.
        if (IPAddress.IsLoopback(address)) return IPAddress.Loopback;
        if (address.AddressFamily != System.Net.Sockets.AddressFamily.InterNetworkV6) return address;
        var bytes = address.GetAddressBytes();
        Array.Clear(bytes, 8, 8);
        return new(bytes);
    }

    sealed class Tries
    {
        readonly List<(TimeSpan At, string Token)> wrong = [];

        public bool HasBeenRight { get; set; }
        public TimeSpan Last { get; set; }

        public TimeSpan? WaitAt(TimeSpan now, int limit)
        {
            wrong.RemoveAll(attempt => now - attempt.At >= Window);
            return wrong.Count < limit ? null : wrong[0].At + Window - now;
        }

        /// <returns>True when this one reached the limit.</returns>
        public bool Add(TimeSpan now, string token, int limit)
        {
            wrong.RemoveAll(attempt => now - attempt.At >= Window);
            // The same wrong token again is not another guess; it counts from its first time on.
            if (wrong.Count >= limit || wrong.Any(attempt => attempt.Token == token)) return false;
            wrong.Add((now, token));
            return wrong.Count == limit;
        }
    }
}

/// <summary>Why nobody was let in.</summary>
/// <param name="Wait">How long to wait before another try; null when this one was wrong.</param>
/// <param name="Locked">The limit this wrong try reached; null for none.</param>
readonly record struct GuessRefusal(TimeSpan? Wait, GuessLock? Locked);

/// <summary>Whose limit was reached.</summary>
enum GuessLock
{
    OfOne,
    OfAll,
}
