using System.Globalization;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Http;

namespace Openclawssy.Gateway.Tokens;

/// <summary>
/// Sign-ins a browser remembers, in place of the token. Each has two halves of 256 random bits: a cookie scripts cannot read, and a key
/// only the page keeps and sends as a header. One without the other opens nothing: cookies are sent to every port of a host and
/// with requests other programs cause, a page's key never is. Kept in memory, as hashes, and gone with the token that opened them.
/// </summary>
sealed class PageSessions(TimeProvider clock)
{
    public const string KeyHeader = "X-Openclawssy-Key";

    /// <summary>How long one lasts, used or not.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromDays(14);

    /// <summary>With more, the oldest ends.</summary>
    public const int Most = 64;

    readonly Lock gate = new();
    readonly Dictionary<string, PageSession> sessions = new(StringComparer.Ordinal);

    /// <summary>The cookie's name. It carries the port, for cookies of one host are shared by all its ports; under TLS the browser itself holds it to this host, this path and TLS.</summary>
    public static string CookieName(HttpContext context) =>
        string.Create(CultureInfo.InvariantCulture, $"{(context.Request.IsHttps ? "__Host-" : "")}openclawssy-{context.Connection.LocalPort}");

    /// <returns>Both halves, known to nobody after this.</returns>
    public (string Cookie, string Key, DateTimeOffset ExpiresAt) Begin(TokenHolder holder)
    {
        var (cookie, key) = (Chance(), Chance());
        var expires = clock.GetUtcNow() + Lifetime;
        lock (gate)
        {
            Sweep();
            while (sessions.Count >= Most) End(sessions.MinBy(one => one.Value.ExpiresAt).Key);
            sessions[Hash(cookie)] = new(BearerToken.Of(key), holder, expires, CancellationTokenSource.CreateLinkedTokenSource(holder.TakenAway));
        }
        return (cookie, key, expires);
    }

    /// <summary>Whoever signed in with the token and sends both halves; null for everybody else.</summary>
    public TokenHolder? Admit(string? cookie, string key)
    {
        if (cookie is null) return null;
        lock (gate)
        {
            Sweep();
            return sessions.TryGetValue(Hash(cookie), out var session) && session.Key.Accepts(key)
                ? session.Holder with { TakenAway = session.Over.Token, PageSession = Hash(cookie) } : null;
        }
    }

    /// <summary>From here on it opens nothing. What still goes on under it ends when the returned source is cancelled: not before the sign-out is answered, for that goes on under it too.</summary>
    /// <returns>Null when there is none.</returns>
    public CancellationTokenSource? Close(string session)
    {
        lock (gate) return sessions.Remove(session, out var closed) ? closed.Over : null;
    }

    void End(string session) => _ = Close(session)?.CancelAsync();

    void Sweep()
    {
        var now = clock.GetUtcNow();
        foreach (var (name, session) in sessions.ToList())
            if (session.ExpiresAt <= now || session.Over.IsCancellationRequested) End(name);
    }

    static string Chance() => Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32));

    static string Hash(string half) => BearerToken.Of(half).Hash;

    sealed record PageSession(BearerToken Key, TokenHolder Holder, DateTimeOffset ExpiresAt, CancellationTokenSource Over);
}
