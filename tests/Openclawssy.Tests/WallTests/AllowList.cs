namespace Openclawssy.Tests.WallTests;

/// <summary>
/// What compiled code may refer to, one line a rule. From wide to exact: <c>Namespace.*</c>, <c>Namespace.Type</c>,
/// <c>Namespace.Type::Member</c>, <c>Namespace.Type::Member(ParameterTypes)</c>; a <c>-</c> before a line takes away. The most exact
/// line decides; of two that are equally exact the later, so that a room's own lines stand above the common ones; what no line
/// names is refused. Generic arity is not written. A type with a listed member may be named, but only its listed members used.
/// </summary>
sealed class AllowList
{
    readonly Dictionary<string, bool> rules = new(StringComparer.Ordinal);
    readonly HashSet<string> named = new(StringComparer.Ordinal);

    public AllowList(params IEnumerable<string>[] groups)
    {
        foreach (var line in groups.SelectMany(group => group))
        {
            var taken = line.StartsWith("- ", StringComparison.Ordinal);
            rules[taken ? line[2..] : line] = !taken;
            if (!taken && line.IndexOf("::", StringComparison.Ordinal) is var at and > 0) named.Add(line[..at]);
        }
    }

    public bool Allows(string symbol)
    {
        foreach (var form in MostExactFirst(symbol))
            if (rules.TryGetValue(form, out var allowed)) return allowed;
        return !symbol.Contains("::", StringComparison.Ordinal) && named.Contains(symbol);
    }

    static IEnumerable<string> MostExactFirst(string symbol)
    {
        yield return symbol;
        var type = symbol;
        if (symbol.IndexOf("::", StringComparison.Ordinal) is var member and > 0)
        {
            if (symbol.IndexOf('(', member) is var parameters and > 0) yield return symbol[..parameters];
            yield return type = symbol[..member];
        }
        // A nested type goes with the types around it.
        while (type.LastIndexOf('/') is var nested and > 0) yield return type = type[..nested];
        if (type.LastIndexOf('.') is var dot and > 0) yield return $"{type[..dot]}.*";
    }
}
