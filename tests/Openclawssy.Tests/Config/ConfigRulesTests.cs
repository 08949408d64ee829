using Openclawssy.Runtime.Config;
using Openclawssy.Runtime.Text;
using Xunit;

namespace Openclawssy.Tests.Config;

public sealed class ConfigRulesTests
{
    [Theory]
    // One key.
    [InlineData("""{"model": {"max_tokens": 25000}}""", "model.max_tokens must be between 1 and 20000 (it is 25000)")]
    [InlineData("""{"model": {"max_tokens": 0}}""", "model.max_tokens must be between 1 and 20000 (it is 0)")]
    [InlineData("""{"model": {"temperature": 2.1}}""", "model.temperature must be between 0 and 2 (it is 2.1)")]
    [InlineData("""{"model": {"name": "  "}}""", "model.name must not be blank (it is \"  \")")]
    [InlineData("""{"model": {"tool_protocol": "nativ"}}""", "model.tool_protocol must be one of auto, native, text (it is \"nativ\"); did you mean \"native\"?")]
    [InlineData("""{"model": {"context_window": 10}}""", "model.context_window must be between 1024 and 100000000 (it is 10)")]
    [InlineData("""{"model": {"fallbacks": [{"provider": "zai"}]}}""", "model.fallbacks[0].name is missing")]
    [InlineData("""{"model": {"fallbacks": ["zai/x"]}}""", "model.fallbacks[0] must be an object in braces (it is text)")]
    [InlineData("""{"output": {"thinking_mode": "sometimes"}}""", "output.thinking_mode must be one of never, on_error, always (it is \"sometimes\")")]
    [InlineData("""{"output": {"max_thinking_chars": 1}}""", "output.max_thinking_chars must be between 64 and 100000 (it is 1)")]
    [InlineData("""{"sandbox": {"provider": "docker"}}""", "sandbox.provider must be one of none, local (it is \"docker\")")]
    [InlineData("""{"sandbox": {"local": {"tier": "none"}}}""", "sandbox.local.tier must be one of auto, landlock, bubblewrap (it is \"none\")")]
    [InlineData("""{"shell": {"allowed_commands": ["git", " "]}}""", "shell.allowed_commands[1] must not be blank (it is \" \")")]
    [InlineData("""{"shell": {"allowed_commands": ["git 'status"]}}""", "shell.allowed_commands[0] has a ' that is not closed (it is \"git 'status\")")]
    [InlineData("""{"sandbox": {"local": {"read_only": ["usr"]}}}""", "sandbox.local.read_only[0] must be an absolute path without .. (it is \"usr\")")]
    [InlineData("""{"shell": {"default_timeout_ms": 500}}""", "shell.default_timeout_ms must be between 1000 and 86400000 (it is 500)")]
    [InlineData("""{"engine": {"default_run_timeout_ms": 500}}""", "engine.default_run_timeout_ms must be 0 or between 1000 and 86400000 (it is 500)")]
    [InlineData("""{"engine": {"max_run_timeout_ms": -1}}""", "engine.max_run_timeout_ms must be 0 or between 1000 and 86400000 (it is -1)")]
    [InlineData("""{"engine": {"max_queued_runs": -1}}""", "engine.max_queued_runs must be between 0 and 10000 (it is -1)")]
    [InlineData("""{"scheduler": {"max_concurrent_jobs": 1001}}""", "scheduler.max_concurrent_jobs must be between 1 and 1000 (it is 1001)")]
    [InlineData("""{"server": {"port": 65536}}""", "server.port must be between 1 and 65535 (it is 65536)")]
    [InlineData("""{"server": {"bind_address": "localhost"}}""", "server.bind_address must be an IP address such as 127.0.0.1 or ::1; names are not allowed (it is \"localhost\")")]
    [InlineData("""{"server": {"bind_address": "0x7f.1"}}""", "server.bind_address must be an IP address such as 127.0.0.1 or ::1; names are not allowed (it is \"0x7f.1\")")]
    [InlineData("""{"network": {"allowed_domains": ["https://a.test/x"]}}""", "network.allowed_domains[0] must be a host such as example.com, *.example.com, example.com:8443 or http://example.com, without path or spaces (it is \"https://a.test/x\")")]
    [InlineData("""{"network": {"allowed_domains": ["a.test:0"]}}""", "network.allowed_domains[0] must be a host such as example.com, *.example.com, example.com:8443 or http://example.com, without path or spaces (it is \"a.test:0\")")]
    [InlineData("""{"network": {"allowed_domains": ["*"]}}""", "network.allowed_domains[0] must be a host such as example.com, *.example.com, example.com:8443 or http://example.com, without path or spaces (it is \"*\")")]
    [InlineData("""{"workspace": {"root": ""}}""", "workspace.root must not be blank")]
    [InlineData("""{"workspace": {"containment": "off"}}""", "workspace.containment must be one of best_effort, require (it is \"off\")")]
    [InlineData("""{"agents": {"enabled_agent_ids": ["../evil"]}}""", "agents.enabled_agent_ids[0] is no agent id: use 1 to 64 letters, digits, '_', '-' or '.', starting with a letter or digit (it is \"../evil\")")]
    [InlineData("""{"agents": {"profiles": {"../evil": {}}}}""", "agents.profiles[\"../evil\"] is no agent id: use 1 to 64 letters, digits, '_', '-' or '.', starting with a letter or digit")]
    [InlineData("""{"agents": {"profiles": {"a": {"model": {"provider": "bogus"}}}}}""", "agents.profiles.a.model.provider must be one of openai, openrouter, requesty, zai, generic, rehearsal (it is \"bogus\")")]
    [InlineData("""{"agents": {"profiles": {"a": {}, "a": {}}}}""", "agents.profiles.a is written twice; keep one")]
    [InlineData("""{"chat": {"default_agent_id": "../x"}}""", "chat.default_agent_id is no agent id: use 1 to 64 letters, digits, '_', '-' or '.', starting with a letter or digit (it is \"../x\")")]
    [InlineData("""{"chat": {"rate_limit_per_min": 0}}""", "chat.rate_limit_per_min must be between 1 and 1000000 (it is 0)")]
    [InlineData("""{"discord": {"command_prefix": ""}}""", "discord.command_prefix must not be blank")]
    [InlineData("""{"providers": {"zai": {"base_url": "api.z.ai/v4"}}}""", "providers.zai.base_url must be a complete address that begins with https:// or http://")]
    [InlineData("""{"providers": {"zai": {"base_url": "file:///etc/passwd"}}}""", "providers.zai.base_url must be a complete address that begins with https:// or http://")]
    [InlineData("""{"providers": {"zai": {"base_url": "https://h.test/v1?x=1"}}}""", "providers.zai.base_url must not hold a query or a fragment; paths are appended to it")]
    [InlineData("""{"providers": {"zai": {"api_key_env": "MY KEY"}}}""", "providers.zai.api_key_env must be the name of an environment variable: letters, digits and '_', not starting with a digit (it is \"MY KEY\")")]
    [InlineData("""{"providers": {"zai": {"prices": {"GLM-4.7": {"input": -1}}}}}""", "providers.zai.prices.GLM-4.7.input must be between 0 and 1000000 (it is -1)")]
    [InlineData("""{"audit": {"anchor": "file:relative"}}""", "audit.anchor must be auto, none, journald, file:/absolute/path or command:/absolute/path (it is \"file:relative\")")]
    [InlineData("""{"runs": {"keep": 0}}""", "runs.keep must be between 1 and 10000000 (it is 0)")]
    [InlineData("""{"secrets": {"store_file": " "}}""", "secrets.store_file must not be blank (it is \" \")")]
    // Several keys.
    [InlineData("""{"sandbox": {"active": true}}""", "sandbox.active needs a sandbox.provider other than none: write \"local\"")]
    [InlineData("""{"shell": {"enable_exec": true}}""", "shell.enable_exec needs a sandbox: set sandbox.active to true, or shell.enable_exec to false")]
    [InlineData("""{"shell": {"default_timeout_ms": 3000, "max_timeout_ms": 2000}}""", "shell.default_timeout_ms must not be above shell.max_timeout_ms (3000 is above 2000)")]
    [InlineData("""{"engine": {"default_run_timeout_ms": 3000, "max_run_timeout_ms": 2000}}""", "engine.default_run_timeout_ms must not be above engine.max_run_timeout_ms (3000 is above 2000)")]
    [InlineData("""{"server": {"tls_enabled": true, "tls_key_file": ""}}""", "server.tls_key_file must name a file while server.tls_enabled is true")]
    [InlineData("""{"server": {"tls_enabled": true, "tls_cert_file": ""}}""", "server.tls_cert_file must name a file while server.tls_enabled is true")]
    [InlineData("""{"model": {"provider": "generic"}}""", "model.provider is generic, which needs providers.generic.base_url: the address of the server")]
    [InlineData("""{"model": {"provider": "rehearsal"}}""", "model.provider is rehearsal, which needs providers.rehearsal.script: the path of the file to play")]
    [InlineData("""{"model": {"fallbacks": [{"provider": "generic", "name": "m"}]}}""", "model.fallbacks[0].provider is generic, which needs providers.generic.base_url: the address of the server")]
    [InlineData("""{"model": {"fallbacks": [{"provider": "zai", "name": "GLM-4.7"}]}}""", "model.fallbacks[0] names a model that is asked before it already")]
    [InlineData("""{"model": {"max_tokens": 2000, "context_window": 2000}}""", "model.max_tokens must be below model.context_window (2000 leaves nothing of 2000 for the question)")]
    [InlineData("""{"agents": {"profiles": {"a": {"model": {"provider": "generic"}}}}}""", "agents.profiles.a.model.provider is generic, which needs providers.generic.base_url: the address of the server")]
    [InlineData("""{"providers": {"zai": {"script": "x"}}}""", "providers.zai.script has no meaning: only providers.rehearsal.script is played")]
    [InlineData("""{"providers": {"rehearsal": {"base_url": "https://x.test"}}}""", "providers.rehearsal.base_url has no meaning: the rehearsal provider plays a script and reaches no server")]
    // Not built.
    [InlineData("""{"memory": {"enabled": true}}""", "memory.enabled cannot be switched on: this version does not have that feature; leave the key out or write false")]
    [InlineData("""{"memory": {"embeddings_enabled": true}}""", "memory.embeddings_enabled cannot be switched on: this version does not have that feature; leave the key out or write false")]
    [InlineData("""{"agents": {"self_improvement_enabled": true}}""", "agents.self_improvement_enabled cannot be switched on: this version does not have that feature; leave the key out or write false")]
    [InlineData("""{"agents": {"profiles": {"a.b": {"self_improvement": true}}}}""", "agents.profiles[\"a.b\"].self_improvement cannot be switched on: this version does not have that feature; leave the key out or write false")]
    public void A_rule_is_kept(string text, string expected) => Assert.Equal(expected.Replace("prices.GLM-4.7.", "prices[\"GLM-4.7\"].", StringComparison.Ordinal), Configs.Problem(text)["config.json:1: ".Length..]);

