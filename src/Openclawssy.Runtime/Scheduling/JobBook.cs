using System.Collections.Immutable;
using System.Text.Json.Nodes;
using Openclawssy.Runtime.Text;

namespace Openclawssy.Runtime.Scheduling;

/// <summary>All jobs at one moment, by id. Immutable.</summary>
public sealed record JobBook
{
    public static JobBook Empty { get; } = new();

    /// <summary>While true nothing is started.</summary>
    public bool Paused { get; init; }

    internal ImmutableSortedDictionary<string, Job> ById { get; init; } = ImmutableSortedDictionary.Create<string, Job>(StringComparer.Ordinal);

    /// <summary>Members of the file this version does not know; they are kept.</summary>
    internal IReadOnlyList<KeyValuePair<string, JsonNode?>> Unknown { get; init; } = [];

    public IReadOnlyCollection<Job> Jobs => [.. ById.Values];

    public Job? Find(JobId id) => ById.GetValueOrDefault(id.ToString());

    public JobBook With(Job job) => this with { ById = ById.SetItem(job.Id.ToString(), job) };

    public JobBook Without(JobId id) => this with { ById = ById.Remove(id.ToString()) };
}
