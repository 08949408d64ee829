namespace Openclawssy.Tests.WallTests;

/// <summary>Compares what compiled code refers to with what it may.</summary>
static class WallCheck
{
    /// <param name="wallOf">The list of rules of an outermost type, by its full name.</param>
    public static IReadOnlyList<Reference> Breaches(IEnumerable<Reference> references, Func<string, AllowList> wallOf) =>
        [.. references.Where(reference => !reference.IsOwn && !wallOf(reference.Type).Allows(reference.Symbol)).OrderBy(reference => reference.ToString(), StringComparer.Ordinal)];

    /// <summary>Types that derive from the serializer's context: their generated halves name members for it.</summary>
    public static IReadOnlySet<string> JsonContextsIn(IEnumerable<Reference> references) => references
        .Where(reference => reference.Symbol.StartsWith("System.Text.Json.Serialization.JsonSerializerContext::.ctor", StringComparison.Ordinal))
        .Select(reference => reference.Type).ToHashSet();
}
