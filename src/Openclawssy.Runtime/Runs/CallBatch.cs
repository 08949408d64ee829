using Openclawssy.Runtime.Journal;
using Openclawssy.Runtime.Toolkit;

namespace Openclawssy.Runtime.Runs;

/// <summary>
/// Carries out the calls of one model turn. All are asked for and decided in call order before the first one starts; then pure
/// reads run side by side, and a call with an effect runs alone, after everything before it and before everything after it.
/// </summary>
sealed class CallBatch(ToolGate gate, ResultMemory memory)
{
    /// <summary>Calls accepted in one model turn; more are answered with an error the model can see.</summary>
    public const int MaxCalls = 12;

    /// <summary>Pure reads that run at the same time.</summary>
    public const int MaxParallel = 4;

    /// <returns>An answer for each call, in call order.</returns>
    public async Task<IReadOnlyList<AnsweredCall>> RunAsync(IReadOnlyList<CapturedCall> calls, Provenance origin, long answer, CancellationToken cancellationToken)
    {
        var accepted = Math.Min(calls.Count, MaxCalls);
        var decided = new DecidedCall[accepted];
        for (var i = 0; i < accepted; i++) decided[i] = await gate.DecideAsync(calls[i], origin, answer, cancellationToken);

        var answered = new AnsweredCall[calls.Count];
        for (var start = 0; start < accepted;)
        {
            var end = start + 1;
            while (IsRead(decided[start]) && end < accepted && end - start < MaxParallel && IsRead(decided[end])) end++;
            await Task.WhenAll(Enumerable.Range(start, end - start).Select(async i => answered[i] = await AnswerAsync(decided[i], cancellationToken)));
            start = end;
        }
        for (var i = accepted; i < calls.Count; i++)
        {
            var entry = await gate.RefuseAsync(calls[i], origin, answer, $"only {MaxCalls} calls are accepted in one turn; ask for this one again in the next", cancellationToken);
            answered[i] = new(calls[i], entry, null);
        }
        return answered;
    }

    static bool IsRead(DecidedCall call) => !call.WillRun || call.Effect == Effect.PureRead;

    async Task<AnsweredCall> AnswerAsync(DecidedCall decided, CancellationToken cancellationToken)
    {
        var call = decided.Call;
        var signature = CallSignature.Of(call.Tool?.Name ?? call.Shown.Name, call.Arguments);
        var reusable = decided.WillRun && ResultMemory.MayReuse(call.Tool!);
        if (reusable && memory.Find(signature) is { } earlier)
        {
            var entry = await gate.ReuseAsync(decided, earlier.Seq, earlier.Summary);
            return new(call, entry, new(signature, earlier.Result, Succeeded: true, Fresh: false));
        }
        if (decided is { WillRun: true, Effect: not Effect.PureRead }) memory.Forget();
        var before = memory.Now;
        var answer = await gate.AnswerAsync(decided, cancellationToken);
        var result = (ToolAnswered)answer.Event;
        var outcome = new CallOutcome(signature, DigestOf(result), result.Error is null, decided.WillRun);
        if (reusable && outcome.Succeeded) memory.Keep(signature, new(answer.Seq, outcome.Result, result.Summary), before);
        return new(call, answer, outcome);
    }

    static string DigestOf(ToolAnswered result) => CallSignature.OfResult(result.Error is { } error ? $"{error.Code} {error.Message}" : result.Output ?? "");
}

/// <param name="Outcome">What the guard looks at; null for a call that was only surplus.</param>
sealed record AnsweredCall(CapturedCall Call, JournalEntry Entry, CallOutcome? Outcome);
