using System.Text.Json;
using Openclawssy.TestKit;
using Xunit;

namespace Openclawssy.Tests.Cli;

/// <summary><c>policy</c> and <c>config</c> as a person types them, on a real instance.</summary>
public sealed class ControlPlaneCommandsTests : IAsyncLifetime
{
    readonly TempFolder folder = new();
    CliHouse last = new();

    public async ValueTask InitializeAsync() => Assert.Equal(0, await TypeAsync("init"));

    public ValueTask DisposeAsync()
    {
        folder.Dispose();
        return default;
    }

    string Grants => folder[".openclawssy/policy/capabilities.json"];
    string Config => folder[".openclawssy/config.json"];
    string Audit => File.ReadAllText(Directory.GetFiles(folder[".openclawssy/audit"], "*.jsonl").Single());

    Task<int> TypeAsync(params string[] words)
    {
        last = new CliHouse().With("XDG_STATE_HOME", folder["state"]);
        return last.RunAsync([.. words, "--root", folder.Path]);
    }

    [Fact]
    public async Task Rights_are_given_listed_and_taken_and_each_change_is_audited()
    {
        Assert.Equal(0, await TypeAsync("policy", "grant", "default", "config.get"));
        Assert.Equal("granted config.get (default)\n", last.Out);
        Assert.Equal(0, await TypeAsync("policy", "grant", "default", "config.get"));
        Assert.Equal("nothing to do: default has config.get\n", last.Out);
        Assert.Equal(0, await TypeAsync("policy", "list", "default"));
        Assert.Contains("config.get, fs.append", last.Out, StringComparison.Ordinal);
        Assert.Equal(0, await TypeAsync("policy", "revoke", "default", "config.get"));
        Assert.Equal(0, await TypeAsync("policy", "--json"));
        using var listed = JsonDocument.Parse(last.Out);
        Assert.DoesNotContain("config.get", listed.RootElement.GetProperty("agents")[0].GetProperty("capabilities").EnumerateArray().Select(name => name.GetString()));
        Assert.Equal(1, Audit.Split("\"policy.granted\"").Length - 1);
        Assert.Equal(1, Audit.Split("\"policy.revoked\"").Length - 1);
    }

    [Theory]
    [InlineData("policy grant default fs.reed")]
    [InlineData("policy grant ghost fs.read")]
    [InlineData("policy grant .. fs.read")]
    [InlineData("policy explain default fs.reed")]
    [InlineData("config get nothing.here")]
    [InlineData("config set model.name")]
    [InlineData("config set nothing.here 1")]
    [InlineData("config set engine.max_concurrent_runs 0")]
    [InlineData("config set engine.max_concurrent_runs many")]
    [InlineData("config set output.thinking_mode always shell.enable_exec true")]
    [InlineData("config explain model")]
    public async Task What_cannot_be_is_refused_and_changes_nothing(string typed)
    {
        var (grants, config, audit) = (File.ReadAllText(Grants), File.ReadAllText(Config), Audit);
        Assert.Equal(2, await TypeAsync(typed.Split(' ')));
        Assert.StartsWith("error: ", last.Error, StringComparison.Ordinal);
        Assert.Equal((grants, config, audit), (File.ReadAllText(Grants), File.ReadAllText(Config), Audit));
    }

    [Theory]
    [InlineData("default fs.read", "allow", "grant", ".openclawssy/policy/capabilities.json agents.default")]
    [InlineData("default config.set", "deny", "no_grant", ".openclawssy/policy/capabilities.json agents.default")]
    [InlineData("default policy.admin", "deny", "no_grant", ".openclawssy/policy/capabilities.json agents.default")]
    [InlineData("ghost fs.read", "deny", "no_agent", "agents/ghost")]
    [InlineData("default fs.read {\"path\":\"../x\"}", "deny", "workspace.guard", "the program")]
    [InlineData("default fs.read {\"pat\":\"x\"}", "deny", "tool.input_invalid", "`openclawssy tools show fs.read`")]
    [InlineData("default fs.read {\"path\":\"x\"}", "allow", "grant", ".openclawssy/policy/capabilities.json agents.default")]
    public async Task Explain_names_the_rule_and_its_place(string words, string verdict, string rule, string place) =>
        Assert.Equal((verdict, rule, place), await ExplainAsync(words.Split(' ', 3)));

    [Fact]
    public async Task Explain_follows_the_grants_and_the_configuration()
    {
        const string Written = ".openclawssy/policy/capabilities.json agents.default";
        await TypeAsync("policy", "grant", "default", "policy.grant");
        Assert.Equal(("deny", "no_grant", Written), await ExplainAsync("default", "policy.grant"));
        await TypeAsync("policy", "grant", "default", "policy.admin");
        Assert.Equal(("allow", "grant", Written), await ExplainAsync("default", "policy.grant"));
        Assert.Equal(("allow", "grant", Written), await ExplainAsync("default", "policy.grant", """{"agent_id":"default","capability":"fs.rename"}"""));
        Assert.Equal(("deny", "own_rights", Written), await ExplainAsync("default", "policy.grant", """{"agent_id":"default","capability":"config.set"}"""));
        Assert.Equal("tool.input_invalid", (await ExplainAsync("default", "policy.grant", """{"agent_id":"ghost","capability":"fs.read"}""")).Rule);
        Assert.Equal("tool.input_invalid", (await ExplainAsync("default", "policy.grant", """{"agent_id":"default","capability":"fs.reed"}""")).Rule);
        Assert.Equal(("deny", "operator_only", "the program"), await ExplainAsync("default", "policy.grant", """{"agent_id":"default","capability":"policy.admin"}"""));

        await TypeAsync("policy", "grant", "default", "config.set");
        Assert.Equal(("allow", "grant", Written), await ExplainAsync("default", "config.set", """{"updates":{"output.thinking_mode":"always"}}"""));
        Assert.Equal(("deny", "operator_key", "the program"), await ExplainAsync("default", "config.set", """{"updates":{"output.thinking_mode":"always","network.enabled":true}}"""));
        Assert.Equal(("deny", "switched_off", "config.json discord.enabled"), await ExplainAsync("default", "config.set", """{"updates":{"discord.command_prefix":"!"}}"""));

        await TypeAsync("config", "set", "agents.profiles.default.enabled", "false");
        Assert.Equal("agent_disabled", (await ExplainAsync("default", "fs.read")).Rule);
        File.WriteAllText(Grants, "broken");
        await TypeAsync("config", "set", "agents.profiles.default.enabled", "true");
        Assert.Equal("grants_unreadable", (await ExplainAsync("default", "fs.read")).Rule);
    }

