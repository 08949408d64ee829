using System.Buffers;
using System.Globalization;
using System.Text;
using Openclawssy.Runtime.Toolkit;

namespace Openclawssy.Egress;

/// <summary>
/// The head of one request to the proxy, read strictly: what two programs might read differently is refused. The host is made a
/// <see cref="HostName"/> here, once, and everything later goes by that; the text a command sent decides nothing.
/// </summary>
/// <param name="Target">With <c>https</c> for a tunnel.</param>
/// <param name="Headers">Without those that frame a message or speak of the connection.</param>
/// <param name="Length">Bytes of body that follow.</param>
/// <param name="WaitsForGo">True when the body is held back until it is asked for.</param>
/// <param name="IsOld">HTTP/1.0.</param>
sealed record ProxyRequest(string Method, Uri Target, bool IsTunnel, IReadOnlyList<(string Name, string Value)> Headers, long Length, bool WaitsForGo, bool IsOld)
{
    const string Connect = "CONNECT";

    static readonly SearchValues<char> token = SearchValues.Create("!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");

    /// <summary>What belongs to one connection and goes no further, in both directions.</summary>
    public static readonly IReadOnlySet<string> OfTheConnection = new HashSet<string>(StringComparer.OrdinalIgnoreCase)
    {
        "Connection", "Proxy-Connection", "Keep-Alive", "Proxy-Authenticate", "Proxy-Authorization", "TE", "Trailer", "Transfer-Encoding", "Upgrade", "HTTP2-Settings",
    };

    // Set anew from the target and from the body that really comes.
    static readonly HashSet<string> ours = new(StringComparer.OrdinalIgnoreCase) { "Host", "Content-Length", "Expect" };

    /// <param name="head">All of it, the empty line at its end included.</param>
    /// <exception cref="ProxyRefusal">It is no such request.</exception>
    public static ProxyRequest Parse(ReadOnlySpan<byte> head, ProxyLimits limits)
    {
        var text = Encoding.Latin1.GetString(head[..^4]);
        var lines = text.Split("\r\n");
        if (Array.Exists(lines, line => line.AsSpan().ContainsAnyExceptInRange(' ', '~'))) throw Bad("a request may hold printable ASCII and line ends of two characters only");
        if (lines[0].Split(' ') is not [var method, var target, var version]) throw Bad("the first line must be a method, a target and a version, one blank between");
        if (version is not ("HTTP/1.1" or "HTTP/1.0")) throw Bad("only HTTP/1.1 and HTTP/1.0 are spoken here");
        var headers = Fields(lines.AsSpan(1), limits);
        var length = BodyLength(headers);
        if (method == Connect)
            return length == 0 ? new(method, TunnelTarget(target), true, [], 0, false, version == "HTTP/1.0") : throw Bad("CONNECT has no body");
        if (!WebCall.Methods.Contains(method)) throw new ProxyRefusal(405, $"only CONNECT, {string.Join(", ", WebCall.Methods)} pass this proxy");
        return new(method, PlainTarget(target, limits), false, Passed(headers), length, WaitsFor(headers), version == "HTTP/1.0");
    }

    static Uri TunnelTarget(string target)
    {
        var colon = target.LastIndexOf(':');
        if (colon <= 0 || target.AsSpan(colon + 1) is not { Length: > 0 and <= 5 } digits || !int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var port) || port is < 1 or > 65_535)
            throw Bad("CONNECT names a host and a port, such as example.com:443");
        var host = target[..colon];
        // An address of IPv6 stands in brackets; without them, where it ends and the port begins is anybody's guess.
        if (host.Contains(':') && (host[0] != '[' || host[^1] != ']')) throw Bad("an IPv6 address stands in brackets");
        return HostName.Parse(host) is { IsPlain: true } name
            ? new Uri($"https://{(name.Address is { AddressFamily: System.Net.Sockets.AddressFamily.InterNetworkV6 } ? $"[{name}]" : name.Text)}:{port}/")
            : throw Bad("the host is neither an address nor a plain name of letters, digits, hyphens and dots");
    }

    static Uri PlainTarget(string target, ProxyLimits limits)
    {
        if (target.StartsWith('/') || target == "*") throw Bad("this is a proxy: the target is a whole address, such as http://example.com/");
        if (WebAddress.Complain(target, limits.UrlChars, out var url) is { } complaint) throw Bad($"the address {complaint}");
        return url!.Scheme == Uri.UriSchemeHttp ? url : throw Bad("https goes through a tunnel: ask with CONNECT");
    }

    static List<(string Name, string Value)> Fields(ReadOnlySpan<string> lines, ProxyLimits limits)
    {
        if (lines.Length > limits.Headers) throw new ProxyRefusal(431, $"at most {limits.Headers} headers");
        var headers = new List<(string, string)>();
        foreach (var line in lines)
        {
            var colon = line.IndexOf(':');
            if (colon <= 0 || line.AsSpan(0, colon).ContainsAnyExcept(token)) throw Bad("a header has no name, or a name that is none");
            headers.Add((line[..colon], line[(colon + 1)..].Trim(' ')));
        }
        return headers;
    }

    // One way only to say how long a body is, so that nobody on the way can find another end.
    static long BodyLength(List<(string Name, string Value)> headers)
    {
        if (headers.Exists(header => Is(header.Name, "Transfer-Encoding"))) throw new ProxyRefusal(411, "a body goes with its length: Transfer-Encoding does not pass this proxy");
        return headers.FindAll(header => Is(header.Name, "Content-Length")) switch
        {
            [] => 0,
            [var (_, value)] when value.Length <= 18 && long.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var length) => length,
            _ => throw Bad("Content-Length is one number"),
        };
    }

    static bool WaitsFor(List<(string Name, string Value)> headers) => headers.FindAll(header => Is(header.Name, "Expect")) switch
    {
        [] => false,
        [var (_, value)] when Is(value, "100-continue") => true,
        _ => throw Bad("of expectations only 100-continue is known"),
    };

    static List<(string Name, string Value)> Passed(List<(string Name, string Value)> headers)
    {
        var named = headers.Where(header => Is(header.Name, "Connection") || Is(header.Name, "Proxy-Connection"))
            .SelectMany(header => header.Value.Split(',', StringSplitOptions.TrimEntries)).ToHashSet(StringComparer.OrdinalIgnoreCase);
        return headers.FindAll(header => !OfTheConnection.Contains(header.Name) && !ours.Contains(header.Name) && !named.Contains(header.Name));
    }

    static bool Is(string one, string other) => one.Equals(other, StringComparison.OrdinalIgnoreCase);

    static ProxyRefusal Bad(string what) => new(400, what);
}
