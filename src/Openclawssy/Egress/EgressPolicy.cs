using System.Net;
using Openclawssy.Runtime.Config;

namespace Openclawssy.Egress;

/// <summary>Where requests may go. There is none that allows everything: a policy is one origin, or what the operator wrote under <c>network</c>.</summary>
sealed class EgressPolicy
{
    /// <summary>How the file that widens a policy is named to people.</summary>
    const string File = ".openclawssy/config.json";

    readonly Func<Uri, HostName, Destination> decide;

    EgressPolicy(Func<Uri, HostName, Destination> decide) => this.decide = decide;

    /// <summary>One origin the operator configured, wherever it is: a model server is often a machine in the house.</summary>
    public static EgressPolicy Only(Uri origin)
    {
        var own = HostName.Of(origin);
        return new((url, host) => host == own && url.Scheme == origin.Scheme && url.Port == origin.Port
            ? new(url.Scheme, host, url.Port, AddressScope.Configured)
            : throw new EgressDeniedException($"refused to send to {url.Host}: this connection goes to {origin.Host} only"));
    }

    /// <summary>This instance's own gateway on this machine.</summary>
    /// <param name="certificate">SHA-256, in hex, of the certificate it shows; null without TLS.</param>
    public static EgressPolicy Gateway(Uri origin, string? certificate)
    {
        var own = HostName.Of(origin);
        return new((url, host) => host == own && url.Scheme == origin.Scheme && url.Port == origin.Port
            ? new(url.Scheme, host, url.Port, AddressScope.Configured, certificate)
            : throw new EgressDeniedException($"refused to send to {url.Host}: this connection goes to the gateway only"));
    }

    /// <summary>Nowhere, for a reason.</summary>
    public static EgressPolicy Nowhere(string reason) => new((_, _) => throw new EgressDeniedException(reason));

    /// <summary>What the operator lets tools reach.</summary>
    public static EgressPolicy Of(NetworkConfig network)
    {
        if (!network.Enabled)
            return Nowhere($"the network is off for tools: network.enabled is false; only the operator can switch it on, with \"network\": {{ \"enabled\": true }} in {File}");
        var rules = network.AllowedDomains.Select(HostRule.Parse).OfType<HostRule>().ToList();
        return new((url, host) => !host.IsPlain ? throw NoHost() : IsThisMachine(host) ? Local(network, url, host) : Listed(rules, url, host));
    }

    /// <param name="url">An absolute address.</param>
    /// <exception cref="EgressDeniedException">Not there; the message says what the operator would have to write.</exception>
    public Destination Allow(Uri url)
    {
        if (url.Scheme != Uri.UriSchemeHttps && url.Scheme != Uri.UriSchemeHttp) throw new EgressDeniedException($"only https and http addresses can be reached, not {url.Scheme}:");
        if (url.UserInfo.Length > 0) throw new EgressDeniedException("an address may not hold a user name or password");
        if (HostName.Of(url) is not { } host) throw NoHost();
        return decide(url, host);
    }

    static EgressDeniedException NoHost() => new("the host is neither an address nor a plain name of letters, digits, hyphens and dots");

    // 0.0.0.0 and :: reach this machine as well: they are asked for the same switch, and then refused by the scope.
    static bool IsThisMachine(HostName host) =>
        host.IsLocalhost || (host.Address is { } address && (AddressRules.IsLoopback(address) || address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any)));

    static Destination Local(NetworkConfig network, Uri url, HostName host) => network.AllowLocalhosts
        ? new(url.Scheme, host, url.Port, AddressScope.Loopback)
        : throw new EgressDeniedException($"host \"{host}\" is this machine, and network.allow_localhosts is false; only the operator can allow it, with \"network\": {{ \"allow_localhosts\": true }} in {File}");

    static Destination Listed(List<HostRule> rules, Uri url, HostName host)
    {
        var covering = rules.FindAll(rule => rule.Covers(host));
        if (covering.Count == 0 && host.Address is { } literal && AddressRules.Special(literal) is { } complaint)
            throw Unlisted(host, $"{Written(host)}", $" ({complaint})");
        if (covering.Count == 0) throw Unlisted(host, Entry(url, host), "");
        if (!covering.Exists(rule => rule.AllowsScheme(url.Scheme)))
            throw new EgressDeniedException($"host \"{host}\" is allowed in network.allowed_domains over https only; to allow plain http the operator adds \"{Entry(url, host)}\" to it in {File}");
        if (!covering.Exists(rule => rule.AllowsScheme(url.Scheme) && rule.AllowsPort(url.Scheme, url.Port)))
            throw new EgressDeniedException($"host \"{host}\" is not allowed on port {url.Port}; to allow it the operator adds \"{Entry(url, host)}\" to network.allowed_domains in {File}");
        return new(url.Scheme, host, url.Port, host.Address is null ? AddressScope.Public : AddressScope.Written);
    }

    static EgressDeniedException Unlisted(HostName host, string entry, string about) =>
        new($"host \"{host}\" is not in network.allowed_domains{about}; to allow it the operator adds \"{entry}\" to that list in {File}");

    static string Entry(Uri url, HostName host) =>
        $"{(url.Scheme == Uri.UriSchemeHttp ? "http://" : "")}{Written(host)}{(url.IsDefaultPort ? "" : $":{url.Port}")}";

    static string Written(HostName host) => host.Address is { AddressFamily: System.Net.Sockets.AddressFamily.InterNetworkV6 } ? $"[{host}]" : host.Text;
}
