using Microsoft.Extensions.AI;
using Openclawssy.Runtime.Context;
using Openclawssy.Runtime.Journal;
using Openclawssy.Runtime.Models;
using Openclawssy.Runtime.Policy;
using Openclawssy.Runtime.Text;

namespace Openclawssy.Runtime.Runs;

/// <summary>
/// One question to the model: the request is journaled with the hash of the bytes sent before they are sent, text as it
/// arrives, and the answer or the failure at the end.
/// </summary>
sealed class ModelTurn(IChatClient model, RunJournal journal, TimeProvider clock, LoopSettings settings)
{
    /// <returns>The answer's entry and its calls as they may be written and shown.</returns>
    public async Task<(JournalEntry Entry, IReadOnlyList<CapturedCall> Calls)> AskAsync(
        Question question, ISet<string> usedIds, Func<ModelCall, CapturedCall> capture, CancellationToken cancellationToken)
    {
        var witness = new WireRecorder(journal, clock, question, settings.Scrub);
        var request = OptionsOf(question.Options, question.Offered);
        request.SetWitness(witness);
        request.SetTimeLeft(settings.TimeLeft);

        var began = clock.GetTimestamp();
        var batches = new TextBatches(journal, clock, question);
        var assembler = new AnswerAssembler(question.Turn, usedIds);
        // A known value may come cut in two; what could be the beginning of one waits for the rest.
        var pieces = settings.Pieces();
        try
        {
            await using var updates = model.GetStreamingResponseAsync(question.Messages, request, cancellationToken).GetAsyncEnumerator(cancellationToken);
            while (await NextAsync(updates, batches, cancellationToken))
            {
                await witness.EnsureAsync();
                assembler.Add(updates.Current);
                foreach (var content in updates.Current.Contents)
                    if (content is TextContent text) await batches.AddAsync(pieces.Push(text.Text).Text);
            }
            await batches.AddAsync(pieces.Finish().Text);
            await batches.FlushAsync();
        }
        catch (ModelException failure)
        {
            await batches.AddAsync(pieces.Finish().Text);
            await batches.FlushAsync();
            await witness.EnsureAsync();
            await journal.WriteAsync(witness.Failure(failure), default);
            throw;
        }

        var answer = assembler.Finish();
        var calls = answer.Calls.Select(call => capture(call with { Arguments = settings.Scrub(call.Arguments) })).ToList();
        var entry = await journal.WriteAsync(new ModelAnswered(
            question.Turn, batches.Written, Kept(answer.Thinking), [.. calls.Select(call => call.Shown)], answer.FinishReason,
            answer.Usage, answer.AnsweredBy, answer.Extra, (long)clock.GetElapsedTime(began).TotalMilliseconds, new("model", answer.AnsweredBy ?? witness.Target.Model),
            answer.CostUsd, question.Purpose), default);
        return (entry, calls);
    }

    /// <summary>Thinking is never sent again, so it is masked like everything else that is only looked at.</summary>
    string? Kept(string? thinking) => thinking is null ? null : Truncation.Chars(Redactor.Redact(settings.Scrub(thinking)).Text, settings.MaxThinkingChars);

    /// <summary>The request's options as the journal keeps them and the wire takes them: the one translation, for replay too.</summary>
    internal static ChatOptions OptionsOf(ModelOptions options, OfferedTools? offered) => new()
    {
        ModelId = options.Model,
        MaxOutputTokens = options.MaxTokens,
        Temperature = (float?)options.Temperature,
        Tools = offered?.Declarations,
        ToolMode = options.ToolChoice == "none" && offered?.Declarations is not null ? ChatToolMode.None : null,
    };

    /// <summary>Waits for the next piece, but writes text that has waited long enough meanwhile.</summary>
    async ValueTask<bool> NextAsync(IAsyncEnumerator<ChatResponseUpdate> updates, TextBatches batches, CancellationToken cancellationToken)
    {
        var next = updates.MoveNextAsync();
        if (next.IsCompleted) return await next;
        var pending = next.AsTask();
        while (batches.Remaining is { } left)
        {
            using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            var timer = Task.Delay(left, clock, stop.Token);
            if (await Task.WhenAny(pending, timer) == pending)
            {
                await stop.CancelAsync();
                break;
            }
            await batches.FlushAsync();
        }
        return await pending;
    }
}

/// <summary>What a model is asked.</summary>
/// <param name="Parts">Events the messages follow from, in order.</param>
/// <param name="Offered">Null when no tools are shown at all.</param>
/// <param name="Purpose">Null for a turn of the run; <c>summary</c> for a question of the runtime's own, which nobody is shown.</param>
sealed record Question(int Turn, IReadOnlyList<long> Parts, IReadOnlyList<ChatMessage> Messages, ModelOptions Options, OfferedTools? Offered, string? Purpose = null);
