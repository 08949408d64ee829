namespace Openclawssy.Runtime.Models;

/// <summary>A tag that opens or closes a thought.</summary>
/// <param name="Pair">Which of the pairs it belongs to.</param>
/// <param name="Length">Characters; 0 for no tag, -1 when the text ends before it can be told.</param>
readonly record struct ThinkingMarker(int Pair, bool Opens, int Length)
{
    public const int Pairs = 3;

    const int Comment = 2;

    /// <summary>Most blanks in each gap of the form that is a comment.</summary>
    const int MaxBlanks = 8;

    static readonly ThinkingMarker none = new(0, false, 0);
    static readonly ThinkingMarker unknown = new(0, false, -1);

    /// <summary>The tag at the start of a text that begins with <c>&lt;</c>. Letters are compared one by one, in any case, ASCII only.</summary>
    /// <param name="isEnd">True when nothing follows the text.</param>
    public static ThinkingMarker At(ReadOnlySpan<char> text, bool isEnd)
    {
        var found = Tag(text, "<think>", new(0, true, 7));
        if (found.Length == 0) found = Tag(text, "</think>", new(0, false, 8));
        if (found.Length == 0) found = Tag(text, "<analysis>", new(1, true, 10));
        if (found.Length == 0) found = Tag(text, "</analysis>", new(1, false, 11));
        if (found.Length == 0) found = InComment(text);
        return found.Length < 0 && isEnd ? none : found;
    }

    static ThinkingMarker Tag(ReadOnlySpan<char> text, string tag, ThinkingMarker marker) => Word(text, tag) switch { 0 => none, < 0 => unknown, _ => marker };

    static ThinkingMarker InComment(ReadOnlySpan<char> text)
    {
        var at = 0;
        var opens = true;
        foreach (var part in (ReadOnlySpan<string>)["<!--", "/", "think", "-->"])
        {
            if (at > 0)
            {
                var blanks = text[at..].IndexOfAnyExcept(" \t\r\n");
                if (blanks < 0) blanks = text.Length - at;
                if (blanks > MaxBlanks) return none;
                at += blanks;
                if (at == text.Length) return unknown;
            }
            var length = Word(text[at..], part);
            if (part == "/")
            {
                opens = length == 0;
                at += length;
                continue;
            }
            if (length <= 0) return length < 0 ? unknown : none;
            at += length;
        }
        return new(Comment, opens, at);
    }

    /// <summary>The word's length when the text begins with it, -1 when the text ends within it, else 0.</summary>
    static int Word(ReadOnlySpan<char> text, string word)
    {
        var common = Math.Min(text.Length, word.Length);
        if (!text[..common].Equals(word.AsSpan(0, common), StringComparison.OrdinalIgnoreCase)) return 0;
        return common == word.Length ? word.Length : -1;
    }
}
