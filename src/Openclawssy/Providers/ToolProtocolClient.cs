using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Microsoft.Extensions.AI;
using Openclawssy.Runtime.Models;

namespace Openclawssy.Providers;

/// <summary>Models that were found not to take tools, for as long as the process lives.</summary>
sealed class SpokenModels
{
    readonly ConcurrentDictionary<string, bool> known = new(StringComparer.Ordinal);

    public bool Contains(string model) => known.ContainsKey(model);

    public void Add(string model) => known[model] = true;
}

/// <summary>
/// Speaks of tools natively, and in text with a model whose server says that it takes none: then the same question goes out again at once, and
/// later ones go out in text from the start.
/// </summary>
sealed class ToolProtocolClient(IChatClient inner, SpokenModels spoken) : DelegatingChatClient(inner)
{
    readonly SpokenToolsClient text = new(inner);
    readonly ChatClientMetadata? metadata = inner.GetService(typeof(ChatClientMetadata)) as ChatClientMetadata;

    public override async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var conversation = messages as IReadOnlyList<ChatMessage> ?? [.. messages];
        var model = $"{metadata?.ProviderUri} {options?.ModelId ?? metadata?.DefaultModelId}";
        if (!spoken.Contains(model))
        {
            await using var native = InnerClient.GetStreamingResponseAsync(conversation, options, cancellationToken).GetAsyncEnumerator(cancellationToken);
            if (await TakesToolsAsync(native, options, cancellationToken) is { } more)
            {
                for (; more; more = await native.MoveNextAsync()) yield return native.Current;
                yield break;
            }
        }
        await foreach (var update in text.GetStreamingResponseAsync(conversation, options, cancellationToken).WithCancellation(cancellationToken))
        {
            // Only an answer shows that tools were what the server refused.
            spoken.Add(model);
            yield return update;
        }
    }

    public override async Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) =>
        await WholeResponse.OfAsync(GetStreamingResponseAsync(messages, options, cancellationToken), cancellationToken);

    /// <returns>Null when the server refused the tools, else whether there is a first update.</returns>
    async ValueTask<bool?> TakesToolsAsync(IAsyncEnumerator<ChatResponseUpdate> native, ChatOptions? options, CancellationToken cancellationToken)
    {
        try { return await native.MoveNextAsync(); }
        catch (ModelException refused) when (refused.Code == ModelErrorCodes.ToolsUnsupported)
        {
            var target = new WireTarget(metadata?.ProviderName ?? "", options?.ModelId ?? metadata?.DefaultModelId ?? "", ToolProtocols.Text);
            if (options.GetWitness() is { } witness) await witness.FailedAsync(refused, new("protocol", target, TimeSpan.Zero), cancellationToken);
            return null;
        }
    }
}
