using System.Globalization;
using System.Text;
using Microsoft.Extensions.AI;

namespace Openclawssy.Runtime.Models;

/// <summary>Puts a streamed answer together. However the stream was cut into updates, the answer is the same.</summary>
/// <param name="turn">Number of the turn, for the ids of calls that came without a usable one.</param>
/// <param name="usedIds">Ids taken earlier in the run; ids given out here are added, so that none repeats.</param>
public sealed class AnswerAssembler(int turn, ISet<string>? usedIds = null)
{
    /// <summary>Longest call id taken over from a server, in characters.</summary>
    const int MaxIdLength = 128;

    readonly ISet<string> usedIds = usedIds ?? new HashSet<string>(StringComparer.Ordinal);
    readonly StringBuilder text = new();
    readonly StringBuilder thinking = new();
    readonly List<ModelCall> calls = [];
    string? finishReason;
    string? answeredBy;
    string? extra;
    ModelUsage? usage;
    decimal? cost;

    /// <exception cref="ModelException"><c>model.bad_response</c> when a client reports an error as content.</exception>
    public void Add(ChatResponseUpdate update)
    {
        foreach (var content in update.Contents)
        {
            switch (content)
            {
                // TextReasoningContent is no TextContent; the order of these two does not matter.
                case TextReasoningContent thought: thinking.Append(thought.Text); break;
                case TextContent part: text.Append(part.Text); break;
                case FunctionCallContent call:
                    calls.Add(new(IdFor(call.CallId), call.Name, call.GetArgumentsText() ?? ArgumentsText.Of(call.Arguments), call.GetExtra(), call.GetRejection()));
                    break;
                case UsageContent counts: usage = usage is null ? ModelUsage.Of(counts.Details) : usage.And(ModelUsage.Of(counts.Details)); break;
                case ErrorContent error: throw new ModelException(ModelErrorCodes.BadResponse, $"the model's client reported an error: {error.Message}");
            }
        }
        finishReason = update.FinishReason?.Value ?? finishReason;
        answeredBy ??= update.ModelId;
        extra = update.GetExtra() ?? extra;
        cost = update.GetCost() ?? cost;
    }

    public ModelAnswer Finish() =>
        new(text.ToString(), thinking.Length == 0 ? null : thinking.ToString(), calls.ToArray(), finishReason, usage, answeredBy, extra, cost);

    string IdFor(string? given)
    {
        if (IsUsable(given) && usedIds.Add(given!)) return given!;
        for (var number = calls.Count + 1; ; number++)
        {
            var made = string.Create(CultureInfo.InvariantCulture, $"call_{turn}_{number}");
            if (usedIds.Add(made)) return made;
        }
    }

    static bool IsUsable(string? id)
    {
        if (string.IsNullOrEmpty(id) || id.Length > MaxIdLength) return false;
        foreach (var c in id)
            if (c is <= ' ' or > '~') return false;
        return true;
    }
}
