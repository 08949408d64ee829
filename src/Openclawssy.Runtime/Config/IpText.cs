namespace Openclawssy.Runtime.Config;

/// <summary>Reads IP addresses in their plain spelling only: what a resolver would have to guess is no address.</summary>
static class IpText
{
    public static bool IsAddress(string text) => IsV4(text) || IsV6(text);

    public static bool IsLoopback(string host) =>
        host.Equals("localhost", StringComparison.OrdinalIgnoreCase) || host == "::1" || (IsV4(host) && host.StartsWith("127.", StringComparison.Ordinal));

    static bool IsV4(string text)
    {
        var octets = text.Split('.');
        if (octets.Length != 4) return false;
        foreach (var octet in octets)
        {
            if (octet.Length is 0 or > 3 || (octet.Length > 1 && octet[0] == '0') || octet.Any(c => !char.IsAsciiDigit(c))) return false;
            if (octet.Length == 3 && string.CompareOrdinal(octet, "255") > 0) return false;
        }
        return true;
    }

    static bool IsV6(string text) =>
        text.Length <= 45 && text.All(c => char.IsAsciiHexDigit(c) || c is ':' or '.') && Uri.CheckHostName(text) == UriHostNameType.IPv6;
}
