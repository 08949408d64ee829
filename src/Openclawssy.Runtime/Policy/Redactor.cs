using System.Buffers;
using System.Text;

namespace Openclawssy.Runtime.Policy;

/// <summary>
/// Masks what looks like a credential in texts that are shown or kept outside a run's own folder: audit, streams, chat, logs.
/// It never changes what a tool reads or writes. Values known to the vault are masked before, by <see cref="KnownSecrets"/>.
/// Time is linear in the text's length, whatever the text.
/// </summary>
public static class Redactor
{
    /// <summary>Stands where something was masked.</summary>
    public const string Mask = "[redacted]";

    /// <summary>Words a name may end with when its value is a secret.</summary>
    internal static readonly string[] TellingWords = ["token", "secret", "passw", "passphrase", "pass", "pwd", "key", "auth", "credential", "cookie", "login", "accessid", "access_id"];

    // Built when the first text is looked at; start-up pays nothing.
    static class Triggers
    {
        static readonly string[] Others = ["bearer ", "eyJ", "-----BEGIN", "://", "hooks.slack.com/", "Q~"];

        public static readonly SearchValues<string> All = SearchValues.Create(
            [.. TellingWords, .. Others, .. CredentialShape.All.Select(shape => shape.Prefix)], StringComparison.OrdinalIgnoreCase);

        public static readonly Dictionary<char, CredentialShape[]> Shapes = CredentialShape.All
            .GroupBy(shape => shape.Prefix[0]).ToDictionary(group => group.Key, group => group.OrderByDescending(shape => shape.Prefix.Length).ToArray());
    }

    public static Redacted Redact(string text)
    {
        var next = text.AsSpan().IndexOfAny(Triggers.All);
        return next < 0 ? new(text, 0) : Redact(text, next);
    }

    static Redacted Redact(string whole, int at)
    {
        var text = whole.AsSpan();
        var named = new NamedValue(text);
        StringBuilder? clean = null;
        var (copied, count) = (0, 0);
        while (true)
        {
            int start, end, resume = at + 1;
            if (TryShape(text, at, ref resume, out start, out end) || TryMarked(text, at, ref resume, out start, out end)
                || IsTellingWord(text, at) && (AuthorizationHeader.TryFind(text, at, out start, out end) || named.TryFind(at, copied, out start, out end, out _, out resume)))
            {
                clean ??= new(whole.Length);
                clean.Append(text[copied..start]).Append(Mask);
                (copied, resume, count) = (end, end, count + 1);
            }
            if (resume >= text.Length) break;
            var next = text[resume..].IndexOfAny(Triggers.All);
            if (next < 0) break;
            at = resume + next;
        }
        return clean is null ? new(whole, 0) : new(clean.Append(text[copied..]).ToString(), count);
    }

    static bool TryShape(ReadOnlySpan<char> text, int at, ref int resume, out int start, out int end)
    {
        (start, end) = (at, 0);
        if (!Triggers.Shapes.TryGetValue(text[at], out var shapes) || !IsFree(text, at)) return false;
        foreach (var shape in shapes)
        {
            end = shape.Match(text, at, ref resume);
            if (end > 0) return true;
        }
        return false;
    }

    static bool TryMarked(ReadOnlySpan<char> text, int at, ref int resume, out int start, out int end)
    {
        (start, end) = (0, 0);
        return text[at] switch
        {
            '-' => PrivateKeyBlock.TryFind(text, at, out start, out end),
            ':' => AddressSecret.TryFindPassword(text, at, ref resume, out start, out end),
            'h' or 'H' => AddressSecret.TryFindWebhook(text, at, ref resume, out start, out end),
            'e' => IsFree(text, at) && JsonWebToken.TryFind(text, at, ref resume, out start, out end),
            'b' or 'B' => AuthorizationHeader.TryFindBearer(text, at, out start, out end),
            'Q' => AzureSecret.TryFind(text, at, out start, out end),
            _ => false,
        };
    }

    static bool IsTellingWord(ReadOnlySpan<char> text, int at)
    {
        foreach (var word in TellingWords)
            if (text[at..].StartsWith(word, StringComparison.OrdinalIgnoreCase)) return true;
        return false;
    }

    /// <summary>True when nothing stands directly before that would make this the middle of a longer word; an escape such as <c>\n</c> does not.</summary>
    internal static bool IsFree(ReadOnlySpan<char> text, int at)
    {
        if (at == 0) return true;
        var before = text[at - 1];
        if (at >= 2 && before is 'n' or 'r' or 't' && text[at - 2] == '\\') return true;
        return !char.IsAsciiLetterOrDigit(before) && before is not ('_' or '-');
    }
}
