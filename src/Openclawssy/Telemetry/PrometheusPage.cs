using System.Globalization;
using System.Text;

namespace Openclawssy.Telemetry;

/// <summary>Figures in the text format Prometheus scrapes (https://prometheus.io/docs/instrumenting/exposition_formats/, version 0.0.4).</summary>
static class PrometheusPage
{
    public const string ContentType = "text/plain; version=0.0.4; charset=utf-8";

    /// <param name="gauges">What is measured at this moment.</param>
    public static string Of(IEnumerable<Counted> counters, IEnumerable<(string Name, string Help, double Value)> gauges)
    {
        var page = new StringBuilder();
        // Buckets, sum and count are one figure of the kind "histogram", and must stand together under its name.
        foreach (var family in counters.GroupBy(counter => Family(counter.Name)))
        {
            var isHistogram = family.Key != family.First().Name;
            Head(page, family.Key, family.First().Help, isHistogram ? "histogram" : "counter");
            foreach (var counter in family)
                foreach (var (values, number) in counter.All.OrderBy(one => isHistogram && one.Values is [var le] ? Bound(le) : 0))
                    page.Append(CultureInfo.InvariantCulture, $"{counter.Name}{Labels(counter.Labels, values)} {Number(number)}\n");
        }
        foreach (var (name, help, value) in gauges)
        {
            Head(page, name, help, "gauge");
            page.Append(CultureInfo.InvariantCulture, $"{name} {Number(value)}\n");
        }
        return page.ToString();
    }

    static string Family(string name) => name.EndsWith("_bucket", StringComparison.Ordinal) ? name[..^7] : name.EndsWith("_seconds_sum", StringComparison.Ordinal) ? name[..^4] : name.EndsWith("_seconds_count", StringComparison.Ordinal) ? name[..^6] : name;

    static double Bound(string le) => le == "+Inf" ? double.PositiveInfinity : double.Parse(le, CultureInfo.InvariantCulture);

    static void Head(StringBuilder page, string name, string help, string kind) => page.Append(CultureInfo.InvariantCulture, $"# HELP {name} {help}\n# TYPE {name} {kind}\n");

    static string Labels(IReadOnlyList<string> names, IReadOnlyList<string> values) =>
        names.Count == 0 ? "" : $"{{{string.Join(',', names.Zip(values, (name, value) => $"{name}=\"{Escaped(value)}\""))}}}";

    static string Escaped(string value) => value.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal);

    static string Number(double value) => value.ToString("R", CultureInfo.InvariantCulture);
}
