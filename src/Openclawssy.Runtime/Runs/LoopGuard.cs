namespace Openclawssy.Runtime.Runs;

/// <summary>One answered call, as far as the guard cares: results count, not words.</summary>
/// <param name="Signature">The tool and its input; equal calls have equal signatures.</param>
/// <param name="Result">Digest of the output or of the error.</param>
/// <param name="Fresh">True when the tool really ran; false for a reused result and for a call that was refused before it ran.</param>
public readonly record struct CallOutcome(string Signature, string Result, bool Succeeded, bool Fresh);

/// <summary>What the loop has to do after a batch of calls.</summary>
public enum LoopOrder
{
    /// <summary>Ask the model again.</summary>
    GoOn,

    /// <summary>Ask it again, with the instruction to change its approach.</summary>
    Recover,

    /// <summary>Stop: a person has to decide.</summary>
    AskPerson,

    /// <summary>Nothing new happens any more: ask for one last answer without tools.</summary>
    AnswerNow,
}

/// <summary>
/// Decides after each batch of calls whether a run goes on. Pure: outcomes in, an order out; no clock, no disk, no words. The
/// numbers are the earlier program's (reference/core.md 5.2).
/// </summary>
public sealed class LoopGuard
{
    /// <summary>Failures in a row that begin recovery with the next turn.</summary>
    public const int FailuresBeforeRecovery = 2;

    /// <summary>Failures during recovery, successes between them or not, after which a person is asked.</summary>
    public const int FailuresInRecovery = 3;

    /// <summary>Successes in a row that end recovery.</summary>
    public const int SuccessesToLeaveRecovery = 3;

    /// <summary>Batches in a row without a real execution.</summary>
    public const int BatchesWithoutExecution = 6;

    /// <summary>Results a run must have before repetition counts at all.</summary>
    public const int ResultsBeforeRepetitionCounts = 10;

    /// <summary>How often the same batch may come in a row with the same results.</summary>
    public const int SameBatches = 3;

    /// <summary>Different calls a run may be said to go round in.</summary>
    public const int FewSignatures = 4;

    readonly HashSet<(string, string)> seen = [];
    readonly Queue<(string Signature, bool Repeated)> recent = new();
    string lastBatch = "";
    int failuresInARow, failuresInRecovery, successesInRecovery, idleBatches, sameBatches, results;

    /// <summary>True while the model is asked to change its approach.</summary>
    public bool InRecovery { get; private set; }

    /// <param name="batch">The calls of one model turn in call order, without those that were only surplus.</param>
    public LoopOrder After(IReadOnlyList<CallOutcome> batch)
    {
        // What the model wrote before it was told to change its approach is not held against it.
        var told = InRecovery;
        foreach (var outcome in batch) CountFailure(outcome, told);
        if (!InRecovery && failuresInARow >= FailuresBeforeRecovery) (InRecovery, failuresInRecovery, successesInRecovery) = (true, 0, 0);

        var noProgress = NoProgress(batch);
        if (told && failuresInRecovery >= FailuresInRecovery) return LoopOrder.AskPerson;
        if (noProgress) return LoopOrder.AnswerNow;
        return InRecovery ? LoopOrder.Recover : LoopOrder.GoOn;
    }

    void CountFailure(CallOutcome outcome, bool told)
    {
        if (!outcome.Succeeded)
        {
            failuresInARow++;
            successesInRecovery = 0;
            if (told && InRecovery) failuresInRecovery++;
            return;
        }
        // A result that was only repeated is neither a failure nor a step forward.
        if (!outcome.Fresh) return;
        failuresInARow = 0;
        if (told && InRecovery && ++successesInRecovery >= SuccessesToLeaveRecovery) InRecovery = false;
    }

    bool NoProgress(IReadOnlyList<CallOutcome> batch)
    {
        idleBatches = batch.Any(outcome => outcome.Fresh) ? 0 : idleBatches + 1;
        var key = string.Join('\n', batch.Select(outcome => $"{outcome.Signature} {outcome.Result}"));
        (sameBatches, lastBatch) = (key == lastBatch ? sameBatches + 1 : 1, key);
        foreach (var outcome in batch)
        {
            results++;
            recent.Enqueue((outcome.Signature, !seen.Add((outcome.Signature, outcome.Result))));
            if (recent.Count > ResultsBeforeRepetitionCounts) recent.Dequeue();
        }
        if (idleBatches >= BatchesWithoutExecution) return true;
        if (results < ResultsBeforeRepetitionCounts) return false;
        return sameBatches >= SameBatches
            || recent.All(result => result.Repeated) && recent.Select(result => result.Signature).Distinct(StringComparer.Ordinal).Count() <= FewSignatures;
    }
}
