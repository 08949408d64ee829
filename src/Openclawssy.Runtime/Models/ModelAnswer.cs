using Microsoft.Extensions.AI;

namespace Openclawssy.Runtime.Models;

/// <summary>One complete answer of a model.</summary>
/// <param name="FinishReason">The server's word, also when it is none we know.</param>
/// <param name="AnsweredBy">The model that answered, as the server named it.</param>
/// <param name="Extra">Fields the server wants back with this message, as the text of a JSON object.</param>
/// <param name="CostUsd">In US dollars; null when it is unknown, which is not free.</param>
public sealed record ModelAnswer(
    string Text, string? Thinking, IReadOnlyList<ModelCall> Calls, string? FinishReason, ModelUsage? Usage, string? AnsweredBy, string? Extra, decimal? CostUsd = null)
{
    /// <summary>The answer as the next request repeats it.</summary>
    public ChatMessage ToMessage() => ModelMessages.Assistant(Text, Calls, Extra);
}

/// <summary>A tool call the model asked for.</summary>
/// <param name="Id">Never empty, and unique among the ids the assembler was told of.</param>
/// <param name="Name">The tool's own name where one was meant, else the name as it came.</param>
/// <param name="Arguments">The exact text the model wrote; it may be no JSON at all.</param>
/// <param name="Extra">Fields the server wants back with this call, as the text of a JSON object.</param>
/// <param name="Rejected">Why what the model wrote cannot be used as a call; it is answered with that reason and never run.</param>
public sealed record ModelCall(string Id, string Name, string Arguments, string? Extra = null, string? Rejected = null);

/// <summary>Token counts as the server gave them; null means it did not say.</summary>
public sealed record ModelUsage(long? Input, long? Output, long? Total, long? CachedInput = null, long? Reasoning = null)
{
    public static ModelUsage Of(UsageDetails counts) =>
        new(counts.InputTokenCount, counts.OutputTokenCount, counts.TotalTokenCount, counts.CachedInputTokenCount, counts.ReasoningTokenCount);

    /// <summary>The counts of two reports about one answer: a count only one of them gives is taken from it.</summary>
    public ModelUsage And(ModelUsage more) => new(
        Add(Input, more.Input), Add(Output, more.Output), Add(Total, more.Total), Add(CachedInput, more.CachedInput), Add(Reasoning, more.Reasoning));

    static long? Add(long? one, long? other) => one is null ? other : other is null ? one : one + other;
}

/// <summary>The messages of a conversation, made the one way our wire writes them, so that a request can be rebuilt from the journal.</summary>
public static class ModelMessages
{
    public static ChatMessage System(string text) => new(ChatRole.System, text);

    public static ChatMessage User(string text) => new(ChatRole.User, text);

    /// <param name="from">Where the answer came from; only there its extra fields mean anything. Null when nobody knows.</param>
    public static ChatMessage Assistant(string text, IReadOnlyList<ModelCall> calls, string? extra, WireTarget? from = null)
    {
        var contents = new List<AIContent>(calls.Count + 1);
        if (text.Length > 0) contents.Add(new TextContent(text));
        foreach (var call in calls) contents.Add(WireNotes.Call(call.Id, call.Name, call.Arguments, call.Extra));
        var message = new ChatMessage(ChatRole.Assistant, contents);
        message.SetExtra(extra);
        message.SetOrigin(from);
        return message;
    }

    public static ChatMessage ToolResult(string callId, string text) => new(ChatRole.Tool, [new FunctionResultContent(callId, text)]);
}
