namespace Openclawssy.Runtime.Config;

/// <summary>The one form in which a provider's address is kept.</summary>
public static class BaseUrl
{
    const string ChatPath = "/chat/completions";

    /// <summary>Takes off trailing slashes and the path of the call itself, which people copy along.</summary>
    public static string Normalize(string text)
    {
        var url = text.AsSpan().Trim().TrimEnd('/');
        while (url.EndsWith(ChatPath, StringComparison.OrdinalIgnoreCase)) url = url[..^ChatPath.Length].TrimEnd('/');
        return url.ToString();
    }

    /// <summary>What is wrong with an address, or null. Never repeats it: it may hold a password.</summary>
    internal static string? Complain(string text)
    {
        if (!Uri.TryCreate(text, UriKind.Absolute, out var url) || (url.Scheme != "https" && url.Scheme != "http") || url.Host.Length == 0)
            return "must be a complete address that begins with https:// or http://";
        if (url.UserInfo.Length > 0 || text.Contains('@')) return "must not hold a user name or password; keys belong in the secret store or in an environment variable";
        if (url.Query.Length > 0 || url.Fragment.Length > 0 || text.Contains('?') || text.Contains('#'))
            return "must not hold a query or a fragment; paths are appended to it";
        return null;
    }

    /// <summary>True for http to another machine: everything, the key too, would travel in the clear.</summary>
    internal static bool IsInTheClear(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var url) && url.Scheme == "http" && !IpText.IsLoopback(url.Host.Trim('[', ']'));
}
