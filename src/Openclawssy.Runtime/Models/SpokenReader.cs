using System.Text;

namespace Openclawssy.Runtime.Models;

/// <summary>
/// Reads an answer of a model that writes its tool calls as text, while it arrives; however it is cut, the result is the same. A call is a JSON
/// object with <c>tool_name</c> and <c>arguments</c>, or an array of them, alone or in a fence marked <c>json</c>, <c>tool</c> or nothing. Everything
/// else is text and leaves unchanged: at once, unless it may still become a call. Strings are known before anything in them is looked at.
/// </summary>
public sealed class SpokenReader
{
    /// <summary>Longest call, in characters; what is longer is text.</summary>
    public const int MaxCandidate = 1024 * 1024;

    /// <summary>Most calls of one answer; what follows them is text.</summary>
    public const int MaxCalls = 128;

    enum State { Prose, Candidate, Unclear, Passing, AfterFenced }

    readonly HeldText held = new();
    readonly StringBuilder said = new();
    List<SpokenPiece> ready = [];
    State state;
    SpokenFence opening;
    JsonExtent json = new();
    LooseExtent loose = new();
    int at;
    int ticks;
    int calls;
    bool isLoose;
    bool inFence;
    bool unread;

    public IReadOnlyList<SpokenPiece> Push(string piece)
    {
        held.Append(piece);
        Scan(isEnd: false);
        return Taken();
    }

    /// <summary>What was held back, once the answer has ended.</summary>
    public IReadOnlyList<SpokenPiece> Finish()
    {
        Scan(isEnd: true);
        while (state is State.Candidate or State.Unclear)
        {
            if (state == State.Candidate) Broken();
            else EndUnclear();
            Scan(isEnd: true);
        }
        return Taken();
    }

    List<SpokenPiece> Taken()
    {
        if (state is State.Prose or State.Passing) Say(at);
        FlushSaid();
        if (ready.Count == 0) return [];
        var taken = ready;
        ready = [];
        return taken;
    }

    void Scan(bool isEnd)
    {
        while (at < held.Length)
        {
            var goOn = state switch
            {
                State.Prose => ReadProse(isEnd),
                State.Candidate => ReadCandidate(),
                State.Unclear => ReadUnclear(),
                State.Passing => ReadPassing(),
                _ => ReadAfterFenced(isEnd),
            };
            if (!goOn) return;
        }
    }

    /// <returns>False when more text is needed to go on, as for the others.</returns>
    bool ReadProse(bool isEnd)
    {
        if (unread)
        {
            at = held.Length;
            return true;
        }
        if (ticks == 0)
        {
            var mark = held.Span[at..].IndexOfAny('`', '{', '[');
            at = mark < 0 ? held.Length : at + mark;
            if (mark < 0) return true;
        }
        var c = held[at];
        if (c == '`')
        {
            if (ticks == 0)
            {
                var fence = SpokenFence.At(held.Span[at..], inFence, isEnd);
                if (fence.Length < 0) return false;
                if (fence.Length > 0)
                {
                    Begin(fence);
                    return true;
                }
            }
            ticks++;
            at++;
            return true;
        }
        if (ticks >= 3) inFence = !inFence;
        ticks = 0;
        if (c is '{' or '[') Begin(default);
        else at++;
        return true;
    }

    void Begin(SpokenFence fence)
    {
        Say(at);
        (state, opening, json, at) = (State.Candidate, fence, new(), fence.Length);
    }

    bool ReadCandidate()
    {
        switch (json.Read(held[at]))
        {
            case JsonProgress.Broken:
                Broken();
                return true;
            case JsonProgress.Complete:
                at++;
                if (json.NamesTool) Decide();
                else ToProse(at);
                return true;
        }
        at++;
        if (at - opening.Length >= MaxCandidate) Pass(json.NamesTool);
        return true;
    }

    /// <summary>It is no JSON. What names a tool was still meant as a call, and its end is looked for; anything else is text.</summary>
    void Broken()
    {
        if (json.NamesTool || opening.IsForTools)
        {
            (state, loose) = (State.Unclear, new(json.Depth, json.InString));
            return;
        }
        // A string that began in prose may have hidden what follows its first quote.
        ToProse(json.LastString >= 0 ? opening.Length + json.LastString : at);
    }

    bool ReadUnclear()
    {
        var ended = loose.Read(held[at]);
        at++;
        if (ended) EndUnclear();
        else if (at - opening.Length >= MaxCandidate) Pass(endsReading: true);
        return true;
    }

    void EndUnclear()
    {
        var text = held.Span[opening.Length..at];
        if (!text.Contains("tool_name", StringComparison.Ordinal))
        {
            ToProse(at);
            return;
        }
        // Where such a call ends is a guess. What is behind it may be a part of it, so nothing there is carried out.
        unread = true;
        Decide();
    }

    void Pass(bool endsReading)
    {
        unread |= endsReading;
        isLoose = state == State.Unclear;
        state = State.Passing;
    }

    bool ReadPassing()
    {
        var progress = isLoose ? loose.Read(held[at]) ? JsonProgress.Complete : JsonProgress.Open : json.Read(held[at]);
        if (progress != JsonProgress.Broken) at++;
        if (progress != JsonProgress.Open) ToProse(at);
        return true;
    }

    void Decide()
    {
        foreach (var piece in SpokenCandidate.Read(held.Span[opening.Length..at].ToString())) Add(piece);
        Close();
    }

    void Close()
    {
        held.Drop(at);
        at = 0;
        state = opening.Length > 0 ? State.AfterFenced : State.Prose;
    }

    bool ReadAfterFenced(bool isEnd)
    {
        var (blanks, end) = SpokenFence.EndAt(held.Span, isEnd);
        if (blanks < 0) return false;
        state = State.Prose;
        if (end > 0) held.Drop(end);
        else if (blanks < held.Length && held[blanks] is '{' or '[' && !unread) Begin(new(blanks, opening.IsForTools));
        else inFence = true;
        return true;
    }

    void Add(SpokenPiece piece)
    {
        FlushSaid();
        if (calls++ < MaxCalls) ready.Add(piece);
        if (calls == MaxCalls) unread = true;
        if (calls == MaxCalls + 1) ready.Add(new SpokenRejection(SpokenRejection.NoName, $"more than {MaxCalls} calls in one answer", ""));
    }

    void ToProse(int count)
    {
        // The fence's opening goes out as text too.
        if (opening.HasMark) inFence = true;
        state = State.Prose;
        ticks = 0;
        Say(count);
        at = 0;
    }

    void Say(int count)
    {
        said.Append(held.Span[..count]);
        held.Drop(count);
        at -= count;
    }

    void FlushSaid()
    {
        if (said.Length > 0) ready.Add(new SpokenText(said.ToString()));
        said.Clear();
    }
}