    [Fact]
    public void A_rule_between_keys_is_silent_while_one_of_them_is_unreadable() =>
        Assert.Equal("config.json:1: sandbox.active must be true or false (it is text)", Configs.Problem("""{"sandbox": {"active": "yes"}, "shell": {"enable_exec": true}}"""));

    [Theory]
    [InlineData("""{"providers": {"generic": {"base_url": "http://192.168.1.5:11434/v1"}}}""", "providers.generic.base_url is not https")]
    [InlineData("""{"providers": {"generic": {"base_url": "http://localhost.evil.test/v1"}}}""", "providers.generic.base_url is not https")]
    [InlineData("""{"providers": {"zai": {"api_key": "k-0123456789"}}}""", "providers.zai.api_key stands in this file in the clear")]
    [InlineData("""{"workspace": {"protected": [".git/config"]}}""", "workspace.protected replaces the default and leaves out .git/hooks, .openclawssy")]
    [InlineData("""{"sandbox": {"local": {"network": "proxy"}}}""", "sandbox.local.network is \"proxy\" and network.enabled is false: the proxy refuses every connection")]
    [InlineData("""{"sandbox": {"local": {"network": "proxy", "tier": "landlock"}}}""", "sandbox.local.network is \"proxy\", which the landlock tier cannot have: every command is refused")]
    [InlineData("""{"memory": {"enabled": false}}""", "memory.enabled has no effect")]
    [InlineData("""{"agents": {"allow_inter_agent_messaging": true}}""", "agents.allow_inter_agent_messaging has no effect")]
    public void What_is_accepted_but_unwise_draws_a_warning(string text, string expected) => Assert.StartsWith($"config.json:1: {expected}", Assert.Single(Configs.Warnings(text)), StringComparison.Ordinal);

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"discord": {"enabled": false}, "network": {"enabled": false, "allowed_domains": []}}""")]
    [InlineData("""{"providers": {"generic": {"base_url": "http://localhost:11434/v1"}}}""")]
    [InlineData("""{"providers": {"generic": {"base_url": "http://[::1]:1/v1"}}}""")]
    [InlineData("""{"providers": {"generic": {"base_url": "http://127.0.0.9/v1"}}}""")]
    public void What_is_harmless_draws_none(string text) => Assert.Empty(Configs.Warnings(text));

    [Fact]
    public void An_open_listener_without_tls_is_warned_about() =>
        Assert.Contains(Configs.Warnings("""{"server": {"bind_address": "0.0.0.0"}}"""), warning => warning.Contains("without TLS", StringComparison.Ordinal));

    [Fact]
    public void A_default_agent_that_may_not_run_is_warned_about() =>
        Assert.Contains(Configs.Warnings("""{"agents": {"enabled_agent_ids": ["a"]}, "chat": {"allow_users": ["u"]}}"""), warning => warning.Contains("chat.default_agent_id is \"default\"", StringComparison.Ordinal));

    [Theory]
    [InlineData(0, 0, 1_200_000)]
    [InlineData(0, 5000, 5000)]
    [InlineData(4000, 0, 4000)]
    [InlineData(4000, 5000, 4000)]
    public void A_run_always_has_a_limit(int normal, int max, int expected) =>
        Assert.Equal(expected, new EngineConfig { DefaultRunTimeoutMs = normal, MaxRunTimeoutMs = max }.RunTimeout().TotalMilliseconds);

    [Fact]
    public void A_profile_overlays_the_model_only_where_overrides_are_allowed()
    {
        const string text = """{"agents": {"allow_agent_model_overrides": ALLOWED, "profiles": {"a": {"model": {"name": "own", "temperature": 0, "max_tokens": 0}}}}}""";
        var allowed = Configs.Usable(text.Replace("ALLOWED", "true", StringComparison.Ordinal)).ModelFor(AgentId.Parse("a"));
        Assert.Equal(("zai", "own", 0.0, 20_000), (allowed.Provider, allowed.Name, allowed.Temperature, allowed.MaxTokens));
        Assert.Equal("GLM-4.7", Configs.Usable(text.Replace("ALLOWED", "false", StringComparison.Ordinal)).ModelFor(AgentId.Parse("a")).Name);
    }

    [Fact]
    public void An_agent_runs_when_it_is_listed_and_not_switched_off()
    {
        var config = Configs.Usable("""{"agents": {"enabled_agent_ids": ["a", "b"], "profiles": {"b": {"enabled": false}}}}""");
        Assert.True(config.IsEnabled(AgentId.Parse("a")));
        Assert.False(config.IsEnabled(AgentId.Parse("b")));
        Assert.False(config.IsEnabled(AgentId.Parse("c")));
        Assert.True(new OpenclawssyConfig().IsEnabled(AgentId.Parse("c")));
    }
}
