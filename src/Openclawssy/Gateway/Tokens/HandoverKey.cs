using System.Net;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Http;

namespace Openclawssy.Gateway.Tokens;

/// <summary>
/// Lets the owner of the state folder hand a run to the gateway from the command line without its token: a key that is made at each
/// start and stands in a file only the owner can read. It opens exactly one route, from this machine, and gives no more than the
/// agent's rights.
/// </summary>
sealed class HandoverKey
{
    /// <summary>Begins the key, so that nobody takes it for the token.</summary>
    public const string Prefix = "och_";

    public const string Method = "POST", Path = "/v1/runs";

    readonly BearerToken token;

    public HandoverKey()
    {
        Text = Prefix + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32));
        token = BearerToken.Of(Text);
    }

    public string Text { get; }

    /// <summary>Whoever presents the key at its one route; null for everybody else.</summary>
    public TokenHolder? Admits(HttpContext context, string presented) =>
        presented.StartsWith(Prefix, StringComparison.Ordinal) && context.Request.Method == Method && context.Request.Path == Path
        && IsThisMachine(context.Connection) && token.Accepts(presented)
            ? new(Credential, CancellationToken.None) : null;

    // Whoever comes from the address it goes to is on this machine.
    static bool IsThisMachine(ConnectionInfo connection) =>
        connection.RemoteIpAddress is { } address && (IPAddress.IsLoopback(address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address) || address.Equals(connection.LocalIpAddress));

    /// <summary>How records name who handed over.</summary>
    public const string Credential = "owner";
}
