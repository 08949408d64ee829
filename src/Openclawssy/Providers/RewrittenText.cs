using System.Runtime.CompilerServices;
using Microsoft.Extensions.AI;

namespace Openclawssy.Providers;

/// <summary>A streamed answer whose text becomes something else on the way; everything beside the text stays as it is.</summary>
static class RewrittenText
{
    /// <param name="rewrite">What becomes of a piece of text.</param>
    /// <param name="rest">What was held back, asked for once at the end.</param>
    public static async IAsyncEnumerable<ChatResponseUpdate> Of(
        IAsyncEnumerable<ChatResponseUpdate> updates, Func<string, IEnumerable<AIContent>> rewrite, Func<IEnumerable<AIContent>> rest,
        [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        ChatResponseUpdate? last = null;
        await foreach (var update in updates.WithCancellation(cancellationToken))
        {
            last = update;
            if (!update.Contents.Any(content => content is TextContent))
            {
                yield return update;
                continue;
            }
            var changed = update.Clone();
            changed.Contents = [.. update.Contents.SelectMany(content => content is TextContent text ? rewrite(text.Text) : [content])];
            if (changed.Contents.Count > 0 || update.FinishReason is not null || update.AdditionalProperties is not null) yield return changed;
        }
        List<AIContent> held = [.. rest()];
        if (held.Count > 0) yield return new(last?.Role ?? ChatRole.Assistant, held) { ModelId = last?.ModelId, ResponseId = last?.ResponseId, MessageId = last?.MessageId };
    }
}
