using Microsoft.Extensions.AI;
using Openclawssy.Runtime.Journal;
using Openclawssy.Runtime.Models;

namespace Openclawssy.Runtime.Context;

/// <summary>
/// Works out what has to be left out or shortened so that a conversation fits: old results are shortened first, then whole turns
/// from the oldest on are covered by a summary, the earlier summary with them; only then the newest turns are shortened. Rules and
/// task are never touched, and the newest turn is never covered. Pure.
/// </summary>
public sealed class ContextPlan
{
    /// <summary>Turns at the end that are kept as they are if that is possible at all.</summary>
    public const int NewestTurns = 3;

    /// <summary>Tokens that stay of a result of an older turn.</summary>
    public const long OldResult = 120;

    /// <summary>Tokens that stay of anything when there is no other way.</summary>
    public const long Smallest = 60;

    /// <summary>Arguments of a shortened answer that are longer than this many characters are left out.</summary>
    public const int LongestArguments = 200;

    // A summary may take an eighth of the room.
    const int SummaryShare = 8;

    readonly Dictionary<long, long> sizes;
    readonly Dictionary<long, string> shortened = [];
    readonly List<long> covers = [];

    ContextPlan(IReadOnlyList<Part> parts) => sizes = parts.ToDictionary(part => part.Seq, part => part.Tokens);

    /// <summary>Parts a summary will stand for, in the order of the conversation.</summary>
    public IReadOnlyList<long> Covers => covers;

    /// <summary>Parts that are told in a shorter form from now on.</summary>
    public IReadOnlyList<ShortenedResult> Shortened => [.. shortened.Select(pair => new ShortenedResult(pair.Key, pair.Value)).OrderBy(result => result.Seq)];

    /// <summary>What the conversation will take, estimated, a summary of the greatest length included.</summary>
    public long Tokens => sizes.Values.Sum();

    /// <summary>False when even this is not enough: rules, task and one turn alone are larger than the window.</summary>
    public bool Fits { get; private set; }

    public bool IsNothing => covers.Count == 0 && shortened.Count == 0;

    /// <summary>Most tokens a summary may take.</summary>
    public static long SummaryTokens(ContextBudget budget) => Math.Max(Smallest, budget.Room / SummaryShare);

    public static ContextPlan For(IReadOnlyList<Part> parts, ContextBudget budget)
    {
        var plan = new ContextPlan(parts);
        plan.Make(parts, Turns(parts), budget);
        plan.Fits = plan.Tokens <= budget.Room;
        return plan;
    }

    void Make(IReadOnlyList<Part> parts, List<List<Part>> turns, ContextBudget budget)
    {
        foreach (var part in parts)
            if (part.Kind == PartKind.Result) Shorten(part, budget.OneResult);
        if (Tokens <= budget.Full) return;

        ShortenResults(turns.SkipLast(NewestTurns), budget.Wanted);
        var early = parts.Where(part => part.Kind is PartKind.History or PartKind.Summary).Select(part => (IReadOnlyList<Part>)[part]);
        Cover(early.Concat(turns.SkipLast(NewestTurns)), budget.Wanted, budget);
        if (Tokens <= budget.Room) return;

        var newest = turns.TakeLast(NewestTurns).SkipLast(1).ToList();
        ShortenResults(newest, budget.Room);
        Cover(newest, budget.Room, budget);
        if (Tokens <= budget.Room || turns.Count == 0) return;

        var last = turns[^1];
        var share = (budget.Room - (Tokens - last.Sum(part => sizes[part.Seq]))) / last.Count;
        foreach (var part in last)
            if (part.Kind is PartKind.Result or PartKind.Answer) Shorten(part, share);
    }

    void ShortenResults(IEnumerable<IReadOnlyList<Part>> turns, long enough)
    {
        foreach (var part in turns.SelectMany(turn => turn))
        {
            if (Tokens <= enough) return;
            if (part.Kind == PartKind.Result) Shorten(part, OldResult);
        }
    }

    void Cover(IEnumerable<IReadOnlyList<Part>> oldestFirst, long enough, ContextBudget budget)
    {
        foreach (var part in oldestFirst.TakeWhile(_ => Tokens > enough).SelectMany(turn => turn))
        {
            // The summary has no number yet; it takes its room from the first covered part on.
            sizes[0] = SummaryTokens(budget);
            covers.Add(part.Seq);
            sizes.Remove(part.Seq);
            shortened.Remove(part.Seq);
        }
    }

    void Shorten(Part part, long tokens)
    {
        tokens = Math.Max(tokens, Smallest);
        if (sizes[part.Seq] <= tokens) return;
        var (text, around) = Text(part);
        for (var chars = TokenEstimate.CharsFor(text, tokens - around); ; chars /= 2)
        {
            var less = MessageText.Shorten(text, chars);
            var size = TokenEstimate.Of(less) + around;
            if (size > tokens && chars > 0) continue;
            if (size >= sizes[part.Seq]) return;
            (sizes[part.Seq], shortened[part.Seq]) = (size, less);
            return;
        }
    }

    /// <summary>The text of a part that can be shortened, and what its message costs besides.</summary>
    static (string Text, long Around) Text(Part part)
    {
        var message = part.Messages[0];
        if (part.Kind == PartKind.Result) return (message.Contents.OfType<FunctionResultContent>().Single().Result as string ?? "", TokenEstimate.OfResultAround);
        var calls = message.Contents.OfType<FunctionCallContent>()
            .Select(call => new ModelCall(call.CallId, call.Name, MessageText.ShortenArguments(call.GetArgumentsText() ?? "", LongestArguments), call.GetExtra())).ToList();
        return (message.Text, TokenEstimate.Of(ModelMessages.Assistant("", calls, null)));
    }

    /// <summary>A turn is an answer with everything up to the next answer: its results, and the guidance after them.</summary>
    static List<List<Part>> Turns(IReadOnlyList<Part> parts)
    {
        var turns = new List<List<Part>>();
        foreach (var part in parts)
        {
            if (part.Kind == PartKind.Answer) turns.Add([part]);
            else if (part.Kind is PartKind.Result or PartKind.Guidance && turns.Count > 0) turns[^1].Add(part);
        }
        return turns;
    }
}
