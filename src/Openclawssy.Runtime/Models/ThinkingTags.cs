namespace Openclawssy.Runtime.Models;

/// <summary>A piece of an answer, told apart by <see cref="ThinkingTags"/>.</summary>
public readonly record struct TaggedPiece(string Text, bool IsThinking);

/// <summary>
/// Takes what a model wrote between thinking tags out of its answer, while the answer arrives; however it is cut, the result is the same.
/// The pairs are <c>think</c>, <c>analysis</c> and the comment <c>&lt;!-- think --&gt;</c>, nested per pair. A tag in code between back-ticks or in a
/// JSON string is text; a closing tag alone is dropped; what follows an opening tag that is never closed stays visible, without the tag.
/// Held back is only what an open tag makes undecided.
/// </summary>
public sealed class ThinkingTags
{
    readonly HeldText held = new();
    readonly bool[] unclosed = new bool[ThinkingMarker.Pairs];
    readonly CodeMarks code = new();
    List<TaggedPiece> ready = [];
    JsonExtent? json;
    int at;
    int pair;
    int depth;
    int suspect = -1;
    bool thought;
    bool hasThinking;
    bool spoke;

    public IReadOnlyList<TaggedPiece> Push(string piece)
    {
        held.Append(piece);
        Scan(isEnd: false);
        return Taken();
    }

    /// <summary>What was held back, once the answer has ended.</summary>
    public IReadOnlyList<TaggedPiece> Finish()
    {
        Scan(isEnd: true);
        Settle();
        while (depth > 0 || suspect >= 0)
        {
            if (depth > 0)
            {
                // No tag of this pair can open anything any more, so this happens once a pair.
                unclosed[pair] = true;
                (depth, at) = (0, 0);
            }
            else BackToSuspect();
            Scan(isEnd: true);
            Settle();
        }
        return Taken();
    }

    void Scan(bool isEnd)
    {
        while (at < held.Length && (depth > 0 ? ReadThought(isEnd) : ReadText(isEnd))) { }
    }

    List<TaggedPiece> Taken()
    {
        if (depth == 0) Say(suspect >= 0 ? suspect : at);
        if (ready.Count == 0) return [];
        var taken = ready;
        ready = [];
        return taken;
    }

    /// <returns>False when more text is needed to go on.</returns>
    bool ReadThought(bool isEnd)
    {
        var open = held.Span[at..].IndexOf('<');
        at = open < 0 ? held.Length : at + open;
        if (open < 0) return true;
        var marker = ThinkingMarker.At(held.Span[at..], isEnd);
        if (marker.Length < 0) return false;
        if (marker.Length == 0) at++;
        else if (marker.Pair != pair || (depth += marker.Opens ? 1 : -1) > 0) at += marker.Length;
        else
        {
            Think(held.Take(at).Trim());
            held.Drop(marker.Length);
            at = 0;
        }
        return true;
    }

    /// <returns>False when more text is needed to go on.</returns>
    bool ReadText(bool isEnd)
    {
        var c = held[at];
        if (json?.InString != true || c == '\n')
        {
            if (c != '`') Settle();
            if (c == '<' && !code.IsCertain && suspect < 0)
            {
                var marker = ThinkingMarker.At(held.Span[at..], isEnd);
                if (marker.Length < 0) return false;
                // Whether the code before it is code at all is known at the end of the line.
                if (marker.Length > 0 && code.IsOpen) suspect = at;
                else if (marker.Length > 0)
                {
                    Enter(marker);
                    return true;
                }
            }
            if (code.Read(c) == CodeChange.LineEndedInCode && suspect >= 0)
            {
                BackToSuspect();
                return true;
            }
        }
        Follow(c);
        at++;
        return true;
    }

    void Enter(ThinkingMarker marker)
    {
        Say(at);
        held.Drop(marker.Length);
        json = null;
        if (marker.Opens && !unclosed[marker.Pair]) (pair, depth) = (marker.Pair, 1);
    }

    void Settle()
    {
        code.EndRun();
        if (!code.IsOpen) suspect = -1;
    }

    void BackToSuspect()
    {
        at = suspect;
        suspect = -1;
        json = null;
        code.Forget();
    }

    void Follow(char c)
    {
        if (json is not null && json.Read(c) != JsonProgress.Open) json = null;
        if (json is not null || c is not ('{' or '[') || code.IsOpen) return;
        json = new();
        json.Read(c);
    }

    void Say(int count)
    {
        var text = held.Take(count);
        at -= count;
        if (suspect >= 0) suspect -= count;
        // The blank lines between a first thought and the answer belong to neither.
        if (thought && !spoke) text = text.TrimStart();
        spoke |= !string.IsNullOrWhiteSpace(text);
        if (text.Length > 0) ready.Add(new(text, false));
    }

    void Think(string text)
    {
        thought = true;
        if (text.Length > 0) ready.Add(new(hasThinking ? "\n\n" + text : text, true));
        hasThinking |= text.Length > 0;
    }
}
