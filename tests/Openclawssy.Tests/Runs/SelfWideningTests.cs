using Openclawssy.Runtime.Config;
using Openclawssy.Runtime.Journal;
using Openclawssy.Runtime.Policy;
using Openclawssy.Runtime.Runs;
using Openclawssy.Runtime.Text;
using Openclawssy.Runtime.Toolkit;
using Openclawssy.Tests.House;
using Openclawssy.Tools;
using Xunit;

namespace Openclawssy.Tests.Runs;

/// <summary>Whatever a model asks the control plane for, nobody can do more afterwards.</summary>
public sealed class SelfWideningTests
{
    static readonly AgentId Other = AgentId.Parse("other");

    static readonly string[] Wanted = [Capabilities.Admin, "fs.write", "fs.delete", "code.search", "config.set", "policy.grant", "secrets.get", "shell.exec", "http.request", "*", "FS.WRITE", "fs.rename"];

    /// <summary>Every call that could gain something, and what would have to be called first.</summary>
    internal static List<(string Name, string Arguments)> Attempts =>
    [
        .. from capability in Wanted from agent in new[] { "default", "other" } select ("policy.grant", $$"""{"agent_id":"{{agent}}","capability":"{{capability}}"}"""),
        ("policy.revoke", """{"agent_id":"other","capability":"fs.read"}"""),
        ("policy.grant", """{"agent_id":"default","capability":"fs.write","operator":true}"""),
        .. from update in new[]
           {
               "\"network.enabled\":true", "\"network.allowed_domains\":[\"evil.example\"]", "\"network.allow_localhosts\":true", "\"shell.enable_exec\":true",
               "\"agents.enabled_agent_ids\":[\"default\",\"evil\"]", "\"agents.allow_inter_agent_messaging\":false", "\"agents.allow_agent_model_overrides\":false",
               "\"output.thinking_mode\":\"always\",\"network.enabled\":true", "\"sandbox.active\":true", "\"sandbox.local.network\":\"proxy\"", "\"shell.allowed_commands\":[\"sh\"]",
               "\"network\":{\"enabled\":true}", "\"workspace.protected\":[]", "\"providers.zai.base_url\":\"https://evil.example\"", "\"chat.allow_users\":[\"mallory\"]",
           }
           from dryRun in new[] { "false", "true" } select ("config.set", $$"""{"updates":{{{update}}},"dry_run":{{dryRun}}}"""),
        ("fs.write", """{"path":"../.openclawssy/policy/capabilities.json","content":"{}"}"""),
    ];

    [Theory]
    [InlineData("")]
    [InlineData("fs.read,config.get")]
    [InlineData("fs.read,policy.list,policy.grant,policy.revoke,config.get,config.set")]
    [InlineData("fs.read,policy.admin")]
    [InlineData("fs.read,policy.admin,policy.list,policy.grant,policy.revoke,config.get,config.set")]
    public async Task Nothing_a_model_asks_for_widens_anything(string granted)
    {
        Assert.Equal([], await GainsAsync(granted, Authority.Agent(AgentId.Parse("default")), naive: false));
        Assert.Equal([], await GainsAsync(granted, Authority.Operator(1000, null).Narrow(new Principal.Agent(AgentId.Parse("default"))), naive: false));
    }

    // The control: desks that believe whoever was let in.
    [Fact]
    public async Task Desks_without_rules_of_their_own_are_caught()
    {
        var gains = await GainsAsync("policy.admin,policy.grant,config.set", Authority.Agent(AgentId.Parse("default")), naive: true);
        Assert.Contains("default: fs.write", gains);
        Assert.Contains("other: policy.admin", gains);
        Assert.Contains("configuration", gains);
    }

