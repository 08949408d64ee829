using Openclawssy.Runtime.Policy;
using Openclawssy.Runtime.Text;
using Openclawssy.Runtime.Toolkit;
using Openclawssy.TestKit;
using Openclawssy.Tests.House;
using Openclawssy.Tools;
using Xunit;

namespace Openclawssy.Tests.Policy;

public sealed class GrantsDeskTests : IDisposable
{
    static readonly AgentId A = AgentId.Parse("a");
    static readonly AgentId B = AgentId.Parse("b");
    static readonly ToolCatalog Catalog = new(Toolbox.All);

    readonly TempFolder folder = new();
    readonly Ledger audit = new();
    readonly GrantsFile file;

    public GrantsDeskTests()
    {
        Directory.CreateDirectory(folder["policy"]);
        file = new(folder["policy/capabilities.json"], Catalog.All.Select(tool => tool.Name));
    }

    public void Dispose() => folder.Dispose();

    GrantsDesk Desk(Caller caller) => new(caller, file, Catalog, () => [A, B], audit.Record);
    GrantsDesk OfOperator => Desk(Caller.AtTerminal(new(1000, "/dev/pts/3"), new(file)));
    GrantsDesk OfAgent(Authority? authority = null, Reach reach = Reach.Grants) =>
        Desk(Caller.Of(new(A, RunId.Parse("run_1"), "c1", "policy.grant", reach), authority ?? Authority.Agent(A), new(file)));

    void Written(string json) => File.WriteAllText(folder["policy/capabilities.json"], json);

    static void Denied(string rule, Action act) => Assert.Equal(rule, Assert.Throws<ToolException>(act).Rule?.Name);

    [Fact]
    public void The_operator_gives_and_takes_every_right_and_the_audit_has_it_first()
    {
        Written("""{"agents":{"a":["fs.read"]}}""");

        Assert.Equal(["fs.read", "policy.admin"], OfOperator.Grant(A, "policy.admin").Capabilities);
        Assert.Equal(["policy.admin"], OfOperator.Revoke(A, "fs.read").Capabilities);

        Assert.Equal(["policy.admin"], file.Current().Of(A));
        Assert.Equal(
        [
            "operator uid=1000 tty=/dev/pts/3: policy.granted agent_id=a capability=policy.admin",
            "operator uid=1000 tty=/dev/pts/3: policy.revoked agent_id=a capability=fs.read",
        ], audit.Lines);
    }

    [Fact]
    public void What_cannot_be_recorded_is_not_granted()
    {
        Written("""{"agents":{}}""");
        var desk = new GrantsDesk(Caller.AtTerminal(new(1, null), new(file)), file, Catalog, () => [A], (_, _, _) => throw new IOException("full"));

        Assert.Throws<IOException>(() => desk.Grant(A, "fs.read"));
        Assert.Empty(file.Current().Of(A));
    }

    [Fact]
    public void What_is_so_already_is_neither_written_nor_recorded()
    {
        Written("""{"agents":{"a":["fs.read"]} }""");

        Assert.False(OfOperator.Grant(A, "fs.read").Changed);
        Assert.False(OfOperator.Revoke(B, "fs.read").Changed);

        Assert.Empty(audit.Lines);
        Assert.Equal("""{"agents":{"a":["fs.read"]} }""", File.ReadAllText(folder["policy/capabilities.json"]));
    }

    [Fact]
    public void An_alias_means_the_tool_and_what_is_no_right_is_refused()
    {
        Written("""{"agents":{"a":["fs.raed"]}}""");

        Assert.Equal("fs.move", OfOperator.Grant(A, " fs.rename ").Capability);
        var refusal = Assert.Throws<ToolException>(() => OfOperator.Grant(A, "fs.reed"));
        Assert.Equal((ToolErrorCodes.InputInvalid, "$.capability"), (refusal.Code, refusal.Path));
        Assert.Contains("fs.read", refusal.Message, StringComparison.Ordinal);
        // What a person once mistyped can still be taken away.
        Assert.True(OfOperator.Revoke(A, "fs.raed").Changed);
    }

