using System.Globalization;
using System.Runtime.CompilerServices;
using Microsoft.Extensions.AI;
using Openclawssy.Runtime.Models;

namespace Openclawssy.Providers;

/// <summary>One model of a chain.</summary>
/// <param name="Client">Made when it is asked: a broken setting of one model does not keep the others from answering.</param>
sealed record FallbackStep(WireTarget Target, Func<IChatClient> Client)
{
    public override string ToString() => $"{Target.Provider}/{Target.Model}";
}

/// <summary>
/// Asks the next model when the one before failed and nothing of an answer was passed on (<see cref="FallbackRules"/>). Every step
/// is told to the witness. A model that failed rests for a while; resting ones are asked last.
/// </summary>
sealed class FallbackClient(IReadOnlyList<FallbackStep> chain, RestingModels resting) : IChatClient
{
    public async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var witness = options.GetWitness();
        // Decided once, so that a rest that ends meanwhile does not change the order under way.
        var pauses = chain.Select(step => (Step: step, Pause: chain.Count > 1 ? resting.Of(step.Target) : null)).ToList();
        List<FallbackStep> order = [.. pauses.OrderBy(one => one.Pause is not null).Select(one => one.Step)];
        if (witness is not null && pauses.Exists(one => one.Pause is null))
            foreach (var (step, pause) in pauses.TakeWhile(one => one.Pause is not null))
                await witness.FailedAsync(Passed(step, pause!.Value), new("fallback", order[0].Target, TimeSpan.Zero), cancellationToken);

        List<(FallbackStep Step, ModelException Failure)> failed = [];
        for (var at = 0; ; at++)
        {
            var step = order[at];
            if (TryMake(step, out var client) is not { } failure)
            {
                await using var attempt = new Attempt(client, messages, For(step, options), cancellationToken);
                while (await attempt.NextAsync()) yield return attempt.Current;
                if (attempt.Failure is not { } why)
                {
                    resting.End(step.Target);
                    yield break;
                }
                failure = why;
            }
            var after = FallbackRules.Of(failure);
            if (after == AfterFailure.NextAndRest) resting.Begin(step.Target, failure);
            failed.Add((step, failure));
            if (after == AfterFailure.Stop || at + 1 == order.Count) throw Last(failed);
            if (witness is not null) await witness.FailedAsync(failure, new("fallback", order[at + 1].Target, TimeSpan.Zero), cancellationToken);
        }
    }

    public async Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) =>
        await WholeResponse.OfAsync(GetStreamingResponseAsync(messages, options, cancellationToken), cancellationToken);

    /// <summary>Answered by the first model of the chain.</summary>
    public object? GetService(Type serviceType, object? serviceKey = null) =>
        serviceKey is null && serviceType.IsInstanceOfType(this) ? this : TryMake(chain[0], out var client) is null ? client.GetService(serviceType, serviceKey) : null;

    /// <summary>The steps' clients are shared; they belong to whoever made them.</summary>
    public void Dispose() { }

    static ModelException? TryMake(FallbackStep step, out IChatClient client)
    {
        try
        {
            client = step.Client();
            return null;
        }
        catch (ModelException failure)
        {
            client = null!;
            failure.CostUsd = 0;
            return failure;
        }
    }

    // The list of tools stays the very same one: a wire knows by it that it has written them before.
    static ChatOptions For(FallbackStep step, ChatOptions? options)
    {
        var own = options?.Clone() ?? new();
        own.ModelId = step.Target.Model;
        own.Tools = options?.Tools;
        return own;
    }

    static ModelException Passed(FallbackStep step, (TimeSpan Left, string Code) pause)
    {
        var seconds = Math.Ceiling(pause.Left.TotalSeconds).ToString(CultureInfo.InvariantCulture);
        return new(ModelErrorCodes.Resting, $"{step} is not asked for another {seconds} s: it failed a moment ago ({pause.Code})") { CostUsd = 0 };
    }

    /// <summary>What leaves when nobody answered: the last failure, naming every model that was tried.</summary>
    static ModelException Last(List<(FallbackStep Step, ModelException Failure)> failed)
    {
        var last = failed[^1].Failure;
        return failed.Count == 1 ? last
            : last.Saying($"no model answered: {string.Join("; ", failed.Select(one => $"{one.Step} failed ({one.Failure.Code}): {one.Failure.Message}"))}");
    }
}
