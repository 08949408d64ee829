using System.Collections.Concurrent;

namespace Openclawssy.Telemetry;

/// <summary>One figure, by its labels: a number that only grows. Safe for several threads.</summary>
/// <param name="name">As it is scraped, for example <c>openclawssy_runs_total</c>.</param>
/// <param name="help">For people, half a sentence.</param>
/// <param name="labels">Names of the labels, in the order <see cref="Add"/> gets their values.</param>
sealed class Counted(string name, string help, params string[] labels)
{
    /// <summary>Different label values that are kept; more are counted together under "other". A model cannot make figures without end.</summary>
    const int MaxSeries = 500;

    readonly ConcurrentDictionary<string, Series> series = new(StringComparer.Ordinal);

    public string Name => name;
    public string Help => help;
    public IReadOnlyList<string> Labels => labels;

    public void Add(double by, params ReadOnlySpan<string> values)
    {
        var key = string.Join('\n', values);
        if (!series.TryGetValue(key, out var one))
        {
            var kept = series.Count < MaxSeries ? values.ToArray() : [.. Enumerable.Repeat("other", values.Length)];
            one = series.GetOrAdd(string.Join('\n', kept), _ => new(kept));
        }
        one.Add(by);
    }

    public IEnumerable<(IReadOnlyList<string> Values, double Number)> All => series.Values.Select(one => ((IReadOnlyList<string>)one.Values, one.Number));

    sealed class Series(string[] values)
    {
        double number;
        public string[] Values => values;
        public double Number => Volatile.Read(ref number);

        public void Add(double by)
        {
            for (var seen = Volatile.Read(ref number); ;)
            {
                var before = Interlocked.CompareExchange(ref number, seen + by, seen);
                if (before.Equals(seen)) return;
                seen = before;
            }
        }
    }
}
