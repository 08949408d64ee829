using System.Text;
using Openclawssy.Runtime.Config;
using Xunit;

namespace Openclawssy.Tests.Config;

public sealed class ConfigFileTests
{
    [Fact]
    public void No_file_means_the_defaults()
    {
        var load = ConfigFile.Load(null, "config.json");
        Assert.False(load.Exists);
        Assert.Equal("zai", load.Require().Model.Provider);
        Assert.Empty(load.Warnings);
    }

    [Fact]
    public void Comments_trailing_commas_and_a_byte_order_mark_are_welcome()
    {
        var config = Configs.Usable("\uFEFF// mine\n{\"$schema\": \"./schema.json\", \"model\": {\"name\": \"m\", /* here too */ },}\n");
        Assert.Equal("m", config.Model.Name);
    }

    [Fact]
    public void Every_fault_is_reported_at_once_with_its_line()
    {
        var problems = Configs.Problems("""
            {
              "modle": { "name": "x" },
              "model": {
                "provider": "bogus",
                "max_tokens": 50000,
                "temperature": "warm",
                "name": null
              },
              "engine": { "max_concurrent_runs": 0, "max_concurrent_runs": 4 },
              "shell": { "enable_exec": true },
              "output": []
            }
            """);
        Assert.Equal(
        [
            "config.json:2: unknown key \"modle\"; did you mean \"model\"?",
            "config.json:4: model.provider must be one of openai, openrouter, requesty, zai, generic, rehearsal (it is \"bogus\")",
            "config.json:5: model.max_tokens must be between 1 and 20000 (it is 50000)",
            "config.json:6: model.temperature must be a number (it is text)",
            "config.json:7: model.name is null; leave the key out to get its default",
            "config.json:9: engine.max_concurrent_runs must be between 1 and 10000 (it is 0)",
            "config.json:9: engine.max_concurrent_runs is written twice; keep one",
            "config.json:10: shell.enable_exec needs a sandbox: set sandbox.active to true, or shell.enable_exec to false",
            "config.json:11: output must be an object in braces (it is a list)",
        ], problems);
    }

    [Fact]
    public void A_refused_file_cannot_be_used_and_says_everything_once_more()
    {
        var load = Configs.Load("""{"modle": 1, "agents": 2}""");
        var refusal = Assert.Throws<ConfigRefusedException>(() => load.Require());
        Assert.Equal(2, refusal.Problems.Count);
        Assert.Equal(string.Join('\n', load.Problems), refusal.Message);
    }

    [Theory]
    [InlineData("")]
    [InlineData("  \n")]
    [InlineData("// only this\n")]
    public void A_file_that_holds_nothing_is_refused_since_a_cut_write_looks_like_that(string text) => Assert.Contains("holds no settings", Configs.Problem(text), StringComparison.Ordinal);

    [Theory]
    [InlineData("[]", "the file must be an object in braces (it is a list)")]
    [InlineData("\"{}\"", "the file must be an object in braces (it is text)")]
    [InlineData("null", "the file must be an object in braces (it is null)")]
    [InlineData("{} {}", "not valid JSON at column 4")]
    [InlineData("{\"model\": {\"name\": \"a\"}", "not valid JSON")]
    [InlineData("{'model': {}}", "not valid JSON at column 2")]
    [InlineData("{\"model\": {\"name\": \"\\uD800\"}}", "model.name is not valid Unicode")]
    [InlineData("{\"\\uDC00\": 1}", "a key is not valid Unicode")]
    [InlineData("{\"model\": {\"max_tokens\": 2e4}}", "model.max_tokens must be a whole number (it is 2e4)")]
    [InlineData("{\"model\": {\"max_tokens\": 99999999999999999999}}", "model.max_tokens must be between 1 and 20000 (it is 99999999999999999999)")]
    [InlineData("{\"model\": {\"temperature\": 1e400}}", "model.temperature must be between 0 and 2")]
    public void What_is_no_configuration_is_refused(string text, string expected) => Assert.Contains(expected, Configs.Problem(text), StringComparison.Ordinal);

