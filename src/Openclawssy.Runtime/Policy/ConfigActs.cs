using Openclawssy.Runtime.Config;

namespace Openclawssy.Runtime.Policy;

/// <summary>What the audit keeps of a change of the configuration: one record a key that has another value now.</summary>
public static class ConfigActs
{
    public static void RecordIn(this ConfigStep step, ActRecord record, string actor, IReadOnlyList<ConfigChange> changes)
    {
        if (!step.IsWritten) return;
        foreach (var path in changes.Select(change => change.Path).DistinctBy(path => path.ToString()))
        {
            // As it is shown: a secret is "[set]" before and after, and never in the audit.
            var (before, after) = (ConfigView.Value(step.Before, path), ConfigView.Value(step.After, path));
            if (before != after) record(actor, "config.changed", ("field", path.ToString()), ("before", before), ("after", after));
        }
    }
}
