using System.Buffers;

namespace Openclawssy.Runtime.Policy;

/// <summary>
/// Finds values behind a telling name: <c>name=value</c>, <c>"name": "value"</c>, <c>name := `value`</c>, <c>--name value</c>,
/// <c>set("name", "value")</c>, <c>&lt;name&gt;value&lt;</c>. One scan over one text; every search for an end is remembered, so
/// that a hostile line costs no more than its length.
/// </summary>
ref struct NamedValue(ReadOnlySpan<char> text)
{
    /// <summary>Blanks that may stand between a name and its value.</summary>
    public const int MaxBlanks = 64;

    public static readonly SearchValues<char> NameLetters = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-.");
    static readonly SearchValues<char> Ends = SearchValues.Create(" \t\r\n\"'`\\,;)]}<>&|");
    public static readonly SearchValues<char> TypeLetters = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789&*<>?");
    static readonly string[] Schemes = ["Bearer ", "Basic ", "Token "];

    readonly ReadOnlySpan<char> text = text;
    NextEnd plainEnd, doubleEnd, singleEnd, tickEnd, escapedEnd;

    /// <summary>A remembered search: from anywhere between the two, the end is the same.</summary>
    struct NextEnd
    {
        public int From, To;
    }

    /// <param name="at">Where the telling word begins.</param>
    /// <param name="notBefore">The name is not followed further left than this.</param>
    /// <param name="resume">Where to go on looking when nothing is masked.</param>
    /// <returns>True when <paramref name="start"/> to <paramref name="end"/> is a value to mask.</returns>
    public bool TryFind(int at, int notBefore, out int start, out int end, out NameSays says, out int resume)
    {
        (start, end) = (0, 0);
        var left = at;
        while (left > notBefore && at - left < MaxBlanks && NameLetters.Contains(text[left - 1])) left--;
        var right = at + text[at..].IndexOfAnyExcept(NameLetters);
        if (right < at) right = text.Length;
        resume = right;
        while (right > at && text[right - 1] is '.' or '-') right--;

        says = TellingName.Of(text[left..right]);
        if (says == NameSays.Nothing || !TryFindValue(left, right, out start)) return false;
        resume = Math.Max(resume, start);

        var quoted = TryOpenQuote(ref start, out var close);
        end = quoted ? EndOfQuoted(start, close) : EndOfPlain(start);
        var value = text[start..end];
        foreach (var scheme in Schemes)
            if (value.StartsWith(scheme, StringComparison.OrdinalIgnoreCase)) { start += scheme.Length; value = text[start..end]; }
        return says switch
        {
            NameSays.Password => Plausible.Password(value, quoted),
            NameSays.Credential => Plausible.Credential(value, quoted),
            NameSays.Login => Plausible.Login(value),
            _ => Plausible.Key(value),
        };
    }

    readonly bool TryFindValue(int left, int right, out int start)
    {
        start = right;
        var quoted = false;
        if (At(start) == '\\' && At(start + 1) is '"' or '\'') (start, quoted) = (start + 2, true);
        else if (At(start) is '"' or '\'' or '`') (start, quoted) = (start + 1, true);
        if (quoted && At(start) == ']') start++;

        // <name> value </name>
        if (!quoted && At(start) == '>' && left > 0 && text[left - 1] == '<') { start++; return SkipBlanks(ref start, newlines: true); }

        var flag = !quoted && text[left] == '-' && At(start) is ' ' or '\t';
        if (!SkipBlanks(ref start, newlines: false)) return false;
        if (TrySeparator(ref start, quoted))
        {
            var colon = text[start - 1] == ':';
            if (!SkipBlanks(ref start, newlines: false)) return false;
            if (colon) SkipType(ref start);
            return true;
        }
        if (SkipAttribute(ref start)) return true;
        return SkipType(ref start) || flag;
    }

    /// <summary><c>=</c>, <c>:</c>, <c>:=</c>, <c>?=</c>, <c>=&gt;</c>, <c>==</c> and the like; after a quoted name also a comma.</summary>
    readonly bool TrySeparator(ref int start, bool quoted)
    {
        var i = start;
        while (i < start + 4 && At(i) is ':' or '?' or '.' or '+') i++;
        if (At(i) == '=')
        {
            while (At(i) is '=' or '>' && i < start + 6) i++;
            start = i;
            return true;
        }
        if (At(start) == ':' || quoted && At(start) == ',') { start++; return true; }
        return false;
    }

    /// <summary><c>name: string = value</c> and <c>name string = value</c>: steps over the type when an assignment follows it.</summary>
    readonly bool SkipType(ref int start)
    {
        var i = start;
        while (i < start + 32 && i < text.Length && TypeLetters.Contains(text[i])) i++;
        if (i == start || !SkipBlanks(ref i, newlines: false) || At(i) != '=' || At(i + 1) == '=') return false;
        i++;
        if (!SkipBlanks(ref i, newlines: false)) return false;
        start = i;
        return true;
    }

    /// <summary><c>name="password" value="…"</c>.</summary>
    readonly bool SkipAttribute(ref int start)
    {
        const string Attribute = "value=";
        if (!text[start..].StartsWith(Attribute, StringComparison.OrdinalIgnoreCase)) return false;
        start += Attribute.Length;
        return true;
    }

    readonly bool SkipBlanks(ref int start, bool newlines)
    {
        var i = start;
        while (i < start + MaxBlanks && (At(i) is ' ' or '\t' || newlines && At(i) is '\r' or '\n')) i++;
        start = i;
        return i < text.Length && At(i) is not (' ' or '\t' or '\r' or '\n');
    }

    /// <summary>Steps over an opening quote; <paramref name="close"/> is what closes it, a backslash standing for an escaped quote.</summary>
    readonly bool TryOpenQuote(ref int start, out char close)
    {
        var i = start;
        if (At(i) is '@' or '$' || char.IsAsciiLetter(At(i)) && At(i + 1) is '"' or '\'') i += At(i + 1) is '"' or '\'' ? 1 : 0; // @"…", b"…"
        close = At(i);
        if (close == '\\' && At(i + 1) is '"' or '\'') { start = i + 2; return true; }
        if (close is not ('"' or '\'' or '`')) return false;
        start = i + 1;
        return true;
    }

    int EndOfQuoted(int start, char close)
    {
        switch (close)
        {
            case '"': return End(ref doubleEnd, start, '"');
            case '\'': return End(ref singleEnd, start, '\'');
            case '`': return End(ref tickEnd, start, '`');
            default: return End(ref escapedEnd, start, '\\');
        }
    }

    readonly int End(ref NextEnd known, int start, char close)
    {
        if (start >= known.From && start <= known.To && known.To > 0) return known.To;
        var end = start;
        while (true)
        {
            var next = text[end..].IndexOfAny(close, '\r', '\n');
            if (next < 0) { end = text.Length; break; }
            end += next;
            if (close == '\\' || text[end] != close || end == start || text[end - 1] != '\\') break;
            end++;
        }
        known = new() { From = start, To = end };
        return end;
    }

    int EndOfPlain(int start)
    {
        if (start >= plainEnd.From && start <= plainEnd.To && plainEnd.To > 0) return plainEnd.To;
        var next = text[start..].IndexOfAny(Ends);
        plainEnd = new() { From = start, To = next < 0 ? text.Length : start + next };
        return plainEnd.To;
    }

    readonly char At(int index) => index < text.Length ? text[index] : '\0';
}
