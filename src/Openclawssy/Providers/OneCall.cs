using Microsoft.Extensions.AI;
using Openclawssy.Runtime.Config;
using Openclawssy.Runtime.Journal;
using Openclawssy.Runtime.Models;

namespace Openclawssy.Providers;

/// <summary>One real, short question to one model: shows that address, key and name are right together. Nothing is kept of it.</summary>
static class OneCall
{
    /// <summary>How long a model has to answer; one on this machine may have to be loaded first.</summary>
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    /// <summary>Enough for a model that thinks before its one word.</summary>
    const int MaxTokens = 256;

    /// <returns>The configuration in which a model stands alone: no other one answers in its place.</returns>
    public static OpenclawssyConfig Alone(OpenclawssyConfig config) => config with { Model = config.Model with { Fallbacks = [] } };

    /// <param name="models">Made from what <see cref="Alone"/> gives.</param>
    /// <exception cref="ModelException">Whatever is wrong, in a sentence.</exception>
    public static async Task AskAsync(ModelClients models, WireTarget target, TimeProvider clock, CancellationToken cancellationToken)
    {
        var options = new ChatOptions { ModelId = target.Model, MaxOutputTokens = MaxTokens };
        // Waiting for a better moment is no answer to the question whether it works now.
        options.SetTimeLeft(() => TimeSpan.Zero);
        using var limit = new CancellationTokenSource(Limit, clock);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            var client = models.Of(new(target.Provider, target.Model, MaxTokens, null, Stream: true));
            await foreach (var _ in client.GetStreamingResponseAsync([ModelMessages.User("Answer with the one word: ready")], options, both.Token)) { }
        }
        // What the layer that asks again adds is about waiting.
        catch (ModelException failure) when (failure.Retryable && failure.InnerException is ModelException first) { throw first; }
        catch (OperationCanceledException) when (limit.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw new ModelException(ModelErrorCodes.Unreachable, $"{target.Provider}/{target.Model} did not answer within {Limit.TotalSeconds:0} seconds");
        }
    }
}
