using Microsoft.Extensions.AI;
using Openclawssy.Runtime.Models;

namespace Openclawssy.Providers;

/// <summary>Turns what a model thinks between tags in its text into thinking, as if the server had told them apart.</summary>
sealed class ThinkingTagsClient(IChatClient inner) : DelegatingChatClient(inner)
{
    public override IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default)
    {
        var tags = new ThinkingTags();
        return RewrittenText.Of(
            InnerClient.GetStreamingResponseAsync(messages, options, cancellationToken), text => Contents(tags.Push(text)), () => Contents(tags.Finish()), cancellationToken);
    }

    public override async Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) =>
        await WholeResponse.OfAsync(GetStreamingResponseAsync(messages, options, cancellationToken), cancellationToken);

    static IEnumerable<AIContent> Contents(IEnumerable<TaggedPiece> pieces) =>
        pieces.Select(piece => piece.IsThinking ? (AIContent)new TextReasoningContent(piece.Text) : new TextContent(piece.Text));
}
