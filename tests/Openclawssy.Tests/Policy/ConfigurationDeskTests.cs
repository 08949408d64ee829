using System.Text.Json;
using Openclawssy.Runtime.Config;
using Openclawssy.Runtime.Policy;
using Openclawssy.Runtime.Storage;
using Openclawssy.Runtime.Text;
using Openclawssy.Runtime.Toolkit;
using Openclawssy.TestKit;
using Openclawssy.Tests.House;
using Openclawssy.Tools.Configuration;
using Xunit;

namespace Openclawssy.Tests.Policy;

public sealed class ConfigurationDeskTests : IDisposable
{
    static readonly AgentId Agent = AgentId.Parse("a");

    readonly TempFolder folder = new();
    readonly Ledger audit = new();
    readonly StateFolder state;

    public ConfigurationDeskTests()
    {
        state = StateFolder.Create(folder.Path);
        File.WriteAllText(state.ConfigFile, "{ // mine\n  \"output\": { \"thinking_mode\": \"never\" },\n  \"providers\": { \"zai\": { \"api_key\": \"sk-canary-1234567\" } }\n}\n");
    }

    public void Dispose() => folder.Dispose();

    ConfigurationDesk Desk(Caller caller) => new(caller, ConfigStore.In(state), audit.Record);
    ConfigurationDesk OfOperator => Desk(Caller.AtTerminal(new(1000, null), Policy));
    ConfigurationDesk OfAgent => Desk(Caller.Of(new(Agent, RunId.Parse("run_1"), "c1", "config.set", Reach.Configuration), Authority.Agent(Agent), Policy));
    AgentPolicy Policy => new(new GrantsFile(state.GrantsFile, []));

    static FieldUpdate To(string field, string json) => new(field, json);

    string Text => File.ReadAllText(state.ConfigFile);

    [Fact]
    public void A_granted_key_is_changed_comments_kept_the_old_file_kept_and_both_values_audited()
    {
        var before = Text;
        var change = OfAgent.Change([To("output.thinking_mode", "\"on_error\""), To("engine.max_concurrent_runs", "32")], dryRun: false);

        Assert.Equal(["engine.max_concurrent_runs", "output.thinking_mode"], change.Fields);
        Assert.Equal("\"on_error\"", OfAgent.Value("output.thinking_mode"));
        Assert.Contains("// mine", Text, StringComparison.Ordinal);
        Assert.Equal(before, File.ReadAllText(state.LastGoodConfigFile));
        Assert.Equal(
        [
            "agent:a run=run_1 call=c1: config.changed field=output.thinking_mode before=\"never\" after=\"on_error\"",
            "agent:a run=run_1 call=c1: config.changed field=engine.max_concurrent_runs before=64 after=32",
        ], audit.Lines);
    }

    [Theory]
    [InlineData("network.enabled", "true", "operator_key")]
    [InlineData("network.allowed_domains", "[\"example.com\"]", "operator_key")]
    [InlineData("network.allow_localhosts", "true", "operator_key")]
    [InlineData("shell.enable_exec", "true", "operator_key")]
    [InlineData("agents.enabled_agent_ids", "[]", "operator_key")]
    [InlineData("agents.allow_agent_model_overrides", "true", "operator_key")]
    [InlineData("sandbox.active", "true", "file_only")]
    [InlineData("providers.zai.base_url", "\"https://evil.example\"", "file_only")]
    [InlineData("discord.command_prefix", "\"!x\"", "switched_off")]
    public void What_an_agent_may_not_change_is_denied_by_a_named_rule_and_nothing_of_the_call_is_done(string field, string json, string rule)
    {
        var before = Text;
        foreach (var dryRun in new[] { true, false })
        {
            var refusal = Assert.Throws<ToolException>(() => OfAgent.Change([To("output.thinking_mode", "\"always\""), To(field, json)], dryRun));
            Assert.Equal((ToolErrorCodes.PolicyDenied, rule), (refusal.Code, refusal.Rule?.Name));
            if (rule != "switched_off") Assert.Contains($"openclawssy config set {field} '{json}'", refusal.Message, StringComparison.Ordinal);
        }
        Assert.Equal(before, Text);
        Assert.Empty(audit.Lines);
    }