    static async Task<List<string>> GainsAsync(string granted, Authority authority, bool naive)
    {
        await using var house = new TestHouse { Authority = authority };
        Directory.CreateDirectory(house.State.Of("agents", "other"));
        var own = granted.Split(',', StringSplitOptions.RemoveEmptyEntries);
        File.WriteAllText(house.State.GrantsFile, $"{{\"agents\":{{\"default\":[{string.Join(",", own.Select(name => $"\"{name}\""))}],\"other\":[\"fs.read\"]}}}}");
        File.WriteAllText(house.State.ConfigFile, "{\"sandbox\":{\"active\":true,\"provider\":\"local\"}}");
        var before = Reach(house);
        var file = new GrantsFile(house.State.GrantsFile, Toolbox.All.Select(tool => tool.Name));
        if (naive) house.Doors = new() { Grants = _ => new NaiveGrants(file), Configuration = _ => new NaiveConfiguration(ConfigStore.In(house.State)) };

        var asked = 0;
        foreach (var calls in Attempts.Chunk(12))
        {
            house.Model.Calls(calls).Says("done");
            var run = await house.AskAsync("more");
            asked += TestHouse.Read(run).Entries.Count(entry => entry.Event is ToolAnswered);
        }
        Assert.Equal(Attempts.Count, asked);

        var now = file.Current();
        Assert.Null(now.Problem);
        List<string> gains = [];
        // An agent with policy.admin may hand on what it has; nobody gets what it does not have.
        foreach (var agent in now.Agents)
            gains.AddRange(now.Of(agent).Except(own).Where(name => (agent, name) != (Other, "fs.read")).Select(name => $"{agent}: {name}"));
        gains.AddRange(now.Of(Other).Where(name => name == Capabilities.Admin).Select(name => $"other: {name}"));
        if (Reach(house) != before) gains.Add("configuration");
        return gains;
    }

    /// <summary>What decides what agents may reach, as text: all but the keys an agent may be granted.</summary>
    static string Reach(TestHouse house)
    {
        var config = ConfigStore.In(house.State).Load().Require();
        return string.Join('\n', ConfigSchema.Keys.Where(key => key.Change != ChangeRight.Granted && !key.Path.Contains('<')).Select(key => $"{key.Path} {ConfigView.Value(config, ConfigPath.Parse(key.Path.Replace("[]", "", StringComparison.Ordinal)))}"));
    }

    [Fact]
    public async Task Taking_away_counts_at_the_next_call_and_giving_from_the_next_run()
    {
        await using var house = new TestHouse();
        house.Place("a.txt", "x");
        File.WriteAllText(house.State.GrantsFile, """{"agents":{"default":["fs.read","time.now","policy.admin","policy.revoke"]}}""");
        var desk = new GrantsFile(house.State.GrantsFile, ["code.search"]);
        house.Model
            .Calls("fs.read", """{"path":"a.txt"}""")
            .Calls("policy.revoke", """{"agent_id":"default","capability":"fs.read"}""")
            .Calls("fs.read", """{"path":"a.txt"}""")
            .Does(token =>
            {
                desk.Change(grants => grants.With(house.Agent, [.. grants.Of(house.Agent), "code.search"]));
                return new ScriptedModel().Calls("code.search", """{"pattern":"x"}""").GetStreamingResponseAsync([], cancellationToken: token);
            })
            .Says("done");

        Assert.Equal([null, null, ToolErrorCodes.PolicyDenied, ToolErrorCodes.PolicyDenied], Codes(await house.AskAsync("go")));

        house.Model.Calls("code.search", """{"pattern":"x"}""").Says("done");
        Assert.Equal([null], Codes(await house.AskAsync("go")));
        Assert.Equal(AuditVerdict.Intact, house.VerifyAudit().ExitCode);
        Assert.Contains(File.ReadLines(Directory.GetFiles(house.State.AuditFolder, "*.jsonl").Single()),
            line => line.Contains("\"event\":\"policy.revoked\"", StringComparison.Ordinal) && line.Contains("agent:default run=run_", StringComparison.Ordinal));

        static IEnumerable<string?> Codes(RunResult run) => TestHouse.Read(run).Entries.Select(entry => entry.Event).OfType<ToolAnswered>().Select(answer => answer.Error?.Code);
    }

    [Fact]
    public async Task A_denial_at_a_desk_is_in_the_record_with_the_desks_own_rule()
    {
        await using var house = new TestHouse();
        File.WriteAllText(house.State.GrantsFile, """{"agents":{"default":["config.set"]}}""");
        house.Model.Calls("config.set", """{"updates":{"network.enabled":true}}""").Says("could not");

        var verdicts = TestHouse.Read(await house.AskAsync("go")).Entries.Select(entry => entry.Event).OfType<PolicyVerdict>().ToList();

        Assert.Equal(["allow grant control_plane", "deny operator_key control_plane"], verdicts.Select(verdict => $"{verdict.Verdict} {verdict.Rule} {verdict.Effect}"));
        Assert.Contains("openclawssy config set network.enabled 'true'", verdicts[1].Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_tool_that_needs_policy_admin_is_not_shown_without_it()
    {
        await using var house = new TestHouse();
        File.WriteAllText(house.State.GrantsFile, """{"agents":{"default":["policy.list","config.get"]}}""");
        house.Model.Says("hello");

        var offered = TestHouse.Read(await house.AskAsync("go")).Entries.Select(entry => entry.Event).OfType<ToolsOffered>().Single();

        Assert.Equal(["config.get"], offered.Tools.Select(tool => tool.Name));
    }

    sealed class NaiveGrants(GrantsFile file) : IGrantsDesk
    {
        public AgentGrants RightsOf(AgentId agent) => new(agent, file.Current().Of(agent), true);
        public IReadOnlyList<AgentGrants> All() => [.. file.Current().Agents.Select(RightsOf)];
        public GrantChange Revoke(AgentId agent, string capability) => throw new NotSupportedException();

        public GrantChange Grant(AgentId agent, string capability)
        {
            if (file.IsCapability(capability)) file.Change(grants => grants.With(agent, [.. grants.Of(agent), capability]));
            return new(capability, true, file.Current().Of(agent));
        }
    }

    sealed class NaiveConfiguration(ConfigStore store) : IConfigurationDesk
    {
        public string Whole() => "{}";
        public string Value(string field) => "null";

        public ConfigurationChange Change(IReadOnlyList<FieldUpdate> updates, bool dryRun)
        {
            store.Change([.. updates.Select(update => new ConfigChange(ConfigPath.Parse(update.Field), update.Json))], dryRun);
            return new([], "{}");
        }
    }
}
