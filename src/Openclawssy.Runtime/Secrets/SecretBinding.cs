namespace Openclawssy.Runtime.Secrets;

/// <summary>Where a request goes and in which header a secret would travel.</summary>
/// <param name="Host">As <see cref="SecretBinding.HostOf"/> writes it.</param>
public readonly record struct SecretDestination(string Host, string Header)
{
    public SecretDestination(Uri address, string header) : this(SecretBinding.HostOf(address), header) { }
}

/// <summary>To which hosts a secret may be sent, in which header, and in which variables commands may be handed it. The operator says so; nobody else can widen it.</summary>
public sealed record SecretBinding
{
    public const int MaxHosts = 16;
    public const int MaxVariables = 16;
    public const string Authorization = "Authorization";

    // No host begins with it, so hosts and variables stand in one list of the store.
    const char VariableMark = '$';

    SecretBinding(IReadOnlyList<string> hosts, string header, IReadOnlyList<string> variables) => (Hosts, Header, Variables) = (hosts, header, variables);

    /// <summary>Lower case, without the port where that is 443.</summary>
    public IReadOnlyList<string> Hosts { get; }

    public string Header { get; }

    /// <summary>Names of variables a command may be handed it in, exactly as written.</summary>
    public IReadOnlyList<string> Variables { get; }

    /// <summary>Everything it is bound to, as the store writes it: the hosts, then the variables with a mark.</summary>
    internal IReadOnlyList<string> Places => [.. Hosts, .. Variables.Select(name => $"{VariableMark}{name}")];

    /// <exception cref="SecretException"><c>secrets.invalid</c>.</exception>
    public static SecretBinding Of(IEnumerable<string> hosts, string header, IEnumerable<string>? variables = null)
    {
        var read = hosts.Select(Canonical).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).ToList();
        var names = (variables ?? []).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).ToList();
        if (read.Count + names.Count == 0 || read.Count > MaxHosts || names.Count > MaxVariables)
            throw Refuse($"a secret is bound to up to {MaxHosts} hosts and {MaxVariables} variables, and to one of them at least", "name each with --host or --env");
        if (!IsHeaderName(header)) throw Refuse("that is no name of a header", "use letters, digits and hyphens, for example Authorization or X-Api-Key");
        if (!names.TrueForAll(IsVariableName)) throw Refuse("that is no name of a variable", "use letters, digits and underscores, for example GITHUB_TOKEN");
        return new(read, header, names);
    }

    /// <summary>From what the store holds.</summary>
    internal static SecretBinding OfPlaces(IReadOnlyList<string> places, string header) =>
        Of(places.Where(place => !IsVariable(place)), header, places.Where(IsVariable).Select(place => place[1..]));

    /// <summary>A host and, where it is not 443, its port: <c>api.example.com</c>, <c>127.0.0.1:8080</c>, <c>[::1]:8080</c>.</summary>
    public static string HostOf(Uri address)
    {
        var host = address.HostNameType == UriHostNameType.IPv6 ? $"[{address.IdnHost.Trim('[', ']')}]" : address.IdnHost.ToLowerInvariant();
        return address.Port == 443 ? host : $"{host}:{address.Port}";
    }

    /// <summary>The same host, port and header; no pattern, no subdomain.</summary>
    public bool Allows(SecretDestination destination) =>
        string.Equals(Header, destination.Header, StringComparison.OrdinalIgnoreCase) && Hosts.Contains(destination.Host, StringComparer.Ordinal);

    /// <summary>Exactly this variable of a command.</summary>
    public bool AllowsVariable(string name) => Variables.Contains(name, StringComparer.Ordinal);

    public bool Equals(SecretBinding? other) => other is not null && Header == other.Header && Places.SequenceEqual(other.Places, StringComparer.Ordinal);

    public override int GetHashCode() => HashCode.Combine(Header, Hosts.Count, Variables.Count, Places[0]);

    public override string ToString() =>
        string.Join(", ", (string[])[.. Hosts.Count > 0 ? [$"{string.Join(", ", Hosts)} ({Header})"] : Array.Empty<string>(), .. Variables.Select(name => $"the variable {name} of commands")]);

    static bool IsVariable(string place) => place.StartsWith(VariableMark);

    static bool IsVariableName(string name) =>
        name.Length is > 0 and <= 64 && !char.IsAsciiDigit(name[0]) && name.All(c => char.IsAsciiLetterOrDigit(c) || c == '_');

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
