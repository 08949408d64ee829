using Microsoft.Extensions.AI;
using Openclawssy.Runtime.Context;
using Openclawssy.Runtime.Journal;
using Openclawssy.Runtime.Models;
using Openclawssy.Runtime.Policy;

namespace Openclawssy.Runtime.Runs;

/// <summary>What stopped the loop.</summary>
/// <param name="OutputFrom">The event that holds the answer, or null when the loop writes <paramref name="Output"/> itself.</param>
public sealed record LoopEnd(string State, string? Reason, long? OutputFrom, string? Output, string? Error, int Turns);

/// <summary>Ask the model, do what it asks, tell it what happened; until it answers, or the guard says that nothing comes of it any more.</summary>
sealed class RunLoop(ModelTurn model, ToolGate gate, CallBatch batch, ContextKeeper context, RunJournal journal, Story story, LoopSettings settings)
{
    /// <summary>Answers without a word and without a call that are asked for again.</summary>
    public const int MaxEmptyAnswers = 2;

    /// <summary>How often a request the server finds too long is made shorter.</summary>
    public const int MaxShortenings = 3;

    readonly LoopGuard guard = new();
    readonly HashSet<string> ids = new(StringComparer.Ordinal);

    public async Task<LoopEnd> RunAsync(Conversation conversation, OfferedTools offered, CancellationToken cancellationToken)
    {
        var empty = 0;
        // Calls of earlier runs are in the conversation too; no new one may have the id of one of them.
        foreach (var call in conversation.Messages.SelectMany(message => message.Contents).OfType<FunctionCallContent>()) ids.Add(call.CallId);
        for (var turn = 1; turn <= settings.MaxIterations; turn++)
        {
            var (answer, calls) = await AskAsync(turn, conversation, offered, settings.Options, cancellationToken);
            if (calls.Count == 0)
            {
                if (!IsEmpty(answer)) return new(RunStates.Completed, null, answer.Seq, null, null, turn);
                if (++empty > MaxEmptyAnswers) throw new ModelException(ModelErrorCodes.BadResponse, $"the model gave an empty answer {empty} times; try again or another model");
                await TellAsync(turn, conversation, Guidance.EmptyAnswer, cancellationToken);
                continue;
            }

            conversation.Add(answer.Seq);
            var answered = await batch.RunAsync(calls, ((ModelAnswered)answer.Event).Origin, answer.Seq, cancellationToken);
            foreach (var call in answered) conversation.Add(call.Entry.Seq);
            cancellationToken.ThrowIfCancellationRequested();

            switch (guard.After([.. answered.Select(call => call.Outcome).OfType<CallOutcome>()]))
            {
                case LoopOrder.AskPerson: return new(RunStates.NeedsInput, null, null, Guidance.ForPerson(story), Guidance.NeedsInput, turn);
                case LoopOrder.AnswerNow: return await LastAnswerAsync(turn + 1, RunReasons.NoProgress, conversation, offered, cancellationToken);
                case LoopOrder.Recover: await TellAsync(turn, conversation, Guidance.Recovery, cancellationToken); break;
                default: break;
            }
        }
        return await LastAnswerAsync(settings.MaxIterations + 1, RunReasons.IterationLimit, conversation, offered, cancellationToken);
    }

    /// <summary>One question without tools. Whatever comes back, nothing is run any more.</summary>
    async Task<LoopEnd> LastAnswerAsync(int turn, string reason, Conversation conversation, OfferedTools offered, CancellationToken cancellationToken)
    {
        await TellAsync(turn - 1, conversation, Guidance.LastAnswer(reason), cancellationToken);
        var why = Guidance.WhyEnded(reason, settings.MaxIterations);
        try
        {
            var (answer, _) = await AskAsync(turn, conversation, offered, settings.Options with { ToolChoice = "none" }, cancellationToken);
            if (!IsEmpty(answer)) return new(RunStates.Completed, reason, answer.Seq, null, null, turn);
        }
        // The run ends either way; what the model's server said is in the journal.
        catch (ModelException) { }
        return new(RunStates.Failed, reason, null, LatestResults.Of(story), $"{why}, and no last answer came; the latest results are in the output", turn);
    }

    async Task<(JournalEntry Entry, IReadOnlyList<CapturedCall> Calls)> AskAsync(
        int turn, Conversation conversation, OfferedTools offered, ModelOptions options, CancellationToken cancellationToken)
    {
        for (var shortenings = 0; ; shortenings++)
        {
            await context.FitAsync(turn, conversation, cancellationToken);
            try
            {
                var answer = await model.AskAsync(new(turn, conversation.Numbers, conversation.Messages, options, offered), ids, gate.Capture, cancellationToken);
                context.Learn(((ModelAnswered)answer.Entry.Event).Usage, conversation);
                return answer;
            }
            catch (ModelException refused) when (refused.Code == ModelErrorCodes.ContextTooLong && shortenings < MaxShortenings)
            {
                // The refusal is in the journal; asked again only if there is something to leave out.
                if (!context.TryTighten(conversation)) throw;
            }
        }
    }

    async Task TellAsync(int turn, Conversation conversation, (string Kind, string Text) guidance, CancellationToken cancellationToken) =>
        conversation.Add((await journal.WriteAsync(new GuidanceGiven(turn, guidance.Kind, guidance.Text), cancellationToken)).Seq);

    bool IsEmpty(JournalEntry answer) => string.IsNullOrWhiteSpace(story.TextOf((ModelAnswered)answer.Event));
}

/// <param name="MaxIterations">Model turns with tools before the model is asked for a last answer.</param>
/// <param name="Pieces">Takes known secret values out of a text that arrives in pieces.</param>
/// <param name="TimeLeft">How long until the run's own limit.</param>
public sealed record LoopSettings(ModelOptions Options, int MaxIterations, int MaxThinkingChars, Func<string, string> Scrub, Func<ScrubbedPieces> Pieces, Func<TimeSpan>? TimeLeft = null);
