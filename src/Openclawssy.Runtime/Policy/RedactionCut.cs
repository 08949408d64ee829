using System.Buffers;

namespace Openclawssy.Runtime.Policy;

/// <summary>
/// Finds how far a text that still grows is decided: what stands before the cut is redacted the same whatever follows, and what
/// follows is redacted the same without what stands before. Nearly every credential is one word of ASCII, so a cut lies after a
/// blank, a line feed or a character beyond ASCII. What reaches further begins with one of the words below, and no cut lies
/// between such a word and its reach: values behind a telling name reach to the end of their line, addresses to their end, a
/// private key to its last line.
/// </summary>
ref struct RedactionCut
{
    const string Bearer = "bearer ", KeyBegin = "-----BEGIN ", KeyEnd = "-----END";
    const int Undecided = int.MaxValue;

    static readonly SearchValues<string> Reaching = SearchValues.Create([.. Redactor.TellingWords, Bearer, KeyBegin.TrimEnd(), "://", "hooks.slack.com/"], StringComparison.OrdinalIgnoreCase);
    static readonly SearchValues<char> AddressEnds = SearchValues.Create(" \t\r\n\"'`\\<>");
    static readonly SearchValues<char> BearerEnds = SearchValues.Create(" \t\r\n\"'`\\,;<>)");

    readonly ReadOnlySpan<char> text;
    int nameEnd;

    RedactionCut(ReadOnlySpan<char> text) => this.text = text;

    /// <returns>Length of the decided part, 0 when nothing is.</returns>
    public static int Find(ReadOnlySpan<char> text) => new RedactionCut(text).Find();

    int Find()
    {
        // No word's reach covers what lies between `free` and the next word. Words inside a reach count too: theirs may go further.
        var (best, free, at) = (0, 0, 0);
        while (free != Undecided && at < text.Length && text[at..].IndexOfAny(Reaching) is var next and >= 0)
        {
            at += next;
            if (at >= free) best = Math.Max(best, LastBoundary(free, at));
            free = Math.Max(free, Reach(at));
            at++;
        }
        return free <= text.Length ? Math.Max(best, LastBoundary(free, text.Length)) : best;
    }

    readonly int LastBoundary(int from, int to)
    {
        for (var cut = to; cut >= from && cut > 0; cut--)
            if (text[cut - 1] is ' ' or '\t' or '\n' || text[cut - 1] >= 0x80 && !char.IsHighSurrogate(text[cut - 1])) return cut;
        return 0;
    }

    int Reach(int at) => text[at] switch
    {
        '-' => ReachOfKey(at),
        ':' => After(at + 3, AddressEnds),
        'h' or 'H' => After(at, AddressEnds),
        'b' or 'B' => After(at + Bearer.Length, BearerEnds),
        _ => ReachOfName(at),
    };

    readonly int After(int from, SearchValues<char> ends) => text[from..].IndexOfAny(ends) is var stop and >= 0 ? from + stop + 1 : Undecided;

    readonly int ReachOfKey(int at)
    {
        var rest = text[at..];
        if (rest.Length < KeyBegin.Length) return Undecided;
        if (!rest.StartsWith(KeyBegin, StringComparison.Ordinal)) return at;
        var line = rest[KeyBegin.Length..];
        var isWhole = line.Length >= PrivateKeyBlock.MaxLine;
        if (isWhole) line = line[..PrivateKeyBlock.MaxLine];
        var dashes = line.IndexOf("-----");
        if (dashes < 0) return isWhole ? at : Undecided;
        if (!line[..dashes].Contains("PRIVATE KEY", StringComparison.Ordinal)) return at;
        var start = at + KeyBegin.Length + dashes + 5;
        return text[start..].IndexOf(KeyEnd) is var stop and >= 0 ? start + stop : Undecided;
    }

    int ReachOfName(int at)
    {
        if (nameEnd <= at) nameEnd = at + text[at..].IndexOfAnyExcept(NamedValue.NameLetters);
        if (nameEnd < at)
        {
            nameEnd = text.Length;
            return Undecided;
        }
        if (nameEnd == text.Length) return Undecided;
        var from = nameEnd;
        // <name> may have its value on a later line.
        if (text[from] == '>')
        {
            from++;
            while (from < text.Length && text[from] is ' ' or '\t' or '\r' or '\n') from++;
        }
        else if (!MayBeHeader(at) && NamesNothing(at, nameEnd)) return at;
        return from < text.Length && text[from..].IndexOf('\n') is var stop and >= 0 ? from + stop + 1 : Undecided;
    }

    readonly bool MayBeHeader(int at)
    {
        var word = text[at..];
        var length = word.StartsWith("authorization", StringComparison.OrdinalIgnoreCase) ? 13 : word.StartsWith("cookie", StringComparison.OrdinalIgnoreCase) ? 6 : 0;
        if (length == 0) return false;
        var i = at + length;
        while (i < text.Length && text[i] is '\\' or '"' or '\'' or ' ') i++;
        return i == text.Length || text[i] is ':' or '=' or ',';
    }

    /// <summary>
    /// True when no value can follow, however the text goes on: the name says nothing, or it stands in prose. Everything this does
    /// not know for sure is false, and waits for the end of the line.
    /// </summary>
    readonly bool NamesNothing(int at, int end)
    {
        var (left, right) = (at, end);
        while (left > 0 && at - left < NamedValue.MaxBlanks && NamedValue.NameLetters.Contains(text[left - 1])) left--;
        while (right > at && text[right - 1] is '.' or '-') right--;
        // The name may be followed less far left than it goes, when a masked value ends inside it.
        if (TellingName.Of(text[left..right]) == NameSays.Nothing && TellingName.Of(text[at..right]) == NameSays.Nothing) return true;

        var next = text[end];
        if (right < end) return !IsSeparator(next);
        if (next is not (' ' or '\t')) return next is ',' or ';' or ')' or '!' or '/' or ']' or '}' or '\r' or '\n' or >= '\x80';
        // A dash before the word makes it an option, with its value behind a blank; also one where a masked value ends.
        return !text[left..at].Contains('-') && IsProse(end);
    }

    /// <summary>Behind a name and a blank: no separator, and no word (it could be a type) with a <c>=</c> behind it.</summary>
    readonly bool IsProse(int at)
    {
        if (!SkipBlanks(ref at) || IsSeparator(text[at])) return false;
        var word = text[at..];
        var letters = word.IndexOfAnyExcept(NamedValue.TypeLetters);
        if (letters < 0 || word.StartsWith("value=", StringComparison.OrdinalIgnoreCase)) return false;
        at += letters;
        return letters == 0 || SkipBlanks(ref at) && text[at] != '=';
    }

    readonly bool SkipBlanks(ref int at)
    {
        while (at < text.Length && text[at] is ' ' or '\t') at++;
        return at < text.Length;
    }

    static bool IsSeparator(char c) => c is ':' or '?' or '.' or '+' or '=';
}