    [Fact]
    public void A_syntax_fault_names_its_line_and_does_not_hide_the_faults_before_it()
    {
        var problems = Configs.Problems("{\n  \"modle\": 1,\n  \"model\": { \"name\" \"x\" }\n}");
        Assert.Equal(2, problems.Length);
        Assert.StartsWith("config.json:2: unknown key", problems[0], StringComparison.Ordinal);
        Assert.StartsWith("config.json:3: not valid JSON at column 21: ", problems[1], StringComparison.Ordinal);
    }

    [Fact]
    public void Bytes_that_are_no_text_are_refused_with_their_line()
    {
        var load = ConfigFile.Load([.. "{\n\"model\": {\"name\": \""u8, 0xC3, 0x28, .. "\"}}"u8], "config.json");
        Assert.Equal("config.json:2: the text is not valid UTF-8; save the file in that encoding", Assert.Single(load.Problems).ToString());
    }

    [Fact]
    public void Size_and_depth_are_bounded()
    {
        var large = ConfigFile.Load(new byte[ConfigFile.MaxBytes + 1], "config.json");
        Assert.Contains("at most 1048576", Assert.Single(large.Problems).Message, StringComparison.Ordinal);
        Assert.Contains("deeper than 32", Configs.Problems("{\"x\":" + new string('[', 40) + new string(']', 40) + "}")[^1], StringComparison.Ordinal);
    }

    [Fact]
    public void A_hostile_number_of_faults_is_cut_and_counted()
    {
        var text = new StringBuilder("{");
        for (var i = 0; i < 20_000; i++) text.Append(System.Globalization.CultureInfo.InvariantCulture, $"\"k{i}\":1,");
        var problems = Configs.Problems(text.Append('}').ToString());
        Assert.Equal(51, problems.Length);
        Assert.Equal("config.json: and 19950 more problems", problems[^1]);
    }

    [Theory]
    [InlineData("""{"max_tokens": 5}""", "unknown key \"max_tokens\"; did you mean model.max_tokens?")]
    [InlineData("""{"model.name": "x"}""", "unknown key \"model.name\"; sections are objects: write \"model\": { … }")]
    [InlineData("""{"model": {"temprature": 1}}""", "unknown key \"temprature\" in model; did you mean \"temperature\"?")]
    [InlineData("""{"providers": {"opnai": {}}}""", "unknown key \"opnai\" in providers; did you mean \"openai\"?")]
    [InlineData("""{"providers": {"zai": {"base-url": "https://x.test"}}}""", "unknown key \"base-url\" in providers.zai; did you mean \"base_url\"?")]
    [InlineData("""{"runs_file": "x"}""", "unknown key \"runs_file\"")]
    public void Unknown_keys_get_a_guess(string text, string expected) => Assert.Equal($"config.json:1: {expected}", Configs.Problem(text));

    [Fact]
    public void A_person_s_own_names_cannot_forge_lines_or_terminal_sequences()
    {
        foreach (var text in new[]
        {
            """{"a\nconfig.json:1: all is well\u001b[2J": 1}""",
            """{"providers": {"zai": {"prices": {"m\n\u001b]0;x\u0007": {"input": -1}}}}}""",
            """{"agents": {"profiles": {"a\r\n\u202Eb": {}}}}""",
            """{"model": {"provider": "x\u001b[31m\ny"}}""",
            """{"network": {"allowed_domains": ["a b\n\u0007"]}}""",
        })
            Assert.All(Configs.Problems(text), problem => Assert.DoesNotContain(problem, c => char.IsControl(c) || c == '\u202E'));
    }

