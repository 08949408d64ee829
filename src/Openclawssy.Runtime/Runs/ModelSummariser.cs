using Microsoft.Extensions.AI;
using Openclawssy.Runtime.Context;
using Openclawssy.Runtime.Journal;
using Openclawssy.Runtime.Models;

namespace Openclawssy.Runtime.Runs;

/// <summary>Asks the run's own model for the summary, through the same door and into the same journal as every other question.</summary>
sealed class ModelSummariser(ModelTurn question, Story story, ModelOptions options) : ISummariser
{
    public const string Purpose = "summary";

    /// <summary>Longest summary, in tokens.</summary>
    const int MaxTokens = 1000;

    /// <returns>Null when the model could not be asked or said nothing; the run goes on without its words.</returns>
    public async Task<string?> SummariseAsync(int turn, IReadOnlyList<Part> covered, CancellationToken cancellationToken)
    {
        try
        {
            var (entry, _) = await question.AskAsync(
                new(turn, [.. covered.Select(part => part.Seq)], SummaryRequest.Of(covered), options with { MaxTokens = Math.Min(MaxTokens, options.MaxTokens) }, null, Purpose),
                new HashSet<string>(StringComparer.Ordinal), call => throw Refused(call), cancellationToken);
            return story.TextOf((ModelAnswered)entry.Event);
        }
        catch (ModelException)
        {
            return null;
        }
    }

    // It was offered no tools, so a call is nonsense; nothing of it is kept.
    static ModelException Refused(ModelCall call) => new(ModelErrorCodes.BadResponse, $"the model answered a question for a summary with a call of {call.Name}");
}
