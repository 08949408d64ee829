using System.Diagnostics.CodeAnalysis;

namespace Openclawssy.Runtime.Text;

/// <summary>
/// A secret's name in its one spelling: segments of letters, digits and <c>_ . -</c> joined by <c>/</c>. Provider keys are
/// called <c>provider/NAME/api_key</c>, however a person writes them.
/// </summary>
public readonly record struct SecretName
{
    public const int MaxLength = 128;
    const string Provider = "provider/", ApiKey = "/api_key", VariableEnd = "_API_KEY";

    readonly string? value;
    SecretName(string value) => this.value = value;

    /// <summary>
    /// Reads a name and brings it into its one spelling: <c>PERPLEXITY_API_KEY</c> and <c>Provider/Perplexity/API_KEY</c> are
    /// <c>provider/perplexity/api_key</c>; other names stay as they are written.
    /// </summary>
    public static bool TryParse(string? text, out SecretName name)
    {
        name = default;
        if (!IsSound(text)) return false;
        var one = Canonical(text);
        if (one.Length > MaxLength) return false;
        name = new(one);
        return true;
    }

    /// <exception cref="FormatException">The sentence does not repeat the text: people paste values by mistake.</exception>
    public static SecretName Parse(string text) => TryParse(text, out var name) ? name : throw new FormatException(Rule);

    public const string Rule = "that is no name of a secret: use letters, digits, '_', '.' and '-' in parts joined by '/', each beginning with a letter or digit, at most 128 characters";

    /// <summary>The name under which a provider's key is kept.</summary>
    public static SecretName OfProvider(string provider) => Parse(Provider + provider + ApiKey);

    /// <summary>Whose key it is; null when it is no provider's.</summary>
    public string? ProviderName => ToString() is { } text && text.StartsWith(Provider, StringComparison.Ordinal) && text.EndsWith(ApiKey, StringComparison.Ordinal)
        && text.Length > Provider.Length + ApiKey.Length && text[Provider.Length..^ApiKey.Length] is var provider && !provider.Contains('/') ? provider : null;

    static bool IsSound([NotNullWhen(true)] string? text)
    {
        if (string.IsNullOrEmpty(text) || text.Length > MaxLength) return false;
        foreach (var part in text.AsSpan().Split('/'))
        {
            var segment = text.AsSpan(part);
            if (segment.IsEmpty || !char.IsAsciiLetterOrDigit(segment[0])) return false;
            foreach (var c in segment)
                if (!char.IsAsciiLetterOrDigit(c) && c is not ('_' or '.' or '-')) return false;
        }
        return true;
    }

    static string Canonical(string text)
    {
        if (text.StartsWith(Provider, StringComparison.OrdinalIgnoreCase) && text.EndsWith(ApiKey, StringComparison.OrdinalIgnoreCase)) return text.ToLowerInvariant();
        return text.EndsWith(VariableEnd, StringComparison.OrdinalIgnoreCase) && text.Length > VariableEnd.Length && !text.Contains('/')
            ? Provider + text[..^VariableEnd.Length].ToLowerInvariant().Replace('_', '-') + ApiKey
            : text;
    }

    public override string ToString() => value ?? throw new InvalidOperationException("a secret's name was never parsed");
}
