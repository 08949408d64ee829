namespace Openclawssy.Discord;

/// <summary>
/// A long text as several messages: cut between paragraphs where that is possible, then between lines, then between words, never
/// inside a character. A code block that is cut is closed, and opened again in the next message.
/// </summary>
static class MessageParts
{
    /// <summary>Longest message, in UTF-16 units; Discord counts characters, which are never more.</summary>
    public const int Limit = 2000;

    // For the line that closes a block.
    const int Reserve = 16;

    const int MaxMarker = 12, MaxInfo = 40;

    public static IReadOnlyList<string> Of(string text, int limit = Limit)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 8 * Reserve);
        var parts = new List<string>();
        var (rest, opening) = (text.Trim(), "");
        while (opening.Length + rest.Length > limit)
        {
            var cut = Cut(rest, opening, limit - opening.Length - Reserve);
            var part = opening + rest[..cut];
            var fence = FenceAfter(part);
            parts.Add(fence is null ? part.TrimEnd() : $"{part.TrimEnd('\n')}\n{fence.Value.Marker}");
            opening = fence is null ? "" : $"{fence.Value.Line}\n";
            // Within a block blanks at the start of a line mean something.
            rest = fence is null ? rest[cut..].TrimStart() : rest[cut..].StartsWith('\n') ? rest[(cut + 1)..] : rest[cut..];
            // A block that ends right here is not opened again for nothing.
            if (fence is { } block && rest.StartsWith(block.Marker, StringComparison.Ordinal) && rest[block.Marker.Length..].TrimStart(block.Marker[0]) is "" or ['\n', ..])
                (opening, rest) = ("", rest.TrimStart(block.Marker[0]).TrimStart());
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
            if (FenceAfter(opening + rest[..at]) is null) return at;
        if (window.LastIndexOf('\n') is var line && line >= room / 4) return line;
        if (window.LastIndexOf(' ') is var word && word >= room / 2) return word;
        return char.IsHighSurrogate(rest[room - 1]) && char.IsLowSurrogate(rest[room]) ? room - 1 : room;
    }

    /// <summary>The block that is open after a text: its marker, and the line that opens it again. Null when none is.</summary>
    static (string Marker, string Line)? FenceAfter(ReadOnlySpan<char> text)
    {
        (string Marker, string Line)? open = null;
        foreach (var line in text.EnumerateLines())
        {
            var trimmed = line.TrimStart(' ');
            if (trimmed.IsEmpty || trimmed[0] is not ('`' or '~')) continue;
            var length = trimmed.IndexOfAnyExcept(trimmed[0]);
            if (length < 0) length = trimmed.Length;
            if (length is < 3 or > MaxMarker) continue;
            var info = trimmed[length..].Trim();
            if (open is { } block)
            {
                if (info.IsEmpty && trimmed[0] == block.Marker[0] && length >= block.Marker.Length) open = null;
            }
            else if (trimmed[0] != '`' || !info.Contains('`'))
                open = (trimmed[..length].ToString(), string.Concat(trimmed[..length], info.Length <= MaxInfo ? info : ""));
        }
        return open;
    }
}
