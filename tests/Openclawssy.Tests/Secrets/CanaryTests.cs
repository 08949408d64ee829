using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Openclawssy.Runtime.Policy;
using Openclawssy.Runtime.Runs;
using Openclawssy.Runtime.Secrets;
using Openclawssy.Runtime.Text;
using Openclawssy.TestKit;
using Openclawssy.Tests.Tools;
using Openclawssy.Tools;
using Xunit;

namespace Openclawssy.Tests.Secrets;

/// <summary>
/// S30 and S33 on a whole instance: fifty planted values, every tool called by a model that does its worst with them, and then
/// everything that was sent and written is searched in four spellings.
/// </summary>
public sealed class CanaryTests
{
    const int Planted = 50;

    [Fact]
    public async Task No_value_is_in_any_request_bundle_audit_or_other_file_after_every_tool_was_used()
    {
        using var folder = new TempFolder();
        await using var server = await FakeModelServer.StartAsync();
        var world = new World(TimeProvider.System, name => name == "XDG_STATE_HOME" ? folder["xdg"] : null, (_, _) => { }, _ => null);
        var agent = AgentId.Parse("default");
        Initialization.Run(world, folder.Path, null, agent, force: false, folder.Path);
        File.WriteAllText(folder[".openclawssy/config.json"], new JsonObject
        {
            ["model"] = new JsonObject { ["provider"] = "generic", ["name"] = "m" },
            ["providers"] = new JsonObject { ["generic"] = new JsonObject { ["base_url"] = server.BaseUrl } },
        }.ToJsonString());
        File.WriteAllText(folder[".openclawssy/policy/capabilities.json"], "{\"agents\":{\"default\":[" + string.Join(',', Toolbox.All.Select(tool => $"\"{tool.Name}\"")) + "]}}");

        // The provider's key is used by the run itself; the last two are only ever said in a call.
        List<string> values = [$"pl4nted-key-{Chance(16)}", .. Enumerable.Range(1, Planted - 1).Select(i => $"pl4nted+{i:D2}/{Convert.ToBase64String(RandomNumberGenerator.GetBytes(18))}")];
        var (byAgent, byOperator) = ($"fresh-agent/{Chance(12)}", $"fresh-operator/{Chance(12)}");
        using (var installation = new Installation(world, folder.Path))
        {
            for (var i = 0; i < Planted; i++)
            {
                var name = i == 0 ? SecretName.OfProvider("generic") : SecretName.Parse($"planted/{i}");
                using var value = SecretValue.Of(Encoding.UTF8.GetBytes(values[i]));
                installation.Secrets.Store.Set(name, value, present => SecretPlaces.Bind(installation.Config, name, present), change => AuditedMark.Record(installation.InstallationAudit, "operator", change));
            }
            server.Rules.ExpectedKey = values[0];

            // What a careless person leaves lying around, in all spellings.
            File.WriteAllLines(folder["workspace/loot.txt"], values.SelectMany(Forms));
            List<(string Tool, string Input)> calls =
            [
                ("fs.read", """{"path":"loot.txt"}"""),
                ("code.search", """{"pattern":"."}"""),
                ("secrets.set", $$"""{"key":"fresh/agent","value":"{{byAgent}}"}"""),
                .. Toolbox.All.Where(tool => tool.Name is not ("secrets.set" or "fs.delete")).Select(tool => (tool.Name, AuthorityFieldsTests.Good[tool.Name].Replace("\"x\"", $"\"{values[1]}\"", StringComparison.Ordinal))),
            ];
            foreach (var (tool, input) in calls)
            {
                server.Calls(tool, input);
                server.Says($"I called {tool}, and by the way: {values[3]}");
                var run = await installation.Runner.RunAsync(
                    new(agent, $"use {tool} with {values[4]}", "test", Authority.Agent(agent), new("operator")), installation.SettingsOf(agent), [], TestContext.Current.CancellationToken);
                Assert.True(run.State == RunStates.Completed, $"{tool}: {run.State} {run.Error}");
                Assert.DoesNotContain(values[3], run.Output, StringComparison.Ordinal);
            }
            var typed = await installation.Runner.RunAsync(
                new(agent, $$"""/tool secrets.set {"key":"fresh/operator","value":"{{byOperator}}"}""", "cli.run", Authority.Operator(0, null), new("operator")),
                installation.SettingsOf(agent), [], TestContext.Current.CancellationToken);
            Assert.True(typed.State == RunStates.Completed, typed.Error);
            Assert.Equal(Planted + 2, installation.Secrets.Facts.Count);
        }
        server.AssertClean();

        values.AddRange([byAgent, byOperator]);
        var found = server.Requests.SelectMany((request, i) => Found($"request {i + 1}", request.Text, values)).ToList();
        var searched = 0;
        foreach (var path in Directory.EnumerateFiles(folder[".openclawssy"], "*", SearchOption.AllDirectories).Concat(Directory.EnumerateFiles(folder["xdg"], "*", SearchOption.AllDirectories)))
        {
            searched++;
            found.AddRange(Found(Path.GetRelativePath(folder.Path, path), Encoding.UTF8.GetString(File.ReadAllBytes(path)), values));
        }
        Assert.True(searched > Planted, "hardly anything was searched");
        Assert.Empty(found);
    }

    // Negative control: the same search over what a program writes that does not scrub.
    [Fact]
    public void The_search_finds_a_value_in_every_spelling()
    {
        const string value = "pl4nted+07/seCret-value";
        foreach (var form in Forms(value)) Assert.Single(Found("a naive record", $"{{\"input\":\"x{form}y\"}}", [value]));
    }

    static IEnumerable<string> Found(string where, string text, IReadOnlyList<string> values)
    {
        for (var i = 0; i < values.Count; i++)
            if (Forms(values[i]).Any(form => text.Contains(form, StringComparison.OrdinalIgnoreCase))) yield return $"{where} holds value {i}";
    }

    static IEnumerable<string> Forms(string value)
    {
        var bytes = Encoding.UTF8.GetBytes(value);
        return [value, Convert.ToBase64String(bytes).TrimEnd('=')[..^1], Convert.ToHexStringLower(bytes), Uri.EscapeDataString(value)];
    }

    static string Chance(int bytes) => Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(bytes));
}
