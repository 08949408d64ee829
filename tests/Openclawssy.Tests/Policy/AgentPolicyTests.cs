using CsCheck;
using Openclawssy.Runtime.Policy;
using Openclawssy.Runtime.Text;
using Openclawssy.Runtime.Toolkit;
using Openclawssy.TestKit;
using Xunit;

namespace Openclawssy.Tests.Policy;

public sealed class AgentPolicyTests : IDisposable
{
    readonly TempFolder folder = new();
    static readonly AgentId Coder = AgentId.Parse("coder");
    static readonly string[] Names = ["fs.read", "fs.write", "time.now", "config.set", "policy.grant"];
    static readonly Tool[] Tools = [.. Names.Select(name => new NamedTool(name))];

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("""{"agents":{"coder":["fs.read"]}}""", "fs.read", "grant")]
    [InlineData("""{"agents":{"coder":["fs.read"]}}""", "fs.write", "no_grant")]
    [InlineData("""{"agents":{"coder":[]}}""", "fs.read", "no_grant")]
    [InlineData("""{"agents":{"other":["fs.read"]}}""", "fs.read", "no_grant")]
    [InlineData("""{"agents":{"Coder":["fs.read"]}}""", "fs.read", "no_grant")]
    [InlineData("""{"agents":{"coder":["FS.READ"," fs.read","fs.*","*"]}}""", "fs.read", "no_grant")]
    [InlineData("""{"agents":{"coder":["policy.admin"]}}""", "fs.read", "no_grant")]
    [InlineData("""{"agents":{"coder":["fs.read"]}""", "fs.read", "grants_unreadable")]
    [InlineData("", "fs.read", "grants_unreadable")]
    [InlineData(null, "fs.read", "grants_unreadable")]
    public void Grants_decide_what_an_agent_may_use(string? file, string tool, string rule)
    {
        var verdict = new AgentPolicy(File(file)).Decide(Authority.Agent(Coder), new NamedTool(tool));

        Assert.Equal(rule, verdict.Rule);
        Assert.Equal(rule == "grant", verdict.Allows);
        Assert.Contains("capabilities.json", verdict.WrittenAt, StringComparison.Ordinal);
    }

    [Fact]
    public void The_operator_needs_no_grant_and_no_readable_file()
    {
        var verdict = new AgentPolicy(File("broken")).Decide(Authority.Operator(1000, "/dev/pts/1"), new NamedTool("config.set"));

        Assert.True(verdict.Allows);
        Assert.Equal("operator", verdict.Rule);
    }

    [Fact]
    public void What_a_model_asks_for_in_an_operators_run_has_the_agents_rights()
    {
        var authority = Authority.Operator(1000, null).Narrow(new Principal.Agent(Coder));

        Assert.False(new AgentPolicy(File("""{"agents":{"coder":["fs.read"]}}""")).Decide(authority, new NamedTool("config.set")).Allows);
    }

    [Fact]
    public void A_senders_label_alone_has_no_rights()
    {
        var policy = new AgentPolicy(File("""{"agents":{"coder":["fs.read"]}}"""));
        var labelled = Authority.Agent(Coder).Narrow(new Principal.Sender("http", "operator"));

        Assert.True(policy.Decide(labelled, new NamedTool("fs.read")).Allows);
        Assert.False(policy.Decide(labelled, new NamedTool("config.set")).Allows);
    }

    [Fact]
    public void Taking_away_works_at_the_next_call_and_giving_from_the_next_run()
    {
        var file = File("""{"agents":{"coder":["fs.read","fs.write"]}}""");
        var run = new AgentPolicy(file);
        Assert.True(run.Decide(Authority.Agent(Coder), new NamedTool("fs.read")).Allows);

        File("""{"agents":{"coder":["config.set","fs.write"]}}""");

        Assert.False(run.Decide(Authority.Agent(Coder), new NamedTool("fs.read")).Allows);
        Assert.False(run.Decide(Authority.Agent(Coder), new NamedTool("config.set")).Allows);
        Assert.True(run.Decide(Authority.Agent(Coder), new NamedTool("fs.write")).Allows);
        Assert.True(new AgentPolicy(file).Decide(Authority.Agent(Coder), new NamedTool("config.set")).Allows);
    }

    [Fact]
    public void A_change_of_the_same_size_within_one_clock_tick_is_seen()
    {
        var run = new AgentPolicy(File("""{"agents":{"coder":["fs.read"]}}"""));
        for (var i = 0; i < 10; i++)
        {
            File("""{"agents":{"coder":["fs.xxxx"]}}""");
            Assert.False(run.Decide(Authority.Agent(Coder), new NamedTool("fs.read")).Allows);
            File("""{"agents":{"coder":["fs.read"]}}""");
            Assert.True(run.Decide(Authority.Agent(Coder), new NamedTool("fs.read")).Allows);
        }
    }

    [Fact]
    public void A_file_that_breaks_during_a_run_takes_everything_away()
    {
        var run = new AgentPolicy(File("""{"agents":{"coder":["fs.read"]}}"""));
        File("{");

        Assert.Equal("grants_unreadable", run.Decide(Authority.Agent(Coder), new NamedTool("fs.read")).Rule);
    }

    [Fact]
    public void A_model_is_offered_exactly_what_is_granted()
    {
        var policy = new AgentPolicy(File("""{"agents":{"coder":["time.now","fs.read","no.such.tool"]}}"""));

        Assert.Equal(["fs.read", "time.now"], policy.Offered(Authority.Agent(Coder), Tools).Select(tool => tool.Name));
        Assert.Empty(policy.Offered(Authority.Agent(AgentId.Parse("stranger")), Tools));
    }

    [Fact]
    public void A_question_is_answered_with_no_and_says_why()
    {
        var answer = new Verdict(VerdictKind.Ask, "approval", "somewhere", "This sends data out.").WithoutApprovals();

        Assert.False(answer.Allows);
        Assert.False(new Verdict(VerdictKind.Ask, "approval", "somewhere", "").Allows);
        Assert.Contains("approvals do not exist yet", answer.Reason, StringComparison.Ordinal);
        Assert.False(default(VerdictKind) == VerdictKind.Allow, "an unset verdict must not allow");
    }

    [Fact]
    public void A_chain_never_has_more_rights_than_any_of_its_members() =>
        AllChainsAreNarrow(policy => authority => policy.Decide(authority, "fs.read").Allows);

    [Fact]
    public void The_control_that_takes_the_union_is_caught() =>
        Assert.ThrowsAny<Exception>(() => AllChainsAreNarrow(policy => authority =>
            authority.Chain.Any(principal => principal is Principal.Agent agent && policy.Decide(Authority.Agent(agent.Id), "fs.read").Allows)));

    /// <summary>Agents a0..a4; those with an even number may read.</summary>
    static readonly Gen<int[]> Chains = Gen.Int[0, 4].Array[1, 4];

    void AllChainsAreNarrow(Func<AgentPolicy, Func<Authority, bool>> rule)
    {
        var may = rule(new AgentPolicy(File("""{"agents":{"a0":["fs.read"],"a1":[],"a2":["fs.read"],"a4":["fs.read","fs.write"]}}""")));
        Chains.Sample(chain =>
        {
            var agents = chain.Select(number => AgentId.Parse($"a{number}")).ToList();
            var whole = agents.Skip(1).Aggregate(Authority.Agent(agents[0]), (authority, agent) => authority.Narrow(new Principal.Agent(agent)));
            Assert.True(!may(whole) || agents.All(agent => may(Authority.Agent(agent))));
        });
    }

    GrantsFile File(string? content)
    {
        var path = folder["capabilities.json"];
        if (content is null) System.IO.File.Delete(path);
        else System.IO.File.WriteAllText(path, content);
        return new(path, Names);
    }
}
