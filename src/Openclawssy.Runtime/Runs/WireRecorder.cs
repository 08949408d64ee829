using System.Globalization;
using System.Security.Cryptography;
using Openclawssy.Runtime.Journal;
using Openclawssy.Runtime.Models;

namespace Openclawssy.Runtime.Runs;

/// <summary>Turns each attempt of one question into events, before its first byte is sent and when it failed.</summary>
sealed class WireRecorder(RunJournal journal, TimeProvider clock, Question question, Func<string, string> scrub) : IWireWitness
{
    long began = clock.GetTimestamp();
    bool open;

    /// <summary>Attempts begun so far.</summary>
    public int Attempt { get; private set; }

    /// <summary>Where the last attempt went, or the next one goes.</summary>
    public WireTarget Target { get; private set; } = new(question.Options.Provider, question.Options.Model);

    public ValueTask SendingAsync(WireTarget target, ReadOnlyMemory<byte> body, CancellationToken cancellationToken)
    {
        Begin(target);
        return WriteAsync(target, Convert.ToHexStringLower(SHA256.HashData(body.Span)), body.Length, cancellationToken);
    }

    public async ValueTask FailedAsync(ModelException failure, WireNext following, CancellationToken cancellationToken)
    {
        await EnsureAsync();
        await journal.WriteAsync(Failure(failure) with { Next = WordsOf(following), WaitMs = (long)following.Wait.TotalMilliseconds }, cancellationToken);
        (open, Target) = (false, following.Target);
    }

    /// <summary>A client that is not ours, and one that fails before it sends, says nothing about its bytes; the attempt is recorded without their hash.</summary>
    public async ValueTask EnsureAsync()
    {
        if (open) return;
        Begin(Target);
        await WriteAsync(Target, null, null, default);
    }

    /// <summary>The event of an attempt that failed, with nothing after it.</summary>
    public ModelFailed Failure(ModelException failure) =>
        new(question.Turn, Attempt, failure.Code, scrub(failure.Message), failure.Retryable, (long)clock.GetElapsedTime(began).TotalMilliseconds, Usage: failure.Usage, CostUsd: failure.CostUsd);

    void Begin(WireTarget target) => (open, Attempt, Target, began) = (true, Attempt + 1, target, clock.GetTimestamp());

    async ValueTask WriteAsync(WireTarget target, string? sha256, long? bytes, CancellationToken cancellationToken) => await journal.WriteAsync(
        new ModelRequested(question.Turn, Attempt, question.Parts, question.Options with { Provider = target.Provider, Model = target.Model }, question.Offered?.Hash, sha256, bytes,
            target.Protocol == "native" ? null : target.Protocol, question.Purpose), cancellationToken);

    static string WordsOf(WireNext next) => next.Step switch
    {
        "retry" => next.Step,
        "protocol" => $"protocol {next.Target.Protocol}",
        _ => string.Create(CultureInfo.InvariantCulture, $"{next.Step} {next.Target.Provider}/{next.Target.Model}"),
    };
}
