namespace Openclawssy.Cli;

/// <summary>Finds what a person probably meant to type.</summary>
static class Nearest
{
    /// <summary>The known name within a third of the typed length (at least one slip, at most three), or null.</summary>
    public static string? To(string typed, IEnumerable<string> names)
    {
        string? best = null;
        var bestDistance = Math.Clamp(typed.Length / 3, 1, 3) + 1;
        foreach (var name in names)
        {
            var distance = name.StartsWith(typed, StringComparison.Ordinal) && typed.Length >= 2 ? 1 : Distance(typed, name);
            if (distance < bestDistance) (best, bestDistance) = (name, distance);
        }
        return best;
    }

    // Edits to get from one word to the other: insert, delete, replace, or swap two neighbours.
    static int Distance(string a, string b)
    {
        if (Math.Abs(a.Length - b.Length) > 3) return int.MaxValue;
        var cost = new int[a.Length + 1, b.Length + 1];
        for (var i = 0; i <= a.Length; i++) cost[i, 0] = i;
        for (var j = 0; j <= b.Length; j++) cost[0, j] = j;
        for (var i = 1; i <= a.Length; i++)
            for (var j = 1; j <= b.Length; j++)
            {
                var replace = cost[i - 1, j - 1] + (char.ToLowerInvariant(a[i - 1]) == char.ToLowerInvariant(b[j - 1]) ? 0 : 1);
                cost[i, j] = Math.Min(replace, Math.Min(cost[i - 1, j], cost[i, j - 1]) + 1);
                if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) cost[i, j] = Math.Min(cost[i, j], cost[i - 2, j - 2] + 1);
            }
        return cost[a.Length, b.Length];
    }
}