    [Theory]
    [InlineData("""{"output": {"thinking_mode": "ON_ERROR"}}""")]
    [InlineData("""{"sandbox": {"provider": "Local"}}""")]
    [InlineData("""{"model": {"provider": "ZAI"}}""")]
    public void Words_are_read_in_any_case_as_before(string text) => Configs.Usable(text);

    [Fact]
    public void Empty_text_means_not_set_where_the_earlier_program_wrote_it()
    {
        var config = Configs.Usable("""{"providers": {"zai": {"base_url": "", "api_key": ""}, "generic": {"base_url": ""}}}""");
        Assert.Equal("https://api.z.ai/api/coding/paas/v4", config.Providers["zai"].BaseUrl);
        Assert.Null(config.Providers["zai"].ApiKey);
    }

    [Fact]
    public void A_provider_s_defaults_are_filled_in_one_by_one()
    {
        var provider = Configs.Usable("""{"providers": {"openai": {"base_url": "https://proxy.test/v1/"}}}""").Providers["openai"];
        Assert.Equal("https://proxy.test/v1", provider.BaseUrl);
        Assert.Equal("OPENAI_API_KEY", provider.ApiKeyEnv);
        Assert.Equal("max_completion_tokens", provider.MaxTokensField);
    }

    [Fact]
    public void A_full_file_is_read_into_the_records()
    {
        var config = Configs.Usable("""
            {
              "network": { "enabled": true, "allowed_domains": ["Example.com", "*.test.example", "10.0.0.1"], "allow_localhosts": true },
              "shell": { "enable_exec": true, "allowed_commands": ["git status"], "default_timeout_ms": 1000, "max_timeout_ms": 2000 },
              "sandbox": { "active": true, "provider": "local", "local": { "tier": "landlock", "network": "proxy" } },
              "server": { "bind_address": "::1", "port": 1, "tls_enabled": true, "tls_cert_file": "c", "tls_key_file": "k", "dashboard_enabled": false },
              "engine": { "max_concurrent_runs": 1, "max_queued_runs": 0, "default_run_timeout_ms": 0, "max_run_timeout_ms": 5000 },
              "scheduler": { "catch_up": false, "max_concurrent_jobs": 2 },
              "output": { "thinking_mode": "always", "max_thinking_chars": 64 },
              "workspace": { "root": "/srv/w", "containment": "best_effort", "protected": [".git", ".openclawssy", ".vscode", ".envrc", "SOUL.md", "RULES.md", "TOOLS.md", "SPECPLAN.md", "DEVPLAN.md", "HANDOFF.md", "x/y"] },
              "model": { "provider": "generic", "name": "m", "temperature": 0, "max_tokens": 10, "context_window": 8192, "tool_protocol": "text", "fallbacks": [{ "provider": "openai", "name": "n" }] },
              "providers": {
                "generic": { "base_url": "http://localhost:1/v1/chat/completions", "headers": { "X-Key": "abc" }, "max_tokens_field": "max_completion_tokens", "usage": "none", "prices": { "GLM-4.7": { "input": 0.6, "cached_input": 0.11 } } },
                "rehearsal": { "script": "play.jsonl" }
              },
              "agents": { "enabled_agent_ids": ["a", "default"], "allow_agent_model_overrides": true, "profiles": { "a": { "enabled": false, "model": { "provider": "rehearsal", "max_tokens": 0 } } } },
              "chat": { "enabled": false, "default_agent_id": "a", "allow_users": ["u"], "allow_rooms": ["r"], "rate_limit_per_min": 1, "global_rate_limit_per_min": 2 },
              "discord": { "enabled": true, "token_env": "T", "default_agent_id": "default", "allow_guilds": ["1"], "allow_channels": ["2"], "allow_users": ["3"], "command_prefix": "!x", "rate_limit_per_min": 3 },
              "secrets": { "store_file": "s", "master_key_file": "/k" },
              "audit": { "anchor": "file:/var/lib/anchor" },
              "runs": { "keep": 100 }
            }
            """);
        Assert.Equal(["example.com", "*.test.example", "10.0.0.1"], config.Network.AllowedDomains);
        Assert.Equal(SandboxTier.Landlock, config.Sandbox.Local.Tier);
        Assert.Equal(SandboxNetwork.Proxy, config.Sandbox.Local.Network);
        Assert.Equal(TimeSpan.FromSeconds(5), config.Engine.RunTimeout());
        Assert.Equal(ThinkingMode.Always, config.Output.ThinkingMode);
        Assert.Equal(Containment.BestEffort, config.Workspace.Containment);
        Assert.Equal((0.0, 8192, ToolProtocol.Text), (config.Model.Temperature, config.Model.ContextWindow, config.Model.ToolProtocol));
        Assert.Equal(new ModelChoice { Provider = "openai", Name = "n" }, Assert.Single(config.Model.Fallbacks));
        var generic = config.Providers["generic"];
        Assert.Equal("http://localhost:1/v1", generic.BaseUrl);
        Assert.Equal("abc", generic.Headers["x-key"].Reveal());
        Assert.Equal(UsageRequest.None, generic.Usage);
        Assert.Equal(new ModelPrice { Input = 0.6m, CachedInput = 0.11m }, generic.Prices["GLM-4.7"]);
        Assert.False(config.Agents.Profiles["a"].Enabled);
        Assert.Equal(100, config.Runs.Keep);
        Assert.Equal("file:/var/lib/anchor", config.Audit.Anchor);
    }

