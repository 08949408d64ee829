using Microsoft.Extensions.AI;
using Openclawssy.Runtime.Models;

namespace Openclawssy.Providers;

/// <summary>
/// Speaks of tools in text with a model that has no other way: takes and gives the native form, and lets the inner client see only words
/// (<see cref="SpokenForm"/>). A call that cannot be used comes back as one that carries the reason (<see cref="WireNotes.GetRejection"/>).
/// </summary>
sealed class SpokenToolsClient(IChatClient inner) : DelegatingChatClient(inner)
{
    public override IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default)
    {
        var (spoken, plain) = SpokenForm.Of(messages, options);
        var updates = InnerClient.GetStreamingResponseAsync(spoken, plain, cancellationToken);
        // Where nothing was offered nothing is a call.
        if (options?.Tools is not { Count: > 0 } offered) return updates;
        var answer = new SpokenAnswer(offered);
        return RewrittenText.Of(updates, answer.Read, answer.Rest, cancellationToken);
    }

    public override async Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) =>
        await WholeResponse.OfAsync(GetStreamingResponseAsync(messages, options, cancellationToken), cancellationToken);
}
