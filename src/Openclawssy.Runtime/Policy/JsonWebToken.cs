using System.Buffers;

namespace Openclawssy.Runtime.Policy;

/// <summary>A signed token: base64url parts joined by dots, the first a JSON object.</summary>
static class JsonWebToken
{
    static readonly SearchValues<char> Letters = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-=");

    public static bool TryFind(ReadOnlySpan<char> text, int at, ref int resume, out int start, out int end)
    {
        (start, end) = (at, 0);
        if (!text[at..].StartsWith("eyJ", StringComparison.Ordinal)) return false;
        var i = at;
        var parts = 0;
        while (parts < 5)
        {
            var length = text[i..].IndexOfAnyExcept(Letters);
            if (length < 0) length = text.Length - i;
            if (length < (parts < 2 ? 8 : 0)) break;
            (i, parts, end) = (i + length, parts + 1, i + length);
            if (i >= text.Length || text[i] != '.') break;
            i++;
        }
        resume = Math.Max(resume, end);
        return parts >= 2 && !Plausible.IsPlaceholder(text[start..end]);
    }
}
