namespace Openclawssy.Runtime.Text;

/// <summary>Guesses which known name a person meant: edit distance with swapped neighbours, ignoring case and <c>-</c> against <c>_</c>.</summary>
public static class NearestName
{
    /// <summary>Longer names are not compared: nobody mistypes them, and an attacker may have written them.</summary>
    public const int MaxLength = 64;

    /// <summary>The nearest candidate, or null when none is near enough to be a slip of the fingers.</summary>
    public static string? Find(string given, IEnumerable<string> candidates)
    {
        if (given.Length is 0 or > MaxLength) return null;
        string? best = null, begun = null;
        var bestDistance = Math.Min(3, (given.Length + 2) / 4) + 1;
        var begunBy = 0;
        foreach (var candidate in candidates)
        {
            if (candidate.Length is 0 or > MaxLength) continue;
            if (given.Length >= 3 && candidate.StartsWith(given, StringComparison.OrdinalIgnoreCase) && ++begunBy == 1) begun = candidate;
            var distance = Math.Abs(candidate.Length - given.Length) < bestDistance ? Distance(given, candidate) : int.MaxValue;
            if (distance >= bestDistance) continue;
            (best, bestDistance) = (candidate, distance);
        }
        return best ?? (begunBy == 1 ? begun : null);
    }

    /// <summary><c>; did you mean "name"?</c>, or nothing: made to be put at the end of a sentence.</summary>
    public static string Hint(string given, IEnumerable<string> candidates) =>
        Find(given, candidates) is { } name ? $"; did you mean \"{name}\"?" : "";

    static int Distance(string a, string b)
    {
        // Three rows of the usual table: the one being filled and the two before it.
        Span<int> rows = stackalloc int[3 * (MaxLength + 1)];
        var before = rows[..(MaxLength + 1)];
        var previous = rows.Slice(MaxLength + 1, MaxLength + 1);
        var current = rows[(2 * (MaxLength + 1))..];
        for (var j = 0; j <= b.Length; j++) previous[j] = j;
        for (var i = 1; i <= a.Length; i++)
        {
            current[0] = i;
            for (var j = 1; j <= b.Length; j++)
            {
                var cost = Fold(a[i - 1]) == Fold(b[j - 1]) ? 0 : 1;
                current[j] = Math.Min(Math.Min(current[j - 1], previous[j]) + 1, previous[j - 1] + cost);
                if (i > 1 && j > 1 && Fold(a[i - 1]) == Fold(b[j - 2]) && Fold(a[i - 2]) == Fold(b[j - 1]))
                    current[j] = Math.Min(current[j], before[j - 2] + 1);
            }
            var free = before;
            before = previous;
            previous = current;
            current = free;
        }
        return previous[b.Length];
    }

    static char Fold(char c) => c == '-' ? '_' : char.ToLowerInvariant(c);
}
