using System.Buffers;

namespace Openclawssy.Runtime.Policy;

/// <summary>
/// Whether a text could be a real credential rather than a word, a path, a piece of code or a placeholder. Looks at a bounded
/// number of characters, so that a hostile line costs no more than its length.
/// </summary>
static class Plausible
{
    /// <summary>Characters of a value that are looked at.</summary>
    const int Looked = 96;

    static readonly SearchValues<string> PlaceholderWords = SearchValues.Create(
        ["example", "placeholder", "changeme", "change_me", "redacted", "your_", "your-", "yourtoken", "yourkey", "dummy", "...", "***", "###", "xxxx", "_here", "-here", "{{", "${", "$("],
        StringComparison.OrdinalIgnoreCase);

    /// <summary>What a value behind a name such as <c>token</c>, <c>secret</c> or <c>api_key</c> looks like.</summary>
    public static bool Credential(ReadOnlySpan<char> value, bool quoted)
    {
        if (value.Length < 8) return false;
        if (value.Length > Looked) value = value[..Looked];
        var shape = Shape.Of(value);
        if (shape.Digits == 0 && !shape.IsRandomLetters || IsPlaceholder(value)) return false;
        if (value.ContainsAny(" \t")) return false;
        if (Guid.TryParseExact(value, "D", out _)) return true;
        if (IsAddressOrPath(value)) return false;
        if (!quoted && (value.ContainsAny("([") || IsDottedCode(value))) return false;
        if (shape.Digits == value.Length) return value.Length >= 15;
        return shape.Digits == 0 || shape.Switches >= (value.Length < 10 ? 3 : 2) || shape is { Letters: > 0, Digits: >= 6, Length: >= 20, Others: 0 };
    }

    /// <summary>Behind a name such as <c>password</c> people write short things: a letter and a digit or sign are enough.</summary>
    public static bool Password(ReadOnlySpan<char> value, bool quoted)
    {
        if (value.Length < 6 || IsPlaceholder(value) || IsAddressOrPath(value)) return false;
        if (!quoted && (value.ContainsAny("([") || IsDottedCode(value))) return false;
        var shape = Shape.Of(value.Length > Looked ? value[..Looked] : value);
        if (value.ContainsAny(" \t")) return quoted && shape is { Digits: > 0, Letters: > 0 };
        return shape.Letters > 0 && (shape.Digits > 0 || value.ContainsAny(Signs)) || Credential(value, quoted);
    }

    /// <summary>Behind <c>…_login</c> or <c>…_access_id</c>, which mostly hold a name: only one long random word counts, no UUID.</summary>
    public static bool Login(ReadOnlySpan<char> value) =>
        value.Length is >= 14 and <= 64 && !IsPlaceholder(value) && Shape.Of(value) is { Others: 0, Switches: >= 3 };

    /// <summary>Behind a bare <c>…_key</c>: only what is long and mixed, for a key is more often a hash, a name or an index.</summary>
    public static bool Key(ReadOnlySpan<char> value)
    {
        if (value.Length is < 20 or > 256 || IsPlaceholder(value) || Guid.TryParseExact(value, "D", out _)) return false;
        if (value.ContainsAny(NoKey) || !value.ContainsAnyExcept(Hex)) return false;
        var shape = Shape.Of(value);
        return shape.Switches >= 4 && shape.Letters > shape.Digits;
    }

    /// <summary>Behind <c>Authorization:</c> or <c>Bearer</c>: nearly anything that is not a placeholder.</summary>
    public static bool Header(ReadOnlySpan<char> value) =>
        value.Length >= 8 && !IsPlaceholder(value) && !value.ContainsAny("({<[") && (Shape.Of(value.Length > Looked ? value[..Looked] : value) is var shape)
        && (shape.Digits > 0 && shape.Switches >= 1 || shape.IsRandomLetters || value[^1] == '=');

    /// <summary>The part after a known prefix: the prefix speaks for it, so only placeholders and plain words are left alone.</summary>
    public static bool Body(ReadOnlySpan<char> value, int minDigits)
    {
        if (IsPlaceholder(value)) return false;
        var shape = Shape.Of(value.Length > Looked ? value[..Looked] : value);
        return shape.Digits >= minDigits || minDigits <= 1 && shape.IsRandomLetters;
    }

    public static bool IsPlaceholder(ReadOnlySpan<char> value)
    {
        if (value.Length > Looked) value = value[..Looked];
        if (value.IsEmpty) return true;
        if (value[0] is '<' or '{' or '[' || value[0] == '%' && value[^1] is '%' or 's' || value[0] == '$' && !value[1..].ContainsAnyExcept(Word)) return true;
        if (value.ContainsAny(PlaceholderWords)) return true;
        var (run, longest) = (1, 1);
        for (var i = 1; i < value.Length; i++)
        {
            run = value[i] == value[i - 1] ? run + 1 : 1;
            longest = Math.Max(longest, run);
        }
        return longest >= 8 && longest * 4 > value.Length;
    }

    static readonly SearchValues<char> Signs = SearchValues.Create("!@#^&*?%$+");
    static readonly SearchValues<char> NoKey = SearchValues.Create(" ./:([");
    static readonly SearchValues<char> Hex = SearchValues.Create("0123456789abcdefABCDEF");
    static readonly SearchValues<char> Word = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_");

    static bool IsAddressOrPath(ReadOnlySpan<char> value)
    {
        if (value.Contains("://", StringComparison.Ordinal)) return true;
        if (value[0] != '/' && !value.StartsWith("~/", StringComparison.Ordinal) && !value.StartsWith("./", StringComparison.Ordinal)
            && !value.StartsWith("../", StringComparison.Ordinal)) return false;
        // Base64 may begin with a slash too, but a path has no part that looks thrown by dice.
        foreach (var part in value.Split('/'))
            if (value[part] is { Length: >= 16 } segment && Shape.Of(segment).Switches >= 3) return false;
        return true;
    }

    /// <summary>Words with dots between, as in <c>settings.oauth2.token</c>: no part of it is random.</summary>
    static bool IsDottedCode(ReadOnlySpan<char> value)
    {
        if (!value.Contains('.') || !char.IsAsciiLetter(value[0])) return false;
        foreach (var part in value.Split('.'))
            if (value[part] is { Length: >= 8 } segment && Shape.Of(segment).Switches >= 3) return false;
        return true;
    }

    /// <param name="Switches">Places where a letter and a digit stand side by side: random texts have many, names have few.</param>
    /// <param name="Humps">Places where a lower-case letter is followed by an upper-case one.</param>
    readonly record struct Shape(int Length, int Letters, int Digits, int Others, int Switches, int Humps)
    {
        public bool IsRandomLetters => Length >= 16 && Humps * 6 >= Length;

        public static Shape Of(ReadOnlySpan<char> text)
        {
            int letters = 0, digits = 0, switches = 0, humps = 0;
            var before = '\0';
            foreach (var c in text)
            {
                if (char.IsAsciiDigit(c))
                {
                    digits++;
                    if (char.IsAsciiLetter(before)) switches++;
                }
                else if (char.IsAsciiLetter(c))
                {
                    letters++;
                    if (char.IsAsciiDigit(before)) switches++;
                    else if (char.IsAsciiLetterLower(before) && char.IsAsciiLetterUpper(c)) humps++;
                }
                before = c;
            }
            return new(text.Length, letters, digits, text.Length - letters - digits, switches, humps);
        }
    }
}
