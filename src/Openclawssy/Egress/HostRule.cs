using System.Globalization;

namespace Openclawssy.Egress;

/// <summary>
/// One entry of <c>network.allowed_domains</c>: <c>example.com</c> is that host alone, <c>*.example.com</c> its subdomains and not itself. https on
/// port 443; <c>:port</c> names another port instead, <c>http://</c> before it allows plain http too (port 80, or the one named).
/// </summary>
sealed record HostRule(HostName Host, bool Subdomains, int? Port, bool PlainHttp)
{
    const string Plain = "http://";

    /// <summary>Null for a text that is no such entry: it allows nothing.</summary>
    public static HostRule? Parse(string text)
    {
        var rest = text.Trim();
        var plain = rest.StartsWith(Plain, StringComparison.OrdinalIgnoreCase);
        if (plain) rest = rest[Plain.Length..];
        var subdomains = rest.StartsWith("*.", StringComparison.Ordinal) || rest.StartsWith('.');
        if (subdomains) rest = rest[(rest[0] == '*' ? 2 : 1)..];
        int? port = null;
        // One colon is a port; more are an address of IPv6, whose port stands behind its bracket.
        var colon = rest.LastIndexOf(':');
        if (colon > 0 && (rest[colon - 1] == ']' || rest.IndexOf(':') == colon))
        {
            if (!int.TryParse(rest[(colon + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out var number) || number is < 1 or > 65_535) return null;
            (port, rest) = (number, rest[..colon]);
        }
        if (HostName.Parse(rest) is not { IsPlain: true } host || (subdomains && host.Address is not null)) return null;
        return new(host, subdomains, port, plain);
    }

    public bool Covers(HostName host) =>
        Subdomains ? host.Address is null && host.Text.Length > Host.Text.Length + 1 && host.Text.EndsWith("." + Host.Text, StringComparison.Ordinal) : host == Host;

    public bool AllowsPort(string scheme, int port) => port == (Port ?? (scheme == Uri.UriSchemeHttp ? 80 : 443));

    public bool AllowsScheme(string scheme) => scheme == Uri.UriSchemeHttps || (PlainHttp && scheme == Uri.UriSchemeHttp);
}
