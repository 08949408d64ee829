using System.Text;
using Openclawssy.Runtime.Models;

namespace Openclawssy.Runtime.Journal;

/// <summary>A run as its journal tells it: events by number, and the texts they hold once. Every reader starts here.</summary>
public sealed class Story
{
    readonly List<JournalEntry> entries = [];
    readonly Dictionary<long, RunEvent> events = [];

    public IReadOnlyList<JournalEntry> Entries => entries;

    public void Add(JournalEntry entry)
    {
        entries.Add(entry);
        events.Add(entry.Seq, entry.Event);
    }

    public static Story Of(IEnumerable<JournalEntry> entries)
    {
        var story = new Story();
        foreach (var entry in entries) story.Add(entry);
        return story;
    }

    public RunEvent this[long seq] => events.TryGetValue(seq, out var found) ? found : throw new InvalidDataException($"the journal has no event {seq}");

    /// <summary>The first event of a kind, or null.</summary>
    public T? First<T>() where T : RunEvent
    {
        foreach (var entry in entries)
            if (entry.Event is T found) return found;
        return null;
    }

    public string TextOf(ModelAnswered answer)
    {
        if (answer.TextFrom is [var only]) return ((ModelText)this[only]).Text;
        var text = new StringBuilder();
        foreach (var seq in answer.TextFrom) text.Append(((ModelText)this[seq]).Text);
        return text.ToString();
    }

    /// <summary>The model the answer came from, or null when the journal does not say.</summary>
    public WireTarget? AskedFor(long answer)
    {
        for (var seq = answer - 1; events.TryGetValue(seq, out var before); seq--)
            if (before is ModelRequested request) return new(request.Options.Provider, request.Options.Model, request.Protocol ?? "native");
        return null;
    }

    /// <summary>The input of a call as it may be shown.</summary>
    public string InputOf(ToolRequested request)
    {
        if (request.InputFrom is not { } seq) return request.Input ?? "{}";
        foreach (var call in ((ModelAnswered)this[seq]).Calls)
            if (call.Id == request.CallId) return call.Arguments;
        throw new InvalidDataException($"event {seq} holds no call {request.CallId}");
    }

    /// <summary>What a call gave, also when an earlier event holds it; empty for an error.</summary>
    public string OutputOf(ToolAnswered result) => (result.OutputFrom is { } seq ? ((ToolAnswered)this[seq]).Output : result.Output) ?? "";

    /// <summary>What the run answered, wherever that text is stored.</summary>
    public string OutputOf(RunEnded end) => end.OutputFrom is not { } seq ? end.Output ?? "" : this[seq] switch
    {
        ModelAnswered answer => TextOf(answer),
        ToolAnswered result => OutputOf(result),
        _ => throw new InvalidDataException($"event {seq} holds no output"),
    };
}