    [Fact]
    public void The_operator_may_change_what_agents_may_reach()
    {
        OfOperator.Change([To("network.enabled", "true"), To("network.allowed_domains", "[\"example.com\"]")], dryRun: false);

        Assert.Equal("true", OfOperator.Value("network.enabled"));
        Assert.StartsWith("operator uid=1000: config.changed field=network.enabled before=false after=true", audit.Lines[0], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("engine.max_concurrent_runs", "0")]
    [InlineData("engine.max_concurrent_runs", "1.5")]
    [InlineData("output.thinking_mode", "\"loudly\"")]
    [InlineData("shell.enable_exec", "true")]
    [InlineData("nothing.at_all", "1")]
    [InlineData("output..x", "1")]
    public void What_is_not_valid_is_refused_whole_also_for_the_operator(string field, string json)
    {
        var before = Text;
        var refusal = Assert.Throws<ToolException>(() => OfOperator.Change([To("output.max_thinking_chars", "100"), To(field, json)], dryRun: false));
        Assert.Equal(ToolErrorCodes.InputInvalid, refusal.Code);
        Assert.Equal(before, Text);
    }

    [Fact]
    public void A_dry_run_shows_what_would_come_of_it_and_writes_nothing()
    {
        var before = Text;
        var change = OfAgent.Change([To("output.max_thinking_chars", "100")], dryRun: true);

        Assert.Contains("\"max_thinking_chars\":100", change.ConfigJson, StringComparison.Ordinal);
        Assert.Equal((before, 0), (Text, audit.Lines.Count));
        Assert.False(File.Exists(state.LastGoodConfigFile));
    }

    [Fact]
    public void No_secret_is_shown_and_nothing_of_where_secrets_are()
    {
        Assert.DoesNotContain("canary", OfAgent.Whole(), StringComparison.Ordinal);
        Assert.DoesNotContain("master", OfAgent.Whole(), StringComparison.Ordinal);
        Assert.Equal("\"[set]\"", OfAgent.Value("providers.zai.api_key"));
        foreach (var field in new[] { "secrets", "secrets.master_key_file" })
            Assert.Equal(ToolErrorCodes.InputInvalid, Assert.Throws<ToolException>(() => OfAgent.Value(field)).Code);
    }

    [Fact]
    public void A_broken_file_is_neither_shown_nor_changed()
    {
        File.WriteAllText(state.ConfigFile, "{\"modle\":1}");
        Assert.Throws<ToolException>(() => OfOperator.Whole());
        Assert.Throws<ToolException>(() => OfOperator.Change([To("output.max_thinking_chars", "100")], dryRun: false));
        Assert.Equal("{\"modle\":1}", Text);
    }

    [Fact]
    public void The_tool_knows_exactly_the_keys_that_are_open_to_it()
    {
        var fields = new ConfigSet().InputSchema.GetProperty("properties").GetProperty("updates").GetProperty("properties");
        Assert.Equal(
            ConfigSchema.Keys.Where(key => key.Change != ChangeRight.File).Select(key => key.Path).Order(StringComparer.Ordinal),
            fields.EnumerateObject().Select(field => field.Name).Order(StringComparer.Ordinal));
        foreach (var field in fields.EnumerateObject().Where(field => field.Value.TryGetProperty("minimum", out _)))
            Assert.StartsWith(Bounds(field.Value), ConfigSchema.Find(ConfigPath.Parse(field.Name))!.Rule.Replace(",", "", StringComparison.Ordinal), StringComparison.Ordinal);

        static string Bounds(JsonElement schema) => $"{schema.GetProperty("minimum")} to {schema.GetProperty("maximum")}";
    }
}
