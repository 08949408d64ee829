using System.Diagnostics;
using Openclawssy.Runtime.Policy;
using Openclawssy.Runtime.Runs;
using Openclawssy.Runtime.Text;

namespace Openclawssy.Bench;

/// <summary>
/// Many runs in one process, each with a tool call, bundle, audit and conversation-less: what stays behind after each is the
/// slope. On the everyday build, because a native program cannot be asked from inside; the code is the same.
/// </summary>
static class ManyRuns
{
    /// <returns>Live managed memory after the first tenth and at the end, in KiB, and what a thousand runs add by the straight line through all readings.</returns>
    public static async Task<(double First, double Last, double SlopePerThousand)> MeasureAsync(string place, int runs)
    {
        using var model = new InstantModel(1, "fs.list", _ => "{}").Start();
        File.WriteAllText(Path.Combine(place, ".openclawssy", "config.json"),
            $$"""{ "model": { "provider": "generic", "name": "instant" }, "providers": { "generic": { "base_url": "{{model.BaseUrl}}", "api_key_env": "OPENCLAWSSY_BENCH_KEY" } } }""");
        var world = new World(TimeProvider.System, name => name switch { "OPENCLAWSSY_BENCH_KEY" => "bench-key-0123456789", "XDG_STATE_HOME" => Path.Combine(place, "xdg"), _ => null },
            (where, problem) => throw new InvalidOperationException(where, problem), _ => null);
        using var installation = new Installation(world, place);
        var agent = AgentId.Parse("default");
        var settings = installation.SettingsOf(agent);
        var readings = new List<(double Runs, double KiB)>();
        for (var done = 0; done < runs;)
        {
            for (var i = 0; i < runs / 10; i++, done++)
            {
                var run = await installation.Runner.RunAsync(new(agent, "work", "bench", Authority.Agent(agent), new("operator")), settings, [], default);
                if (run.State != RunStates.Completed) throw new InvalidOperationException(run.Error);
            }
            GC.Collect();
            GC.WaitForPendingFinalizers();
            GC.Collect();
            readings.Add((done, GC.GetTotalMemory(forceFullCollection: true) / 1024.0));
        }
        return (readings[0].KiB, readings[^1].KiB, Slope(readings) * 1000);
    }

    static double Slope(List<(double X, double Y)> points)
    {
        var (x, y) = (points.Average(point => point.X), points.Average(point => point.Y));
        return points.Sum(point => (point.X - x) * (point.Y - y)) / points.Sum(point => (point.X - x) * (point.X - x));
    }
}
