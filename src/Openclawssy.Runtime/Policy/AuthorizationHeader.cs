using System.Buffers;

namespace Openclawssy.Runtime.Policy;

/// <summary>Credentials in HTTP headers: <c>Authorization: SCHEME value</c>, <c>Cookie: name=value; …</c> and a bare <c>Bearer value</c>.</summary>
static class AuthorizationHeader
{
    /// <summary>Longest name of an authentication scheme that is stepped over.</summary>
    const int MaxScheme = 24;

    /// <summary>Characters of a value that decide whether it is masked.</summary>
    const int MaxJudged = 96;

    static readonly SearchValues<char> Ends = SearchValues.Create(" \t\r\n\"'`\\,;<>)");
    static readonly SearchValues<char> LineEnds = SearchValues.Create("\r\n\"'`\\<>");
    static readonly SearchValues<char> SchemeLetters = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz-_");

    public static bool TryFind(ReadOnlySpan<char> text, int at, out int start, out int end)
    {
        (start, end) = (0, 0);
        if (Follows(text, at, "authorization", out start))
        {
            var letters = text[start..].IndexOfAnyExcept(SchemeLetters);
            if (letters is > 0 and <= MaxScheme && text[start + letters] is ' ') start += letters + 1;
            return IsValue(text, start, out end);
        }
        if (!Follows(text, at, "cookie", out start)) return false;

        // Which of a cookie's values matters is the server's secret: all of them go.
        var cookie = Beginning(text[start..], LineEnds);
        if (cookie.Length < 12 || !cookie.Contains('=') || Plausible.IsPlaceholder(cookie)) return false;
        end = EndOf(text, start, LineEnds);
        return true;
    }

    public static bool TryFindBearer(ReadOnlySpan<char> text, int at, out int start, out int end)
    {
        const string Word = "bearer ";
        (start, end) = (at + Word.Length, 0);
        return text[at..].StartsWith(Word, StringComparison.OrdinalIgnoreCase) && Redactor.IsFree(text, at)
            && Beginning(text[start..], Ends) is { Length: >= 16 } value && Plausible.Body(value, 2) && IsValue(text, start, out end);
    }

    static bool IsValue(ReadOnlySpan<char> text, int start, out int end)
    {
        end = 0;
        if (!Plausible.Header(Beginning(text[start..], Ends))) return false;
        end = EndOf(text, start, Ends);
        return true;
    }

    // Judged by its beginning; its end is only looked for when it will be masked, so nothing long is read twice.
    static ReadOnlySpan<char> Beginning(ReadOnlySpan<char> text, SearchValues<char> ends)
    {
        if (text.Length > MaxJudged) text = text[..MaxJudged];
        var stop = text.IndexOfAny(ends);
        return stop < 0 ? text : text[..stop];
    }

    static int EndOf(ReadOnlySpan<char> text, int start, SearchValues<char> ends)
    {
        var stop = text[start..].IndexOfAny(ends);
        return stop < 0 ? text.Length : start + stop;
    }

    /// <summary>True for <c>name:</c>, <c>"name": "</c> and <c>name = '</c>; gives where the value begins.</summary>
    static bool Follows(ReadOnlySpan<char> text, int at, string name, out int start)
    {
        start = at;
        if (!text[at..].StartsWith(name, StringComparison.OrdinalIgnoreCase)) return false;
        var i = at + name.Length;
        if (i < text.Length && text[i] == '\\') i++;
        if (i < text.Length && text[i] is '"' or '\'') i++;
        while (i < text.Length && i < at + name.Length + 8 && text[i] is ' ') i++;
        if (i >= text.Length || text[i] is not (':' or '=' or ',')) return false;
        i++;
        while (i < text.Length && i < at + name.Length + 32 && text[i] is ' ' or '\t') i++;
        if (i < text.Length && text[i] == '\\') i++;
        if (i < text.Length && text[i] is '"' or '\'' or '`') i++;
        start = i;
        return i < text.Length;
    }
}
