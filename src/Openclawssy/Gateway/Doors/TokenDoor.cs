using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;
using Openclawssy.Gateway.Tokens;
using Openclawssy.Gateway.Wire;

namespace Openclawssy.Gateway.Doors;

/// <summary>Nothing behind this door is reached without the token, whether there is a route or not; what is public is listed.</summary>
sealed class TokenDoor(TokenWatch tokens, HandoverKey handover, GuessLimit guesses, Logins logins, Func<HttpContext, bool> isPublic)
{
    /// <summary>Longest token that is looked at, in characters.</summary>
    const int MaxToken = 512;

    /// <summary>Remembers who came, or refuses.</summary>
    /// <exception cref="RequestRefused">401, or 429 for who guesses.</exception>
    public void Demand(HttpContext context)
    {
        if (isPublic(context)) return;
        if (context.Request.Headers.Authorization is not [{ } header]) throw new RequestRefused(401, "auth.missing", "missing bearer token: send the header Authorization: Bearer TOKEN");
        if (header.IndexOf(' ', StringComparison.Ordinal) is var blank && (blank < 0 || !header.AsSpan(0, blank).Equals("Bearer", StringComparison.OrdinalIgnoreCase)))
            throw new RequestRefused(401, "auth.scheme", "invalid authorization scheme: use Bearer");
        var presented = header[(blank + 1)..].Trim();
        // Too long to be one: refused unread, and no guess.
        if (presented.Length is 0 or > MaxToken) throw Wrong();
        var address = context.Connection.RemoteIpAddress;
        if (guesses.TryAdmit(address, Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(presented))), () => handover.Admits(context, presented) ?? tokens.Admit(presented), out var holder, out var refusal))
        {
            logins.Came(holder.Credential, address);
            context.Features.Set(holder);
            return;
        }
        if (refusal.Wait is { } wait) throw new RequestRefused(429, "auth.locked", "too many wrong tokens; wait before another try", wait);
        if (refusal.Locked is { } limit) logins.Reached(limit, address);
        throw Wrong();
    }

    static RequestRefused Wrong() => new(401, "auth.invalid", "invalid bearer token");
}
