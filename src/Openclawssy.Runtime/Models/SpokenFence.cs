namespace Openclawssy.Runtime.Models;

/// <summary>The opening of a fence directly before a bracket.</summary>
/// <param name="Length">Characters before the bracket.</param>
/// <param name="IsForTools">True for the mark <c>tool</c>: what is in it was meant as a call.</param>
/// <param name="HasMark">False where only blanks stand before the bracket, between two calls of one fence.</param>
readonly record struct SpokenFence(int Length, bool IsForTools, bool HasMark = false)
{
    /// <summary>Most blanks between a fence and a bracket.</summary>
    const int MaxBlanks = 64;

    const string Blanks = " \t\r\n";

    /// <summary>The opening at the start of a text that begins with the first back-tick of a run. Its length is 0 for none, -1 when the text ends too early.</summary>
    /// <param name="inFence">True when another fence is open: one without a word then closes that.</param>
    public static SpokenFence At(ReadOnlySpan<char> text, bool inFence, bool isEnd)
    {
        var more = new SpokenFence(isEnd ? 0 : -1, false);
        var ticks = text.IndexOfAnyExcept('`');
        if (ticks < 0) ticks = text.Length;
        if (ticks > 3) return default;
        if (ticks == text.Length) return more;
        if (ticks < 3) return default;
        var rest = text[3..];
        var letters = 0;
        while (letters < rest.Length && letters <= 4 && char.IsAsciiLetter(rest[letters])) letters++;
        var word = rest[..letters];
        if (letters == rest.Length) return IsBegun(word, "json") || IsBegun(word, "tool") ? more : default;
        if (letters == 0 ? inFence : !IsWord(word)) return default;
        var blanks = CountBlanks(rest[letters..]);
        if (blanks > MaxBlanks) return default;
        var length = 3 + letters + blanks;
        if (length == text.Length) return more;
        return text[length] is '{' or '[' ? new(length, word.Equals("tool", StringComparison.OrdinalIgnoreCase), HasMark: true) : default;
    }

    /// <summary>Looks behind a call for the end of its fence. <c>End</c> is 0 when there is none; <c>Blanks</c> is -1 when the text ends too early.</summary>
    public static (int Blanks, int End) EndAt(ReadOnlySpan<char> text, bool isEnd)
    {
        var blanks = CountBlanks(text);
        if (blanks > MaxBlanks) return (blanks, 0);
        var rest = text[blanks..];
        if (rest.StartsWith("```")) return (blanks, blanks + 3);
        return !isEnd && "```".AsSpan().StartsWith(rest) ? (-1, 0) : (blanks, 0);
    }

    static int CountBlanks(ReadOnlySpan<char> text)
    {
        var blanks = text.IndexOfAnyExcept(Blanks);
        return blanks < 0 ? text.Length : blanks;
    }

    static bool IsWord(ReadOnlySpan<char> word) => word.Length == 4 && (IsBegun(word, "json") || IsBegun(word, "tool"));

    static bool IsBegun(ReadOnlySpan<char> word, string whole) =>
        word.Length <= whole.Length && word.Equals(whole.AsSpan(0, word.Length), StringComparison.OrdinalIgnoreCase);
}
