namespace Openclawssy.Runtime.Secrets;

/// <summary>Where a request goes and in which header a secret would travel.</summary>
/// <param name="Host">As <see cref="SecretBinding.HostOf"/> writes it.</param>
public readonly record struct SecretDestination(string Host, string Header)
{
    public SecretDestination(Uri address, string header) : this(SecretBinding.HostOf(address), header) { }
}

/// <summary>To which hosts a secret may be sent, and in which header. The operator says so; nobody else can widen it.</summary>
public sealed record SecretBinding
{
    public const int MaxHosts = 16;
    public const string Authorization = "Authorization";

    SecretBinding(IReadOnlyList<string> hosts, string header) => (Hosts, Header) = (hosts, header);

    /// <summary>Lower case, without the port where that is 443.</summary>
    public IReadOnlyList<string> Hosts { get; }

    public string Header { get; }

    /// <exception cref="SecretException"><c>secrets.invalid</c>.</exception>
    public static SecretBinding Of(IEnumerable<string> hosts, string header)
    {
        var read = hosts.Select(Canonical).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).ToList();
        if (read.Count is 0 or > MaxHosts) throw Refuse($"a secret is bound to 1 to {MaxHosts} hosts", "name each with --host");
        if (!IsHeaderName(header)) throw Refuse("that is no name of a header", "use letters, digits and hyphens, for example Authorization or X-Api-Key");
        return new(read, header);
    }

    /// <summary>A host and, where it is not 443, its port: <c>api.example.com</c>, <c>127.0.0.1:8080</c>, <c>[::1]:8080</c>.</summary>
    public static string HostOf(Uri address)
    {
        var host = address.HostNameType == UriHostNameType.IPv6 ? $"[{address.IdnHost.Trim('[', ']')}]" : address.IdnHost.ToLowerInvariant();
        return address.Port == 443 ? host : $"{host}:{address.Port}";
    }

    /// <summary>The same host, port and header; no pattern, no subdomain.</summary>
    public bool Allows(SecretDestination destination) =>
        string.Equals(Header, destination.Header, StringComparison.OrdinalIgnoreCase) && Hosts.Contains(destination.Host, StringComparer.Ordinal);

    public bool Equals(SecretBinding? other) => other is not null && Header == other.Header && Hosts.SequenceEqual(other.Hosts, StringComparer.Ordinal);

    public override int GetHashCode() => HashCode.Combine(Header, Hosts.Count, Hosts[0]);

    public override string ToString() => $"{string.Join(", ", Hosts)} ({Header})";

    static string Canonical(string text)
    {
        foreach (var c in text)
            if (!char.IsLetterOrDigit(c) && c is not ('.' or '-' or ':' or '[' or ']')) throw NoHost();
        if (!Uri.TryCreate($"https://{text}/", UriKind.Absolute, out var address) || address.Host.Length == 0 || address.UserInfo.Length > 0 || address.AbsolutePath != "/") throw NoHost();
        return HostOf(address);
    }

    static bool IsHeaderName(string header)
    {
        foreach (var c in header)
            if (!char.IsAsciiLetterOrDigit(c) && c is not ('-' or '_')) return false;
        return header.Length is > 0 and <= 64;
    }

    static SecretException NoHost() => Refuse("that is no host", "write it like api.example.com or 127.0.0.1:8080: no scheme, no path, no pattern");

    static SecretException Refuse(string message, string next) => new(SecretErrorCodes.Invalid, message, next);
}
