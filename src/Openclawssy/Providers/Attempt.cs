using Microsoft.Extensions.AI;
using Openclawssy.Runtime.Models;

namespace Openclawssy.Providers;

/// <summary>
/// One try at an answer. Until something of it was passed on, a failure is a value another try can follow from; afterwards it is an
/// exception nobody around here catches: what a person has read is not said twice.
/// </summary>
sealed class Attempt(IChatClient client, IEnumerable<ChatMessage> messages, ChatOptions? options, CancellationToken cancellationToken) : IAsyncDisposable
{
    readonly IAsyncEnumerator<ChatResponseUpdate> updates = client.GetStreamingResponseAsync(messages, options, cancellationToken).GetAsyncEnumerator(cancellationToken);
    bool passedOn;

    public ChatResponseUpdate Current => updates.Current;

    /// <summary>Why there was no answer; null as long as there is one.</summary>
    public ModelException? Failure { get; private set; }

    /// <summary>False when the answer is complete, and when there is none.</summary>
    public async ValueTask<bool> NextAsync()
    {
        try { return await updates.MoveNextAsync() && (passedOn = true); }
        catch (ModelException failure) when (!passedOn)
        {
            Failure = failure;
            return false;
        }
    }

    public ValueTask DisposeAsync() => updates.DisposeAsync();
}
