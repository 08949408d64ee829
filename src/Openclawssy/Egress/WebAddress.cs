using Openclawssy.Runtime.Toolkit;

namespace Openclawssy.Egress;

/// <summary>Reads the address a tool was given. What two programs might read differently is refused.</summary>
static class WebAddress
{
    const string Field = "$.url";

    public static Uri Parse(string text, int maxChars)
    {
        var complaint = Complain(text, maxChars, out var url);
        return complaint is null ? new UriBuilder(url!) { Fragment = "" }.Uri : throw ToolException.InvalidInput($"{Field}: {complaint}", Field);
    }

    /// <summary>Why the text is no address to send to, as words to follow its name; null when it is one.</summary>
    public static string? Complain(string text, int maxChars, out Uri? url)
    {
        url = null;
        if (string.IsNullOrWhiteSpace(text)) return "is empty; give an address such as https://example.com/page";
        if (text.Length > maxChars) return $"is longer than {maxChars} characters";
        if (text.AsSpan().ContainsAnyInRange('\0', ' ') || text.AsSpan().ContainsAny('\\', '\u007f')) return "holds a space, a backslash or a control character; write it percent-encoded";
        if (!Uri.TryCreate(text, UriKind.Absolute, out url) || url.Host.Length == 0) return "is no complete address; write it like https://example.com/page";
        if (url.Scheme != Uri.UriSchemeHttps && url.Scheme != Uri.UriSchemeHttp) return "must begin with https:// or http://";
        if (url.UserInfo.Length > 0 || text.AsSpan(0, AuthorityEnd(text)).Contains('@')) return "may not hold a user name or password; give them as a header";
        return HostName.Of(url) is { IsPlain: true } ? null : "has a host that is neither an address nor a plain name of letters, digits, hyphens and dots";
    }

    static int AuthorityEnd(string text)
    {
        var start = text.IndexOf("//", StringComparison.Ordinal) + 2;
        var end = text.AsSpan(start).IndexOfAny('/', '?', '#');
        return end < 0 ? text.Length : start + end;
    }
}
