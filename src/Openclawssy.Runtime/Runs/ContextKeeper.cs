using Openclawssy.Runtime.Context;
using Openclawssy.Runtime.Journal;
using Openclawssy.Runtime.Models;

namespace Openclawssy.Runtime.Runs;

/// <summary>Keeps a run's conversation within its model's window. Whatever it leaves out is written into the journal first.</summary>
sealed class ContextKeeper(RunJournal journal, ContextBudget budget, ISummariser? summariser)
{
    /// <summary>Makes room where it is needed. When this returns, the conversation fits and leaves room for the answer.</summary>
    /// <exception cref="ModelException"><c>model.context_too_long</c>: documents and message alone are larger than the window.</exception>
    public async Task FitAsync(int turn, Conversation conversation, CancellationToken cancellationToken)
    {
        var plan = ContextPlan.For(conversation.Parts, budget);
        if (!plan.Fits) throw TooLong(plan);
        if (plan.IsNothing) return;

        var covers = plan.Covers.ToHashSet();
        var covered = conversation.Parts.Where(part => covers.Contains(part.Seq)).ToList();
        var words = covered.Count > 0 && summariser is not null && budget.Window >= SummaryRequest.SmallestWindow
            ? await summariser.SummariseAsync(turn, covered, cancellationToken)
            : null;
        var summary = covered.Count == 0 ? null : Digest.Of(covered, words, ContextPlan.SummaryTokens(budget));
        var entry = await journal.WriteAsync(new ContextCompacted(
            turn, plan.Covers, summary, summary is null ? null : string.IsNullOrWhiteSpace(words) ? "digest" : "model", plan.Shortened, conversation.Tokens, plan.Tokens), cancellationToken);
        conversation.Compact(entry.Seq);
    }

    /// <summary>After the server found a request too long: demands less until something has to go. False when nothing can.</summary>
    public bool TryTighten(Conversation conversation)
    {
        for (var i = 0; i < ContextBudget.MaxHalvings; i++)
        {
            budget.Halve();
            var plan = ContextPlan.For(conversation.Parts, budget);
            if (!plan.IsNothing) return plan.Fits;
        }
        return false;
    }

    /// <summary>Takes note of what the server counted for a request.</summary>
    public void Learn(ModelUsage? usage, Conversation conversation) => budget.Learn(usage?.Input, conversation.Tokens);

    ModelException TooLong(ContextPlan plan) => new(ModelErrorCodes.ContextTooLong,
        $"the agent's documents and the message take about {plan.Tokens} tokens, but the model has room for {budget.Room}; shorten them, or set model.context_window to what the model really holds");
}
