using System.Globalization;
using System.Runtime.CompilerServices;
using Microsoft.Extensions.AI;
using Openclawssy.Runtime.Models;

namespace Openclawssy.Providers;

/// <summary>
/// A stand-in for a model that plays a <see cref="RehearsalScript"/>: no network, no key, no timing. Which turn it plays follows from
/// the request alone (the answers since the person's last message), so it can be asked by several runs at once.
/// </summary>
sealed class Rehearsal(RehearsalScript script) : IChatClient
{
    /// <summary>The mark on each update, beside the model id, that no model spoke.</summary>
    public const string Mark = "openclawssy.rehearsal";

    const string Name = "rehearsal";

    /// <summary>Longest part of a result that an unmet expectation repeats, in characters.</summary>
    const int MaxShown = 300;

    public async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var conversation = messages as IReadOnlyList<ChatMessage> ?? [.. messages];
        var body = ChatCompletionsBody.Write(conversation, options, ModelEndpoint.Rehearsal);
        if (options.GetWitness() is { } witness) await witness.SendingAsync(new(Name, Name, options.GetProtocol()), body, cancellationToken);

        var number = TurnOf(conversation);
        var turn = number <= script.Turns.Count ? script.Turns[number - 1]
            : throw Wrong($"the rehearsal was asked for turn {number}, but the script {script.Name} has {script.Turns.Count}; add a turn or start a new run");
        Check(turn, number, conversation);

        foreach (var piece in Words(turn.Thinking)) yield return Update(new TextReasoningContent(piece));
        foreach (var piece in Words(turn.Text))
        {
            cancellationToken.ThrowIfCancellationRequested();
            yield return Update(new TextContent(piece));
        }
        var calls = turn.Calls.Select((call, at) => (AIContent)WireNotes.Call(
            string.Create(CultureInfo.InvariantCulture, $"rehearsal_{number}_{at + 1}"), ToolNames.FromWire(call.Name, options?.Tools), call.Arguments));
        var last = Update([.. calls]);
        last.FinishReason = turn.Calls.Count > 0 ? ChatFinishReason.ToolCalls : ChatFinishReason.Stop;
        yield return last;
    }

    public async Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) =>
        await WholeResponse.OfAsync(GetStreamingResponseAsync(messages, options, cancellationToken), cancellationToken);

    public object? GetService(Type serviceType, object? serviceKey = null) =>
        serviceKey is not null ? null
        : serviceType == typeof(ChatClientMetadata) ? new ChatClientMetadata(Name, null, Name)
        : serviceType.IsInstanceOfType(this) ? this : null;

    public void Dispose() { }

    // Guidance the loop adds stands behind tool results, so only a message of the person's before any answer begins the script anew.
    static int TurnOf(IReadOnlyList<ChatMessage> messages)
    {
        var answers = 0;
        for (var i = messages.Count - 1; i >= 0; i--)
        {
            if (messages[i].Role == ChatRole.Assistant) answers++;
            else if (messages[i].Role == ChatRole.User && (i == 0 || messages[i - 1].Role != ChatRole.Tool)) break;
        }
        return answers + 1;
    }

    void Check(RehearsalTurn turn, int number, IReadOnlyList<ChatMessage> messages)
    {
        if (turn.Expect.Count == 0) return;
        var results = new List<string>();
        for (var i = messages.Count - 1; i >= 0 && messages[i].Role != ChatRole.Assistant; i--)
            foreach (var content in messages[i].Contents)
                if (content is FunctionResultContent result) results.Insert(0, result.Result?.ToString() ?? "");
        foreach (var expected in turn.Expect)
        {
            if (results.Exists(result => result.Contains(expected, StringComparison.Ordinal))) continue;
            var got = string.Join(" | ", results);
            got = results.Count == 0 ? "there was no result" : got.Length > MaxShown ? $"it was: {SoundText.Of(got[..MaxShown])}…" : $"it was: {got}";
            throw Wrong($"turn {number} of the rehearsal {script.Name} expected \"{expected}\" in the last tool result, but {got}; correct the script or what the tool saw");
        }
    }

    static ChatResponseUpdate Update(params IList<AIContent> contents) =>
        new(ChatRole.Assistant, contents) { ModelId = Name, AdditionalProperties = new() { [Mark] = true } };

    static IEnumerable<string> Words(string text)
    {
        for (var start = 0; start < text.Length;)
        {
            var space = text.IndexOf(' ', start);
            var end = space < 0 ? text.Length : space + 1;
            yield return text[start..end];
            start = end;
        }
    }

    static ModelException Wrong(string message) => new(ModelErrorCodes.Misconfigured, message);
}
