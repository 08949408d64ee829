using System.Diagnostics;
using Openclawssy.Runtime.Journal;
using Openclawssy.Runtime.Policy;
using Openclawssy.Runtime.Runs;
using Openclawssy.Runtime.Text;

namespace Openclawssy.Bench;

/// <summary>How long a start takes after so many runs were cut off at once: real runs whose last event is taken away, and a dead process that names them.</summary>
static class Interrupted
{
    public static async Task<TimeSpan> MeasureAsync(int runs)
    {
        var place = Directory.CreateTempSubdirectory("openclawssy-bench-").FullName;
        try
        {
            var agent = AgentId.Parse("default");
            using var model = new InstantModel(1, "fs.list", _ => "{}").Start();
            var world = new World(TimeProvider.System, name => name switch { "OPENCLAWSSY_BENCH_KEY" => "bench-key-0123456789", "XDG_STATE_HOME" => Path.Combine(place, "xdg"), _ => null },
                (where, problem) => throw new InvalidOperationException(where, problem), _ => null);
            Initialization.Run(world, place, null, agent, force: false, place);
            var state = Path.Combine(place, ".openclawssy");
            File.WriteAllText(Path.Combine(state, "config.json"),
                $$"""{ "model": { "provider": "generic", "name": "instant" }, "providers": { "generic": { "base_url": "{{model.BaseUrl}}", "api_key_env": "OPENCLAWSSY_BENCH_KEY" } } }""");
            var cut = new List<RunResult>();
            using (var installation = new Installation(world, place))
                for (var i = 0; i < runs; i++) cut.Add(await installation.Runner.RunAsync(new(agent, "work", "bench", Authority.Agent(agent), new("operator")), installation.SettingsOf(agent), [], default));
            foreach (var run in cut)
            {
                var journal = Path.Combine(run.Folder, JournalReader.FileName);
                File.WriteAllLines(journal, File.ReadAllLines(journal)[..^1]);
            }
            File.WriteAllLines(Path.Combine(state, "processes", "dead.lock"), cut.Select(run => $"{agent} {run.Id}"));
            using var next = new Installation(world, place);
            var began = Stopwatch.GetTimestamp();
            var closed = await next.Orphans.CloseAsync();
            var took = Stopwatch.GetElapsedTime(began);
            return closed.Count == runs ? took : throw new InvalidOperationException($"{closed.Count} of {runs} were closed");
        }
        finally { Directory.Delete(place, recursive: true); }
    }
}
