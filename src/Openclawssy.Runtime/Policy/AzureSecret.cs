using System.Buffers;

namespace Openclawssy.Runtime.Policy;

/// <summary>A client secret of Entra ID: three characters, a digit, <c>Q~</c>, then 31 to 34 more.</summary>
static class AzureSecret
{
    static readonly SearchValues<char> Letters = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-.~");

    public static bool TryFind(ReadOnlySpan<char> text, int at, out int start, out int end)
    {
        (start, end) = (at - 4, 0);
        if (start < 0 || !text[at..].StartsWith("Q~", StringComparison.Ordinal) || !char.IsAsciiDigit(text[at - 1]) || text[start..at].ContainsAnyExcept(Letters)) return false;
        if (start > 0 && Letters.Contains(text[start - 1])) return false;
        var rest = text[(at + 2)..];
        if (rest.Length > 40) rest = rest[..40];
        var length = rest.IndexOfAnyExcept(Letters);
        if (length < 0) length = rest.Length;
        end = at + 2 + length;
        return length is >= 31 and <= 34 && Plausible.Body(rest[..length], 2);
    }
}
