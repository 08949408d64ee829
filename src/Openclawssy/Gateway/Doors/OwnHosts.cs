using System.Globalization;
using System.Net;
using Microsoft.AspNetCore.Http;
using Openclawssy.Gateway.Wire;

namespace Openclawssy.Gateway.Doors;

/// <summary>
/// The names under which this gateway answers, exactly, port included. A page of another site that makes its own name stand for our
/// address (DNS rebinding) comes with its name and is refused; so is every request a page of another origin makes.
/// </summary>
sealed class OwnHosts
{
    readonly HashSet<string> hosts = new(StringComparer.OrdinalIgnoreCase);
    readonly HashSet<string> origins = new(StringComparer.OrdinalIgnoreCase);

    /// <param name="further">Names with their port, from <c>server.allowed_hosts</c>.</param>
    public OwnHosts(IPAddress address, int port, bool tls, IEnumerable<string> further)
    {
        var scheme = tls ? "https" : "http";
        foreach (var name in Names(address)) Add(name, port, scheme, tls);
        foreach (var name in further)
        {
            hosts.Add(name);
            // A proxy before us may speak TLS where we do not.
            origins.Add($"https://{name}");
            origins.Add($"http://{name}");
        }
    }

    static IEnumerable<string> Names(IPAddress address)
    {
        if (IPAddress.IsLoopback(address)) return ["127.0.0.1", "localhost", "[::1]"];
        if (address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any)) return ["127.0.0.1", "localhost", "[::1]"];
        return [address.AddressFamily == System.Net.Sockets.AddressFamily.InterNetworkV6 ? $"[{address}]" : address.ToString()];
    }

    void Add(string name, int port, string scheme, bool tls)
    {
        var withPort = string.Create(CultureInfo.InvariantCulture, $"{name}:{port}");
        hosts.Add(withPort);
        origins.Add($"{scheme}://{withPort}");
        if (port != (tls ? 443 : 80)) return;
        hosts.Add(name);
        origins.Add($"{scheme}://{name}");
    }

    /// <exception cref="RequestRefused">421 for another host, 403 for another origin.</exception>
    public void Demand(HttpContext context)
    {
        var headers = context.Request.Headers;
        // HTTP/2 has :authority, which Kestrel gives as Host; more than one value is no host.
        if (headers.Host is not [{ } host] || !hosts.Contains(host))
            throw new RequestRefused(421, "request.host", "this gateway does not answer under that name; use the address it prints at its start, or list the name in server.allowed_hosts");
        if (headers.Origin.Count > 0 && (headers.Origin is not [{ } origin] || !origins.Contains(origin)))
            throw new RequestRefused(403, "request.cross_origin", "requests from pages of other sites are refused");
        foreach (var site in headers["Sec-Fetch-Site"])
        {
            if (site is "same-origin" or "none") continue;
            // A link somewhere else may open a page here; it can do nothing by that.
            if (HttpMethods.IsGet(context.Request.Method) && headers["Sec-Fetch-Mode"] is ["navigate"] && headers["Sec-Fetch-Dest"] is ["document"]) continue;
            throw new RequestRefused(403, "request.cross_origin", "requests from pages of other sites are refused");
        }
    }
}
