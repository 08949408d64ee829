using System.Runtime.CompilerServices;
using Microsoft.Extensions.AI;
using Openclawssy.Runtime.Models;

namespace Openclawssy.Tests.House;

/// <summary>A model that says what a test wrote, in memory: one entry a turn.</summary>
sealed class ScriptedModel : IChatClient
{
    readonly Queue<Func<CancellationToken, IAsyncEnumerable<ChatResponseUpdate>>> turns = new();

    /// <summary>What the model was told, turn by turn.</summary>
    public List<IReadOnlyList<ChatMessage>> Heard { get; } = [];

    public List<ChatOptions?> Options { get; } = [];

    public ScriptedModel Says(params string[] pieces) => Does(token => Stream([.. pieces.Select(piece => new ChatResponseUpdate(ChatRole.Assistant, piece))], "stop", token));

    public ScriptedModel Calls(string name, string arguments) => Calls((name, arguments));

    public ScriptedModel Calls(params (string Name, string Arguments)[] calls) => Does(token => Stream(
        [new ChatResponseUpdate(ChatRole.Assistant, [.. calls.Select((call, i) => (AIContent)WireNotes.Call($"c{i + 1}", call.Name, call.Arguments))])], "tool_calls", token));

    public ScriptedModel Fails(Exception exception) => Does(_ => throw exception);

    public ScriptedModel Does(Func<CancellationToken, IAsyncEnumerable<ChatResponseUpdate>> turn)
    {
        turns.Enqueue(turn);
        return this;
    }

    public IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default)
    {
        Heard.Add([.. messages]);
        Options.Add(options);
        return turns.Count > 0 ? turns.Dequeue()(cancellationToken) : throw new InvalidOperationException("the script has no more turns");
    }

    public Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) =>
        throw new NotSupportedException("the loop streams");

    static async IAsyncEnumerable<ChatResponseUpdate> Stream(IReadOnlyList<ChatResponseUpdate> updates, string finish, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        foreach (var update in updates)
        {
            await Task.Yield();
            cancellationToken.ThrowIfCancellationRequested();
            yield return update;
        }
        yield return new ChatResponseUpdate { FinishReason = new ChatFinishReason(finish), ModelId = "scripted" };
    }

    public object? GetService(Type serviceType, object? serviceKey = null) => null;

    public void Dispose() { }
}