    [Fact]
    public void An_agent_that_is_not_there_gets_nothing()
    {
        Written("""{"agents":{}}""");
        Assert.Equal("$.agent_id", Assert.Throws<ToolException>(() => OfOperator.Grant(AgentId.Parse("ghost"), "fs.read")).Path);
    }

    [Fact]
    public void An_agent_without_policy_admin_stands_before_a_closed_desk()
    {
        Written("""{"agents":{"a":["policy.grant","policy.list","policy.revoke","fs.read"]}}""");

        Denied("no_grant", () => OfAgent().All());
        Denied("no_grant", () => OfAgent().RightsOf(A));
        Denied("no_grant", () => OfAgent().Grant(B, "fs.read"));
        Denied("no_grant", () => OfAgent().Revoke(B, "fs.read"));
    }

    [Fact]
    public void An_agent_gives_what_it_has_and_nothing_more()
    {
        Written("""{"agents":{"a":["policy.admin","fs.read"]}}""");

        Assert.True(OfAgent().Grant(B, "fs.read").Changed);
        Denied("own_rights", () => OfAgent().Grant(B, "fs.write"));
        Denied("own_rights", () => OfAgent().Grant(A, "fs.write"));
        Denied("operator_only", () => OfAgent().Grant(B, "policy.admin"));

        Assert.Equal(["fs.read"], file.Current().Of(B));
        Assert.Equal(["agent:a run=run_1 call=c1: policy.granted agent_id=b capability=fs.read"], audit.Lines);
    }

    [Fact]
    public void A_right_taken_away_during_the_run_cannot_be_passed_on()
    {
        Written("""{"agents":{"a":["policy.admin","fs.read"]}}""");
        var desk = OfAgent();

        desk.Revoke(A, "fs.read");

        Denied("own_rights", () => desk.Grant(A, "fs.read"));
        Denied("own_rights", () => desk.Grant(B, "fs.read"));
    }

    [Fact]
    public void An_operators_run_and_another_agents_run_lend_an_agent_nothing()
    {
        Written("""{"agents":{"a":["policy.admin","fs.read"],"b":["policy.admin","fs.write"]}}""");

        Denied("own_rights", () => OfAgent(Authority.Operator(1000, null).Narrow(new Principal.Agent(A))).Grant(B, "time.now"));
        Denied("operator_only", () => OfAgent(Authority.Operator(1000, null).Narrow(new Principal.Agent(A))).Grant(B, "policy.admin"));
        // Made by a, carried out by b: what both have.
        Denied("own_rights", () => OfAgent(Authority.Agent(A).Narrow(new Principal.Agent(B))).Grant(A, "fs.write"));
    }

    [Fact]
    public void A_call_that_did_not_declare_its_reach_is_refused() =>
        Assert.Equal(ToolErrorCodes.PolicyDenied, Assert.Throws<ToolException>(() => OfAgent(reach: Reach.Configuration).All()).Code);

    [Fact]
    public void A_broken_file_is_neither_believed_nor_overwritten()
    {
        Written("broken");

        Assert.Throws<ToolException>(() => OfOperator.All());
        Assert.Throws<ToolException>(() => OfOperator.Grant(A, "fs.read"));
        Assert.Throws<ToolException>(() => OfOperator.Revoke(A, "fs.read"));
        Assert.Equal("broken", File.ReadAllText(folder["policy/capabilities.json"]));
        Assert.Empty(audit.Lines);
    }

    [Fact]
    public void Agents_without_an_entry_are_listed_with_nothing()
    {
        Written("""{"agents":{"a":["fs.read"],"gone":[]}}""");

        Assert.Equal(["a True fs.read", "b False ", "gone True "], OfOperator.All().Select(entry => $"{entry.Agent} {entry.IsWritten} {string.Join(",", entry.Capabilities)}"));
    }
}