    [Fact]
    public void The_file_the_earlier_program_wrote_is_still_understood()
    {
        var load = Configs.Load("""
            {
              "network": { "enabled": false }, "shell": { "enable_exec": false }, "sandbox": { "active": false, "provider": "none" },
              "server": { "bind_address": "127.0.0.1", "port": 8080, "tls_enabled": false, "tls_cert_file": ".openclawssy/certs/server.crt", "tls_key_file": ".openclawssy/certs/server.key", "dashboard_enabled": true },
              "engine": { "max_concurrent_runs": 64, "default_run_timeout_ms": 1200000, "max_run_timeout_ms": 7200000 },
              "scheduler": { "catch_up": true, "max_concurrent_jobs": 4 }, "output": { "thinking_mode": "never", "max_thinking_chars": 4000 },
              "workspace": { "root": "/srv/bot/workspace" }, "model": { "provider": "zai", "name": "GLM-4.7", "temperature": 0.2, "max_tokens": 20000 },
              "providers": { "openai": { "base_url": "https://api.openai.com/v1", "api_key_env": "OPENAI_API_KEY" }, "generic": { "base_url": "", "api_key_env": "OPENAI_COMPAT_API_KEY" } },
              "agents": { "allow_inter_agent_messaging": true, "allow_agent_model_overrides": true, "self_improvement_enabled": false },
              "chat": { "enabled": true, "default_agent_id": "default", "rate_limit_per_min": 20, "global_rate_limit_per_min": 120 },
              "discord": { "enabled": false, "token_env": "DISCORD_BOT_TOKEN", "default_agent_id": "default", "command_prefix": "!ask", "rate_limit_per_min": 20 },
              "secrets": { "store_file": ".openclawssy/secrets.enc", "master_key_file": ".openclawssy/master.key" },
              "memory": { "enabled": false, "max_working_items": 200, "max_prompt_tokens": 1200, "auto_checkpoint": false, "proactive_enabled": true,
                "embeddings_enabled": false, "embedding_provider": "openrouter", "embedding_model": "text-embedding-3-small", "event_buffer_size": 256 }
            }
            """);
        Assert.Empty(load.Problems);
        Assert.NotNull(load.Config);
        Assert.All(load.Warnings, warning => Assert.Equal(ConfigFault.NotBuilt, warning.Fault));
        Assert.Equal(3, load.Warnings.Count);
    }
}
