namespace Openclawssy.Runtime.Policy;

/// <summary>How much the name of a value says about it.</summary>
enum NameSays { Nothing, Key, Login, Credential, Password }

/// <summary>Reads names such as <c>GITHUB_TOKEN</c>, <c>clientSecret</c> and <c>db.password</c>: their last words count.</summary>
static class TellingName
{
    /// <summary>Characters of a name that are looked at, from its end.</summary>
    const int Looked = 64;

    static readonly string[] Passwords = ["password", "passwd", "passphrase", "pwd"];

    static readonly string[] Credentials =
    [
        "token", "secret", "credential", "credentials", "apikey", "accesskey", "secretkey", "privatekey", "signingkey", "encryptionkey", "authkey", "masterkey",
        "sharedkey", "accountkey", "licensekey", "subscriptionkey", "sharedaccesskey", "webhooksecret", "authcookie", "sessioncookie",
    ];

    // Tokens and keys that are published, or that only guide paging.
    static readonly string[] Harmless = ["public", "pub", "csrf", "xsrf", "authenticity", "next", "page", "continuation", "cancellation", "sync"];

    public static NameSays Of(ReadOnlySpan<char> name)
    {
        if (name.Length > Looked) name = name[^Looked..];
        Span<char> buffer = stackalloc char[Looked];
        var length = 0;
        foreach (var c in name)
            if (char.IsAsciiLetterOrDigit(c)) buffer[length++] = char.ToLowerInvariant(c);
        ReadOnlySpan<char> flat = buffer[..length].TrimEnd("0123456789");

        if (EndsWith(flat, Passwords, out var before)) return NameSays.Password;
        if (EndsWith(flat, Credentials, out before)) return EndsWith(before, Harmless, out _) ? NameSays.Nothing : NameSays.Credential;
        if (LastWordIs(name, "pass")) return NameSays.Password;
        if (LastWordIs(name, "auth")) return NameSays.Credential;
        if (LastWordIs(name, "login") || flat.EndsWith("accessid")) return NameSays.Login;
        if (LastWordIs(name, "key") && flat.EndsWith("key")) return EndsWith(flat[..^3], Harmless, out _) ? NameSays.Nothing : NameSays.Key;
        return NameSays.Nothing;
    }

    static bool EndsWith(ReadOnlySpan<char> text, string[] endings, out ReadOnlySpan<char> before)
    {
        foreach (var ending in endings)
            if (text.EndsWith(ending, StringComparison.Ordinal))
            {
                before = text[..^ending.Length];
                return true;
            }
        before = default;
        return false;
    }

    /// <summary>True when the word stands alone at the end: after a separator, or with its own capital (<c>dbPass</c>), so that <c>compass</c> is no password.</summary>
    static bool LastWordIs(ReadOnlySpan<char> name, string word)
    {
        name = name.TrimEnd("0123456789");
        if (!name.EndsWith(word, StringComparison.OrdinalIgnoreCase)) return false;
        if (name.Length == word.Length) return true;
        var (last, first) = (name[^(word.Length + 1)], name[^word.Length]);
        return !char.IsAsciiLetter(last) || char.IsAsciiLetterLower(last) && char.IsAsciiLetterUpper(first);
    }
}
