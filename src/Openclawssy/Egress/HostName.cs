using System.Buffers;
using System.Net;

namespace Openclawssy.Egress;

/// <summary>A host in the one form it is compared in: an address, or a name of lower-case ASCII letters, digits, hyphens and underscores.</summary>
sealed record HostName
{
    HostName(string text, IPAddress? address) => (Text, Address) = (text, address);

    /// <summary>The name, or the address as text without brackets.</summary>
    public string Text { get; }

    /// <summary>Null for a name. An IPv4-mapped address is kept as the IPv4 address it is.</summary>
    public IPAddress? Address { get; }

    /// <summary>True for the names that by convention (RFC 6761) mean this machine, whatever a resolver says.</summary>
    public bool IsLocalhost => Text == "localhost" || (Address is null && Text.EndsWith(".localhost", StringComparison.Ordinal));

    /// <summary>The host of a parsed address, international names turned to ASCII. Null for anything a resolver might read differently.</summary>
    public static HostName? Of(Uri url)
    {
        string host;
        try { host = url.IdnHost; }
        catch (UriFormatException) { return null; }
        return Of(host);
    }

    /// <param name="ascii">As an address bar shows it after conversion: no brackets, no port.</param>
    static HostName? Of(string ascii)
    {
        if (IPAddress.TryParse(ascii, out var address))
        {
            if (address.IsIPv4MappedToIPv6) address = address.MapToIPv4();
            return new(address.ToString(), address);
        }
        var name = ascii.ToLowerInvariant();
        var labels = name.Split('.');
        return name.Length is > 0 and <= 253 && Array.TrueForAll(labels, IsLabel) && !labels[^1].All(char.IsAsciiDigit) ? new(name, null) : null;
    }

    // Characters that would make a host a path, a query, a user or something encoded.
    static readonly SearchValues<char> NotInAHost = SearchValues.Create("/\\?#@% \t\0");

    /// <summary>The host of a configured text: a name, or an address with or without brackets.</summary>
    public static HostName? Parse(string text)
    {
        var literal = text.Contains(':') && !text.StartsWith('[') ? $"[{text}]" : text;
        return text.AsSpan().ContainsAny(NotInAHost) ? null : Uri.TryCreate($"http://{literal}/", UriKind.Absolute, out var url) && url.IsDefaultPort ? Of(url) : null;
    }

    /// <summary>False for a name with an underscore: no host of the public network has one, servers in a house do.</summary>
    public bool IsPlain => !Text.Contains('_');

    public bool Equals(HostName? other) => other is not null && Text == other.Text;

    public override int GetHashCode() => Text.GetHashCode(StringComparison.Ordinal);

    public override string ToString() => Text;

    static bool IsLabel(string label) =>
        label.Length is > 0 and <= 63 && label[0] != '-' && label[^1] != '-' && label.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_');
}
