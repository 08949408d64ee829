using System.Buffers.Binary;
using System.Globalization;
using System.Runtime.CompilerServices;
using Microsoft.Extensions.AI;
using Openclawssy.Runtime.Models;
using Openclawssy.Runtime.Text;

namespace Openclawssy.Providers;

/// <summary>How often and how patiently a model is asked again.</summary>
sealed record RetryLimits
{
    public int Attempts { get; init; } = 3;

    /// <summary>The longest wait before the second attempt; it doubles with each further one.</summary>
    public TimeSpan First { get; init; } = TimeSpan.FromMilliseconds(700);

    public TimeSpan Longest { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>A server that asks for more than this is not waited for.</summary>
    public TimeSpan LongestAsked { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>At most so much is waited beyond what a server asked for, so that not everybody it sent away comes back at once.</summary>
    public TimeSpan Spread { get; init; } = TimeSpan.FromMilliseconds(250);
}

/// <summary>
/// Asks the same model again after a failure that may pass, as long as nothing of an answer was passed on. Waits a random part of a
/// growing time, or what the server asked for; the wait is told before it begins and ends at once when the run does.
/// </summary>
sealed class RetryingClient(IChatClient inner, WireTarget target, TimeProvider clock, Randomness chance, RetryLimits? limits = null) : DelegatingChatClient(inner)
{
    readonly RetryLimits limits = limits ?? new();

    public override async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        for (var number = 1; ; number++)
        {
            ModelException? failure;
            await using (var attempt = new Attempt(InnerClient, messages, options, cancellationToken))
            {
                while (await attempt.NextAsync()) yield return attempt.Current;
                failure = attempt.Failure;
            }
            if (failure is null) yield break;
            var wait = WaitAfter(failure, number, options.GetTimeLeft());
            if (options.GetWitness() is { } witness) await witness.FailedAsync(failure, new("retry", target, wait), cancellationToken);
            await Task.Delay(wait, clock, cancellationToken);
        }
    }

    public override async Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) =>
        await WholeResponse.OfAsync(GetStreamingResponseAsync(messages, options, cancellationToken), cancellationToken);

    /// <exception cref="ModelException">There is no further attempt.</exception>
    TimeSpan WaitAfter(ModelException failure, int number, TimeSpan? left)
    {
        if (!failure.Retryable) throw failure;
        if (number >= limits.Attempts) throw failure.Because(string.Create(CultureInfo.InvariantCulture, $"asked {number} times"));
        // A time of zero, or one that is over by our clock, says nothing about when to come back.
        var asked = failure.RetryAfter is { } given && given > TimeSpan.Zero ? given : (TimeSpan?)null;
        if (asked > limits.LongestAsked)
            throw failure.Because(string.Create(CultureInfo.InvariantCulture, $"the server asks to wait {Math.Ceiling(asked.Value.TotalSeconds)} s, and {limits.LongestAsked.TotalSeconds} s is the longest wait"));
        var wait = asked is { } time ? time + limits.Spread * Fraction() : Growing(number) * Fraction();
        if (wait >= left)
            throw failure.Because(string.Create(CultureInfo.InvariantCulture, $"a wait of {wait.TotalSeconds:0.0} s would end after the run's own limit"));
        return wait;
    }

    TimeSpan Growing(int number)
    {
        var longest = limits.First * Math.Pow(2, number - 1);
        return longest < limits.Longest ? longest : limits.Longest;
    }

    /// <summary>From 0 to just below 1.</summary>
    double Fraction()
    {
        Span<byte> bytes = stackalloc byte[8];
        chance(bytes);
        return (BinaryPrimitives.ReadUInt64LittleEndian(bytes) >> 11) * (1.0 / (1UL << 53));
    }
}
