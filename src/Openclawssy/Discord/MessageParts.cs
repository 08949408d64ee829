namespace Openclawssy.Discord;

/// <summary>
/// A long text as several messages: cut between paragraphs where that is possible, then between lines, then between words, never
/// inside a character. A code block that is cut is closed, and opened again in the next message.
/// </summary>
static class MessageParts
{
    /// <summary>Longest message, in UTF-16 units; Discord counts characters, which are never more.</summary>
    public const int Limit = 2000;

    // Discord's rule, simpler than Markdown's: three backticks begin a block wherever they stand, and the next three end it.
    const string Fence = "```";

    // For the line that closes a block.
    const int Reserve = 16;

    const int MaxLanguage = 40;

    public static IReadOnlyList<string> Of(string text, int limit = Limit)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 8 * Reserve);
        var parts = new List<string>();
        var (rest, opening) = (text.Trim(), "");
        while (opening.Length + rest.Length > limit)
        {
            var cut = Cut(rest, opening, limit - opening.Length - Reserve);
            var part = opening + rest[..cut];
            var language = LanguageAfter(part);
            parts.Add(language is null ? part.TrimEnd() : $"{part.TrimEnd('\n')}\n{Fence}");
            opening = language is null ? "" : $"{Fence}{language}\n";
            // Within a block blanks at the start of a line mean something.
            rest = language is null ? rest[cut..].TrimStart() : rest[cut..].StartsWith('\n') ? rest[(cut + 1)..] : rest[cut..];
            // A block that ends right here is not opened again for nothing.
            if (language is not null && rest.TrimStart().StartsWith(Fence, StringComparison.Ordinal)) (opening, rest) = ("", rest.TrimStart()[Fence.Length..].TrimStart());
        }
        if (opening.Length + rest.Length > 0) parts.Add(opening + rest);
        return parts.FindAll(part => !string.IsNullOrWhiteSpace(part));
    }

    /// <summary>Where the next message ends, at least 1.</summary>
    static int Cut(string rest, string opening, int room)
    {
        var window = rest.AsSpan(0, room);
        // The latest end of a paragraph that is not inside a block, if it does not leave the message almost empty.
        for (var at = window.LastIndexOf("\n\n"); at >= room / 4; at = window[..at].LastIndexOf("\n\n"))
            if (LanguageAfter(opening + rest[..at]) is null) return at;
        if (window.LastIndexOf('\n') is var line && line >= room / 4) return line;
        if (window.LastIndexOf(' ') is var word && word >= room / 2) return word;
        return Whole(rest, room);
    }

    /// <summary>A place near the one given that is inside no character, no fence and no name of a language.</summary>
    static int Whole(string rest, int at)
    {
        if (rest.AsSpan(0, at).LastIndexOf(Fence) is > 1 and var fence && at - fence <= Fence.Length + MaxLanguage && !rest.AsSpan(fence, at - fence).ContainsAny(" \t\n")) at = fence;
        while (at > 1 && rest[at - 1] == '`' && rest[at] == '`') at--;
        return char.IsHighSurrogate(rest[at - 1]) && char.IsLowSurrogate(rest[at]) ? at - 1 : at;
    }

    /// <summary>The language of the block that is open after a text, which may be empty. Null when none is.</summary>
    static string? LanguageAfter(ReadOnlySpan<char> text)
    {
        string? open = null;
        for (int at; (at = text.IndexOf(Fence)) >= 0; text = text[(at + Fence.Length)..])
            open = open is null ? LanguageOf(text[(at + Fence.Length)..]) : null;
        return open;
    }

    // A word that is all that follows in its line; anything else belongs to the code.
    static string LanguageOf(ReadOnlySpan<char> after)
    {
        var end = after.IndexOf('\n');
        var word = end < 0 ? after : after[..end];
        return word.Length <= MaxLanguage && !word.ContainsAny(" \t`") ? word.ToString() : "";
    }
}
