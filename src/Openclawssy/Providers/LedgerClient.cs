using System.Runtime.CompilerServices;
using Microsoft.Extensions.AI;
using Openclawssy.Runtime.Config;
using Openclawssy.Runtime.Models;

namespace Openclawssy.Providers;

/// <summary>
/// The one place every model call goes through: it knows what was used and what that costs. It writes the cost on the update that
/// tells the usage, and on a failure; the journal keeps both.
/// </summary>
/// <param name="price">Null when nobody configured one; then the server's own word counts, where there is one.</param>
sealed class LedgerClient(IChatClient wire, ModelPrice? price) : DelegatingChatClient(wire)
{
    public override async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        ModelUsage? usage = null;
        await using var updates = InnerClient.GetStreamingResponseAsync(messages, options, cancellationToken).GetAsyncEnumerator(cancellationToken);
        while (await NextAsync(updates))
        {
            var update = updates.Current;
            foreach (var content in update.Contents)
                if (content is UsageContent { Details: var counts }) usage = usage?.And(ModelUsage.Of(counts)) ?? ModelUsage.Of(counts);
            if (CostOf(usage, update.GetToldCost()) is { } cost) update.SetCost(cost);
            yield return update;
        }
    }

    public override async Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) =>
        await WholeResponse.OfAsync(GetStreamingResponseAsync(messages, options, cancellationToken), cancellationToken);

    async ValueTask<bool> NextAsync(IAsyncEnumerator<ChatResponseUpdate> updates)
    {
        try { return await updates.MoveNextAsync(); }
        catch (ModelException failure)
        {
            failure.CostUsd = failure.Usage is null && failure.ToldCostUsd is null && !failure.MayHaveCost ? 0 : CostOf(failure.Usage, failure.ToldCostUsd);
            throw;
        }
    }

    decimal? CostOf(ModelUsage? usage, decimal? told) => price is null ? told : Price(usage, price);

    /// <summary>Null as soon as a count or a price that matters is missing: unknown is not free.</summary>
    internal static decimal? Price(ModelUsage? usage, ModelPrice price)
    {
        if (usage is not { Input: { } input, Output: { } output }) return null;
        // Where cached input has its own price, how much there was must be known; where it has none, there must not have been any.
        if (price.CachedInput is not null && usage.CachedInput is null) return null;
        var cached = usage.CachedInput ?? 0;
        if (cached > input) return null;
        decimal? cost = 0;
        if (input > cached) cost += (input - cached) * price.Input;
        if (cached > 0) cost += cached * price.CachedInput;
        if (output > 0) cost += output * price.Output;
        return cost / 1_000_000;
    }
}
