using Microsoft.Extensions.AI;
using Openclawssy.Runtime.Models;

namespace Openclawssy.Providers;

/// <summary>Turns what a model thinks between tags in its text into thinking, as if the server had told them apart.</summary>
sealed class ThinkingTagsClient(IChatClient inner) : IChatClient
{
    public IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default)
    {
        var tags = new ThinkingTags();
        return RewrittenText.Of(
            inner.GetStreamingResponseAsync(messages, options, cancellationToken), text => Contents(tags.Push(text)), () => Contents(tags.Finish()), cancellationToken);
    }

    public async Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) =>
        await WholeResponse.OfAsync(GetStreamingResponseAsync(messages, options, cancellationToken), cancellationToken);

    public object? GetService(Type serviceType, object? serviceKey = null) =>
        serviceKey is null && serviceType.IsInstanceOfType(this) ? this : inner.GetService(serviceType, serviceKey);

    public void Dispose() => inner.Dispose();

    static IEnumerable<AIContent> Contents(IEnumerable<TaggedPiece> pieces) =>
        pieces.Select(piece => piece.IsThinking ? (AIContent)new TextReasoningContent(piece.Text) : new TextContent(piece.Text));
}
