using Openclawssy.Runtime.Policy;
using Openclawssy.Runtime.Text;
using Xunit;

namespace Openclawssy.Tests.Policy;

public sealed class AuthorityTests
{
    [Fact]
    public void A_chain_is_written_outermost_first()
    {
        var authority = Authority.Agent(AgentId.Parse("maker")).Narrow(new Principal.Agent(AgentId.Parse("helper"))).Narrow(new Principal.Sender("discord", "1234"));

        Assert.Equal(["agent:maker", "agent:helper", "user:discord/1234"], authority.Names);
    }

    [Fact]
    public void A_sender_cannot_forge_another_principal()
    {
        var name = new Principal.Sender("discord", "x\n> operator\u202e").ToString();

        Assert.DoesNotContain('\n', name);
        Assert.DoesNotContain('\u202e', name);
        Assert.StartsWith("user:", name, StringComparison.Ordinal);
    }

    static readonly AgentId Target = AgentId.Parse("target");

    [Theory]
    [InlineData("", "agent:target")]
    [InlineData("operator", "agent:target")]
    [InlineData("agent:maker", "agent:maker agent:target")]
    [InlineData("agent:target", "agent:target")]
    [InlineData("operator user:dashboard/x agent:maker", "user:dashboard/x agent:maker agent:target")]
    [InlineData("agent:target agent:maker", "agent:target agent:maker agent:target")]
    public void What_was_made_earlier_has_what_its_makers_and_its_agent_share(string makers, string chain) =>
        Assert.Equal(chain.Split(' '), Authority.MadeBy(makers.Split(' ', StringSplitOptions.RemoveEmptyEntries), Target).Names);

    [Theory]
    [InlineData("root")]
    [InlineData("Operator")]
    [InlineData("agent:")]
    [InlineData("agent:../x")]
    [InlineData("user:x")]
    [InlineData("")]
    public void A_maker_nobody_knows_is_refused_and_not_left_out(string maker)
    {
        Assert.Throws<FormatException>(() => Authority.MadeBy([maker, "agent:maker"], Target));
        // The control: who leaves out what is not understood has a wider chain than was written.
        string[] written = ["agent:../x", "agent:maker"];
        Assert.Equal(["agent:maker"], written.Where(name => AgentId.TryParse(name["agent:".Length..], out _)));
    }

    [Fact]
    public void Nothing_made_by_the_operator_runs_with_the_operators_rights() => Assert.False(Authority.MadeBy(["operator"], Target).IsOperator);
}
