using Microsoft.Extensions.AI;
using Openclawssy.Runtime.Journal;
using Openclawssy.Runtime.Toolkit;

namespace Openclawssy.Runtime.Runs;

/// <summary>What stopped the loop.</summary>
/// <param name="OutputFrom">The event that holds the answer, or null when the loop writes <paramref name="Output"/> itself.</param>
public sealed record LoopEnd(string State, string? Reason, long? OutputFrom, string? Output, string? Error, int Turns);

/// <summary>Ask the model, do what it asks, tell it what happened; until it answers.</summary>
public sealed class RunLoop(IChatClient model, ToolGate gate, RunJournal journal, Story story, TimeProvider clock, LoopSettings settings)
{
    /// <summary>Tool calls accepted in one model turn; more are answered with an error the model can see.</summary>
    public const int MaxCallsPerTurn = 12;

    public async Task<LoopEnd> RunAsync(Conversation conversation, OfferedTools offered, CancellationToken cancellationToken)
    {
        var question = new ModelTurn(model, journal, clock, settings, offered);
        var ids = new HashSet<string>(StringComparer.Ordinal);
        for (var turn = 1; turn <= settings.MaxIterations; turn++)
        {
            var (answer, calls) = await question.AskAsync(turn, conversation, ids, gate.Capture, cancellationToken);
            if (calls.Count == 0) return new(RunStates.Completed, null, answer.Seq, null, null, turn);

            conversation.Add(answer.Seq);
            var origin = ((ModelAnswered)answer.Event).Origin;
            for (var i = 0; i < calls.Count; i++)
            {
                var result = i < MaxCallsPerTurn
                    ? await gate.CallAsync(calls[i], origin, answer.Seq, cancellationToken)
                    : await gate.RefuseAsync(calls[i], origin, answer.Seq, $"only {MaxCallsPerTurn} calls are accepted in one turn; ask for this one again in the next", cancellationToken);
                conversation.Add(result.Seq);
                cancellationToken.ThrowIfCancellationRequested();
            }
        }
        return new(RunStates.Failed, RunReasons.IterationLimit, null, LatestResults.Of(story),
            $"the model still wanted tools after {settings.MaxIterations} turns; the latest results are in the output", settings.MaxIterations);
    }
}

/// <param name="MaxIterations">Model turns with tools before the run ends as <c>failed : iteration_limit</c>.</param>
/// <param name="TimeLeft">How long until the run's own limit.</param>
public sealed record LoopSettings(ModelOptions Options, int MaxIterations, int MaxThinkingChars, Func<string, string> Scrub, Func<TimeSpan>? TimeLeft = null);
