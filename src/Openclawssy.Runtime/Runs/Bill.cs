using Openclawssy.Runtime.Journal;
using Openclawssy.Runtime.Models;

namespace Openclawssy.Runtime.Runs;

/// <summary>
/// What the model calls of a run used and cost together. One call that did not tell makes the sum unknown: a sum of what
/// happens to be known would be taken for the whole.
/// </summary>
sealed record Bill(ModelUsage? Usage, decimal? CostUsd)
{
    /// <summary>A run no model worked for has none.</summary>
    public static Bill Of(Story story)
    {
        List<ModelUsage> used = [];
        decimal? cost = 0;
        var open = false;
        foreach (var entry in story.Entries)
        {
            switch (entry.Event)
            {
                case ModelRequested: open = true; continue;
                case ModelAnswered answer:
                    used.Add(answer.Usage ?? Untold);
                    cost += answer.CostUsd;
                    break;
                // Known to have cost nothing: no model worked for it.
                case ModelFailed { Usage: null, CostUsd: 0 }: break;
                case ModelFailed failure:
                    used.Add(failure.Usage ?? Untold);
                    cost += failure.CostUsd;
                    break;
                default: continue;
            }
            open = false;
        }
        // Broken off by the run's end: the model worked, and nobody was told how much.
        if (open) (used, cost) = ([.. used, Untold], null);
        return used.Count == 0 ? new(null, null) : new(Sum(used), cost);
    }

    static ModelUsage Untold { get; } = new(null, null, null);

    static ModelUsage? Sum(List<ModelUsage> used)
    {
        var sum = new ModelUsage(Sum(used, usage => usage.Input), Sum(used, usage => usage.Output), Sum(used, usage => usage.Total),
            Sum(used, usage => usage.CachedInput), Sum(used, usage => usage.Reasoning));
        return sum == Untold ? null : sum;
    }

    static long? Sum(List<ModelUsage> used, Func<ModelUsage, long?> count)
    {
        long? sum = 0;
        foreach (var usage in used) sum += count(usage);
        return sum;
    }
}
