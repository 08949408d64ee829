using System.Text.Json;
using Microsoft.Extensions.AI;
using Openclawssy.Runtime.Models;

namespace Openclawssy.Providers;

/// <summary>
/// Understands an answer chunk by chunk: text and thinking go on at once, tool calls, usage and the fields to give back at the end.
/// Knows no network; the same chunks always give the same updates.
/// </summary>
sealed class AnswerReader(WireFaults faults, WireLimits limits, IList<AITool>? offered, bool tellsCost = false)
{
    readonly Queue<ChatResponseUpdate> ready = new();
    readonly CallsInProgress calls = new(limits.Calls);
    readonly ReturnedFields returned = new();
    readonly TextFlow text = new();
    readonly TextFlow thinking = new();
    ChatRole role = ChatRole.Assistant;
    string? finishReason;
    string? model;
    string? answerId;
    UsageDetails? usage;
    decimal? cost;
    bool spoke;
    bool thought;

    /// <summary>True while nothing of the answer has been passed on: the same request may then be sent again.</summary>
    public bool NothingYet { get; private set; } = true;

    /// <summary>True once anything was said about an answer; false for JSON that is about something else.</summary>
    public bool SawChoice { get; private set; }

    /// <summary>A failure with what the server had counted by then: a broken answer is paid for all the same.</summary>
    public ModelException Counted(ModelException failure)
    {
        if (usage is not null) failure.Usage = ModelUsage.Of(usage);
        failure.ToldCostUsd = cost;
        return failure;
    }

    public bool TryTake(out ChatResponseUpdate update) => ready.TryDequeue(out update!);

    /// <summary>Reads one chunk of a stream, or a whole completion that was sent instead of one.</summary>
    public void Read(ReadOnlyMemory<byte> json, bool isError = false)
    {
        JsonDocument document;
        try { document = JsonDocument.Parse(json); }
        catch (JsonException) { throw faults.Malformed("data that is no JSON", NothingYet); }
        using (document)
        {
            var chunk = document.RootElement;
            if (isError) throw faults.InStream(chunk, NothingYet);
            if (chunk.ValueKind != JsonValueKind.Object) throw faults.Malformed("data that is no JSON object", NothingYet);
            Read(chunk);
        }
    }

    /// <summary>Hands out what was held back, once the stream has ended.</summary>
    public void End()
    {
        if (finishReason is null) throw faults.Unfinished(NothingYet);
        if (calls.HasNameless) throw faults.Malformed("a tool call without a name", NothingYet);

        var contents = new List<AIContent>();
        AddThinking(contents, thinking.Rest());
        AddText(contents, text.Rest());
        if (calls.Count == 0 && !spoke)
        {
            // Thinking alone is an answer the loop can go on from, unless it stopped for want of room.
            if (finishReason == "length") throw faults.NoRoom();
            if (finishReason == "content_filter") throw faults.Withheld();
            if (!thought) throw faults.Empty();
        }
        contents.AddRange(calls.Finish(offered));
        if (usage is not null) contents.Add(new UsageContent(usage));
        var last = Update(contents);
        last.FinishReason = new ChatFinishReason(finishReason);
        last.SetExtra(returned.ToJson());
        last.SetToldCost(cost);
        ready.Enqueue(last);
    }

    void Read(JsonElement chunk)
    {
        if (chunk.TryGetProperty("error", out var error) && error.ValueKind is JsonValueKind.Object or JsonValueKind.String) throw faults.InStream(error, NothingYet);
        if (TextOf(chunk, "object") == "error") throw faults.InStream(chunk, NothingYet);
        if (model is null && TextOf(chunk, "model") is { Length: > 0 } name) model = name;
        if (answerId is null && TextOf(chunk, "id") is { Length: > 0 } id) answerId = id;
        Count(chunk);
        if (!chunk.TryGetProperty("choices", out var choices) || choices.ValueKind != JsonValueKind.Array) return;
        foreach (var choice in choices.EnumerateArray())
        {
            if (choice.ValueKind != JsonValueKind.Object) continue;
            // One answer is asked for; a second one would be mixed into it.
            if (choice.TryGetProperty("index", out var index) && index.ValueKind == JsonValueKind.Number && index.TryGetInt32(out var number) && number != 0) continue;
            ReadChoice(choice);
        }
    }

    void Count(JsonElement owner)
    {
        usage = TokenCounts.Of(owner) ?? usage;
        if (tellsCost) cost = TokenCounts.CostOf(owner) ?? cost;
    }