    async Task<(string Verdict, string Rule, string Place)> ExplainAsync(params string[] words)
    {
        Assert.Equal(0, await TypeAsync(["policy", "explain", "--json", .. words]));
        using var answer = JsonDocument.Parse(last.Out);
        return (answer.RootElement.GetProperty("verdict").GetString()!, answer.RootElement.GetProperty("rule").GetString()!, answer.RootElement.GetProperty("written_at").GetString()!);
    }

    [Fact]
    public async Task Keys_are_set_together_with_comments_kept_and_the_old_file_beside()
    {
        var before = File.ReadAllText(Config);
        Assert.Equal(0, await TypeAsync("config", "set", "network.allowed_domains", "example.com,a.example.org", "engine.max_concurrent_runs", "32"));
        Assert.Contains("engine.max_concurrent_runs: 64 -> 32", last.Out, StringComparison.Ordinal);
        Assert.Equal(before, File.ReadAllText(folder[".openclawssy/config.last-good.json"]));
        Assert.Equal(0, await TypeAsync("config", "get", "network.allowed_domains"));
        Assert.Equal("[\"example.com\",\"a.example.org\"]\n", last.Out);
        Assert.Equal(2, Audit.Split("\"config.changed\"").Length - 1);
        Assert.Contains("\"field\":\"engine.max_concurrent_runs\",\"before\":\"64\",\"after\":\"32\"", Audit, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_list_of_objects_is_set_as_json()
    {
        Assert.Equal(0, await TypeAsync("config", "set", "model.fallbacks", """[{"provider":"openai","name":"gpt-4.1"}]"""));
        Assert.Equal(0, await TypeAsync("config", "get", "model.fallbacks"));
        Assert.Contains("gpt-4.1", last.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_dry_run_writes_nothing()
    {
        var (config, audit) = (File.ReadAllText(Config), Audit);
        Assert.Equal(0, await TypeAsync("config", "set", "--dry-run", "engine.max_concurrent_runs", "32"));
        Assert.Contains("(not written)", last.Out, StringComparison.Ordinal);
        Assert.Equal((config, audit), (File.ReadAllText(Config), Audit));
    }

    [Theory]
    [InlineData("providers.zai.api_key", "sk-canary-123456789")]
    [InlineData("discord.token", "sk-canary-123456789")]
    [InlineData("providers.zai", "{\"api_key\":\"sk-canary-123456789\"}")]
    [InlineData("providers.zai.headers", "{\"X-Key\":\"sk-canary-123456789\"}")]
    public async Task A_secret_is_refused_and_repeated_nowhere(string key, string value)
    {
        Assert.Equal(2, await TypeAsync("config", "set", key, value));
        Assert.Contains("secrets set", last.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("canary", last.Out + last.Error, StringComparison.Ordinal);
        Assert.All(Directory.EnumerateFiles(folder.Path, "*", SearchOption.AllDirectories), file => Assert.DoesNotContain("canary", File.ReadAllText(file), StringComparison.Ordinal));
    }

    [Fact]
    public async Task Explain_tells_a_keys_value_where_it_is_from_its_bounds_and_when_it_counts()
    {
        Assert.Equal(0, await TypeAsync("config", "explain", "output.max_thinking_chars"));
        Assert.Contains("from:        default", last.Out, StringComparison.Ordinal);
        await TypeAsync("config", "set", "output.max_thinking_chars", "100");
        Assert.Equal(0, await TypeAsync("config", "explain", "output.max_thinking_chars"));
        foreach (var line in new[] { "value:       100", "from:        config.json", "default:     4000", "allowed:     64 to 100000", "counts:      when the program starts; a gateway that is running must be restarted", "changed by:  a person, and agents that were granted config.set" })
            Assert.Contains(line, last.Out, StringComparison.Ordinal);

        Assert.Equal(0, await TypeAsync("config", "explain", "--json", "audit.anchor"));
        using var key = JsonDocument.Parse(last.Out);
        Assert.True(key.RootElement.GetProperty("needs_restart").GetBoolean());
        Assert.Equal("no", key.RootElement.GetProperty("config_set").GetString());
        Assert.Equal("auto", key.RootElement.GetProperty("value").GetString());
    }

    [Fact]
    public async Task A_broken_configuration_is_not_edited()
    {
        File.WriteAllText(Config, "{\"modle\":1}");
        Assert.Equal(2, await TypeAsync("config", "set", "model.name", "x"));
        Assert.Equal("{\"modle\":1}", File.ReadAllText(Config));
    }
}
