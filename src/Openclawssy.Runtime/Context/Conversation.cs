using Microsoft.Extensions.AI;
using Openclawssy.Runtime.Journal;
using Openclawssy.Runtime.Models;

namespace Openclawssy.Runtime.Context;

/// <summary>
/// What the model is told, as a list of event numbers. The messages of an event follow from it and from the compactions before,
/// so a request can be rebuilt from the journal byte by byte (a test does it for every request). It only grows at its end until
/// it has to be compacted, so that a provider's cache of the beginning holds.
/// </summary>
public sealed class Conversation(Story story)
{
    readonly List<Part> parts = [];
    readonly Dictionary<long, string> shortened = [];

    public IReadOnlyList<Part> Parts => parts;

    public IReadOnlyList<long> Numbers => [.. parts.Select(part => part.Seq)];

    public IReadOnlyList<ChatMessage> Messages => [.. parts.SelectMany(part => part.Messages)];

    /// <summary>All parts together, estimated.</summary>
    public long Tokens => parts.Sum(part => part.Tokens);

    public void Add(long seq) => parts.Add(PartOf(seq));

    /// <summary>Takes a compaction that is in the journal into force.</summary>
    public void Compact(long seq)
    {
        var compaction = (ContextCompacted)story[seq];
        foreach (var result in compaction.Shortened) shortened[result.Seq] = result.Text;
        var covered = compaction.Covers.ToHashSet();
        var place = parts.FindIndex(part => covered.Contains(part.Seq));
        parts.RemoveAll(part => covered.Contains(part.Seq));
        if (place >= 0) parts.Insert(place, PartOf(seq));
        foreach (var result in compaction.Shortened)
            if (parts.FindIndex(part => part.Seq == result.Seq) is >= 0 and var at) parts[at] = PartOf(result.Seq);
    }

    /// <summary>The conversation of one request, from the journal alone.</summary>
    public static Conversation Of(Story story, ModelRequested request, long requestSeq)
    {
        var conversation = new Conversation(story);
        foreach (var entry in story.Entries)
            if (entry.Seq < requestSeq && entry.Event is ContextCompacted compaction)
                foreach (var result in compaction.Shortened) conversation.shortened[result.Seq] = result.Text;
        foreach (var part in request.Parts) conversation.Add(part);
        return conversation;
    }

    Part PartOf(long seq)
    {
        var (kind, messages) = Read(seq);
        return new(seq, kind, messages, messages.Sum(TokenEstimate.Of));
    }

    (PartKind, IReadOnlyList<ChatMessage>) Read(long seq)
    {
        var less = shortened.GetValueOrDefault(seq);
        return story[seq] switch
        {
            PromptAssembled prompt => (PartKind.Rules, [ModelMessages.System(prompt.Text)]),
            HistoryReplayed history => (PartKind.History, [.. history.Messages.SelectMany(Replayed)]),
            RunCreated created => (PartKind.Task, [ModelMessages.User(created.Message)]),
            ModelAnswered answer => (PartKind.Answer, [less is null
                ? ModelMessages.Assistant(story.TextOf(answer), answer.Calls, answer.Extra, story.AskedFor(seq))
                : ModelMessages.Assistant(less, [.. answer.Calls.Select(call => call with { Arguments = MessageText.ShortenArguments(call.Arguments, ContextPlan.LongestArguments) })], null)]),
            ToolAnswered result => (PartKind.Result, [ModelMessages.ToolResult(result.CallId, less ?? MessageText.OfResult(story, result))]),
            GuidanceGiven guidance => (PartKind.Guidance, [ModelMessages.User(guidance.Text)]),
            ContextCompacted compaction => (PartKind.Summary, [ModelMessages.User(compaction.Summary ?? "")]),
            _ => throw new InvalidDataException($"event {seq} is no message"),
        };
    }

    static IEnumerable<ChatMessage> Replayed(HistoryMessage message) => message switch
    {
        { Role: "tool", CallId: { } id, Tool: { } tool } =>
            [ModelMessages.Assistant("", [new(id, tool, message.Arguments ?? "{}")], null), ModelMessages.ToolResult(id, message.Text)],
        { Role: "assistant" } => [ModelMessages.Assistant(message.Text, [], null)],
        _ => [ModelMessages.User(message.Text)],
    };
}

/// <summary>One event as the model is told it.</summary>
/// <param name="Tokens">Estimated.</param>
public sealed record Part(long Seq, PartKind Kind, IReadOnlyList<ChatMessage> Messages, long Tokens);

public enum PartKind
{
    /// <summary>The agent's documents: never left out.</summary>
    Rules,

    /// <summary>Earlier messages of the session.</summary>
    History,

    /// <summary>What the person asks for now: never left out.</summary>
    Task,

    Answer,
    Result,
    Guidance,

    /// <summary>What stands in place of parts that were left out.</summary>
    Summary,
}
