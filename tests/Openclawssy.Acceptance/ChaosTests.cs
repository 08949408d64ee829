using System.Diagnostics;
using System.Text;
using System.Text.Json;
using Openclawssy.TestKit;
using Xunit;

namespace Openclawssy.Acceptance;

/// <summary>
/// The program killed without warning while several runs are at work. After the next start no run is left running, what was shown
/// is in the journal, every bundle is whole, conversations hold what was acknowledged, and the audit is intact.
/// </summary>
public sealed class ChaosTests
{
    const int AtOnce = 3;

    [Fact]
    public async Task A_process_killed_at_any_point_under_load_leaves_nothing_running_nothing_shown_lost_and_no_half_bundle()
    {
        if (!Binary.IsBuilt)
        {
            Assert.False(Binary.IsRequired, $"{Binary.Path} is not there");
            Assert.Skip("the program is not built; run make build");
        }
        using var folder = new TempFolder();
        await using var server = await FakeModelServer.StartAsync();
        var chance = new Random(Campaign.Seed);
        Prepare(folder, server);
        await RunAsync(folder, "init");
        File.WriteAllText(folder[".openclawssy/config.json"], $$"""{ "model": { "provider": "generic", "name": "m" }, "providers": { "generic": { "base_url": "{{server.BaseUrl}}" } } }""");

        var kills = 0;
        for (var round = 0; round < Campaign.Scale(6, 170); round++)
        {
            var killAfter = Enumerable.Range(0, AtOnce).Select(_ => chance.Next(1, 9)).ToList();
            var shown = await Task.WhenAll(Enumerable.Range(0, AtOnce).Select(i => KilledAsync(folder, server, $"r{round}-{i}", killAfter[i], chance.Next(0, 25))));
            kills += shown.Count(run => run.Killed);

            // The next start: any command that runs agents closes what was left.
            server.Says("back");
            await RunAsync(folder, "ask", "are you there?");
            foreach (var run in shown) Check(folder, run);
            Assert.Empty(Directory.EnumerateFiles(folder[".openclawssy/processes"]));
            foreach (var meta in Directory.EnumerateFiles(folder[".openclawssy/agents/default/runs"], "meta.json", SearchOption.AllDirectories))
                Assert.DoesNotContain("\"status\": \"running\"", await File.ReadAllTextAsync(meta), StringComparison.Ordinal);
            Assert.Empty(Directory.EnumerateFiles(folder[".openclawssy/agents"], ".*.replacing", SearchOption.AllDirectories));
        }
        var verdict = await CommandRun.StartAsync(["audit", "verify"], folder.Path, Environment(folder), "", null);
        Assert.True(verdict.ExitCode == 0, verdict.ToString());
        Assert.True(kills > 0, "no process was ever killed in time");
    }

    sealed record Shown(string? Run, string Text, bool Killed);

    /// <summary>Starts a run and kills it a moment after its model was asked for the given number of times.</summary>
    static async Task<Shown> KilledAsync(TempFolder folder, FakeModelServer server, string name, int afterRequests, int milliseconds)
    {
        var start = new ProcessStartInfo(Binary.Path, ["run", "--message", $"work {name}"])
        {
            WorkingDirectory = folder.Path,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardOutputEncoding = Encoding.UTF8,
        };
        start.Environment.Clear();
        foreach (var (key, value) in Environment(folder)) start.Environment[key] = value;
        using var process = Process.Start(start)!;
        var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        using var asked = new CancellationTokenSource();
        var killing = KillAsync();
        await process.WaitForExitAsync();
        await asked.CancelAsync();
        var killed = await killing;
        var run = (await error).Split('\n').FirstOrDefault(line => line.StartsWith("run run_", StringComparison.Ordinal))?[4..].Trim();
        return new(run, await output, killed);

        async Task<bool> KillAsync()
        {
            while (server.Requests.Count(request => request.Text.Contains($"work {name}\"", StringComparison.Ordinal)) < afterRequests)
            {
                try { await Task.Delay(3, asked.Token); }
                catch (OperationCanceledException) { return false; }
            }
            // Anywhere in the turn that follows; this is what makes the point of the kill random.
            await Task.Delay(milliseconds, CancellationToken.None);
            try
            {
                process.Kill();
                return true;
            }
            catch (InvalidOperationException) { return false; }
        }
    }

    static void Check(TempFolder folder, Shown shown)
    {
        // Killed before it said its name: nothing was acknowledged.
        if (shown.Run is null) return;
        var bundle = folder[$".openclawssy/agents/default/runs/{shown.Run}"];
        using var meta = JsonDocument.Parse(File.ReadAllText(Path.Combine(bundle, "meta.json")));
        Assert.Contains(meta.RootElement.GetProperty("status").GetString(), (string[])["completed", "failed"]);
        foreach (var name in (string[])["input.json", "prompt.md", "toolcalls.jsonl", "output.md"]) Assert.True(File.Exists(Path.Combine(bundle, name)), $"{shown.Run} has no {name}");

        var events = File.ReadAllLines(Path.Combine(bundle, "events.jsonl")).Select(line => JsonDocument.Parse(line).RootElement).ToList();
        Assert.Equal("run.ended", events[^1].GetProperty("event").GetString());
        Assert.Single(events, happened => happened.GetProperty("event").GetString() == "run.ended");
        var told = string.Concat(events.Where(happened => happened.GetProperty("event").GetString() == "model.text").Select(happened => happened.GetProperty("text").GetString()));
        Assert.StartsWith(shown.Text.TrimEnd('\n'), told, StringComparison.Ordinal);
    }

    static void Prepare(TempFolder folder, FakeModelServer server)
    {
        server.Rules.MaxBodyBytes = 16 * 1024 * 1024;
        // Six rounds of tools, then a long answer; how far a run is follows from its request alone.
        server.Responds(request =>
        {
            var results = request.Text.Split("\"role\":\"tool\"").Length - 1;
            return results < 6
                ? FakeAnswer.Calls(("fs.append", $$"""{"path":"log.txt","content":"line {{results}}\n"}"""), ("fs.list", "{}"))
                : FakeAnswer.Says(string.Concat(Enumerable.Range(0, 200).Select(i => $"word{i} ")));
        });
        Directory.CreateDirectory(folder["state"]);
    }

    static async Task RunAsync(TempFolder folder, params string[] arguments)
    {
        var run = await CommandRun.StartAsync(arguments, folder.Path, Environment(folder), "", null);
        Assert.True(run.ExitCode == 0, run.ToString());
    }

    static Dictionary<string, string> Environment(TempFolder folder) => new()
    {
        ["PATH"] = "/usr/bin:/bin",
        ["HOME"] = folder["state"],
        ["OPENAI_COMPAT_API_KEY"] = "chaos-key-0123456789",
        ["DOTNET_ROOT"] = System.Environment.GetEnvironmentVariable("DOTNET_ROOT") ?? "",
    };
}