    void ReadChoice(JsonElement choice)
    {
        SawChoice = true;
        Count(choice);
        if (Object(choice, "delta") is { } delta) ReadDelta(delta);
        else if (Object(choice, "message") is { } message) ReadDelta(message);
        if (TextOf(choice, "finish_reason") is not { Length: > 0 } reason) return;
        if (reason == "error") throw faults.InStream(choice, NothingYet);
        finishReason = reason;
    }

    void ReadDelta(JsonElement delta)
    {
        if (TextOf(delta, "role") is { Length: > 0 } named) role = new(named);
        var contents = new List<AIContent>(1);
        AddThinking(contents, thinking.Next(ThinkingOf(delta)));
        if (delta.TryGetProperty("content", out var content)) ReadContent(content, contents);
        if (delta.TryGetProperty("refusal", out var refusal)) AddText(contents, text.Next(SoundText.Loose(refusal)));
        if (delta.TryGetProperty("tool_calls", out var fragments)) calls.Read(fragments);
        if (calls.IsOverfull) throw faults.TooMuch("more tool calls", $"{limits.Calls}");
        returned.Read(delta);
        if (contents.Count > 0) ready.Enqueue(Update(contents));
    }

    void ReadContent(JsonElement content, List<AIContent> into)
    {
        switch (content.ValueKind)
        {
            case JsonValueKind.String: AddText(into, text.Next(SoundText.Loose(content))); break;
            case JsonValueKind.Array:
                foreach (var part in content.EnumerateArray()) ReadPart(part, into);
                break;
            case JsonValueKind.Object: ReadPart(content, into); break;
        }
    }

    void ReadPart(JsonElement part, List<AIContent> into)
    {
        if (part.ValueKind == JsonValueKind.String) AddText(into, text.Next(SoundText.Loose(part)));
        if (part.ValueKind != JsonValueKind.Object) return;
        foreach (var name in (ReadOnlySpan<string>)["thinking", "reasoning"])
        {
            if (!part.TryGetProperty(name, out var thoughts)) continue;
            if (thoughts.ValueKind == JsonValueKind.Array)
                foreach (var piece in thoughts.EnumerateArray())
                    AddThinking(into, thinking.Next(piece.ValueKind == JsonValueKind.Object && piece.TryGetProperty("text", out var inner) ? SoundText.Loose(inner) : SoundText.Loose(piece)));
            else AddThinking(into, thinking.Next(SoundText.Loose(thoughts)));
        }
        if (!part.TryGetProperty("text", out var words)) return;
        if (TextOf(part, "type") is "thinking" or "reasoning") AddThinking(into, thinking.Next(SoundText.Loose(words)));
        else AddText(into, text.Next(SoundText.Loose(words)));
    }

    // The same thoughts may come under several names in one chunk; they are shown once.
    static string ThinkingOf(JsonElement delta)
    {
        foreach (var name in (ReadOnlySpan<string>)["reasoning_content", "reasoning"])
            if (delta.TryGetProperty(name, out var value) && SoundText.Loose(value) is { Length: > 0 } words) return words;
        if (!delta.TryGetProperty("reasoning_details", out var details) || details.ValueKind != JsonValueKind.Array) return "";
        var all = "";
        foreach (var detail in details.EnumerateArray())
        {
            if (detail.ValueKind != JsonValueKind.Object) continue;
            if (detail.TryGetProperty("text", out var words) || detail.TryGetProperty("summary", out words)) all += SoundText.Loose(words);
        }
        return all;
    }

    void AddText(List<AIContent> contents, string piece)
    {
        if (piece.Length == 0) return;
        spoke |= !string.IsNullOrWhiteSpace(piece);
        contents.Add(new TextContent(piece));
    }

    void AddThinking(List<AIContent> contents, string piece)
    {
        if (piece.Length == 0) return;
        thought |= !string.IsNullOrWhiteSpace(piece);
        contents.Add(new TextReasoningContent(piece));
    }

    ChatResponseUpdate Update(List<AIContent> contents)
    {
        NothingYet = false;
        return new(role, contents) { ModelId = model, ResponseId = answerId };
    }

    static string? TextOf(JsonElement owner, string name) =>
        owner.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? SoundText.Of(SoundText.Loose(value)) : null;

    static JsonElement? Object(JsonElement owner, string name) =>
        owner.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Object ? value : null;
}
