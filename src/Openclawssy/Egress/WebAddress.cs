using Openclawssy.Runtime.Toolkit;

namespace Openclawssy.Egress;

/// <summary>Reads the address a tool was given. What two programs might read differently is refused.</summary>
static class WebAddress
{
    const string Field = "$.url";

    public static Uri Parse(string text, int maxChars)
    {
        if (string.IsNullOrWhiteSpace(text)) throw Refuse("is empty; give an address such as https://example.com/page");
        if (text.Length > maxChars) throw Refuse($"is longer than {maxChars} characters");
        if (text.AsSpan().ContainsAnyInRange('\0', ' ') || text.AsSpan().ContainsAny('\\', '\u007f')) throw Refuse("holds a space, a backslash or a control character; write it percent-encoded");
        if (!Uri.TryCreate(text, UriKind.Absolute, out var url) || url.Host.Length == 0) throw Refuse("is no complete address; write it like https://example.com/page");
        if (url.Scheme != Uri.UriSchemeHttps && url.Scheme != Uri.UriSchemeHttp) throw Refuse("must begin with https:// or http://");
        if (url.UserInfo.Length > 0 || text.AsSpan(0, AuthorityEnd(text)).Contains('@')) throw Refuse("may not hold a user name or password; give them as a header");
        if (HostName.Of(url) is not { IsPlain: true }) throw Refuse("has a host that is neither an address nor a plain name of letters, digits, hyphens and dots");
        return new UriBuilder(url) { Fragment = "" }.Uri;
    }

    static int AuthorityEnd(string text)
    {
        var start = text.IndexOf("//", StringComparison.Ordinal) + 2;
        var end = text.AsSpan(start).IndexOfAny('/', '?', '#');
        return end < 0 ? text.Length : start + end;
    }

    static ToolException Refuse(string what) => ToolException.InvalidInput($"{Field}: {what}", Field);
}
