using System.Text;
using Openclawssy.Egress;
using Xunit;

namespace Openclawssy.Tests.Egress;

public sealed class NetworkRulesTests
{
    static readonly Uri A = new("https://a.test/");
    string? file = """{"network": {"enabled": true, "allowed_domains": ["a.test"]}}""";

    NetworkRules Rules => new(() => file is null ? null : Encoding.UTF8.GetBytes(file), "config.json");

    static string Refusal(RunNetwork run) => Assert.Throws<EgressDeniedException>(() => run.Allow(A)).Message;

    [Fact]
    public void Taking_away_works_at_the_next_request()
    {
        var run = Rules.AtRunStart();
        run.Allow(A);
        file = """{"network": {"enabled": false, "allowed_domains": ["a.test"]}}""";
        Assert.Contains("network.enabled", Refusal(run), StringComparison.Ordinal);
        file = """{"network": {"enabled": true, "allowed_domains": ["b.test"]}}""";
        Assert.Contains("network.allowed_domains", Refusal(run), StringComparison.Ordinal);
    }

    [Fact]
    public void Giving_works_from_the_next_run()
    {
        file = null;
        var rules = Rules;
        var run = rules.AtRunStart();
        file = """{"network": {"enabled": true, "allowed_domains": ["a.test"]}}""";
        Assert.Contains("next run", Refusal(run), StringComparison.Ordinal);
        rules.AtRunStart().Allow(A);
    }

    [Theory]
    [InlineData("""{"network": {"enabled": "yes"}}""")]
    [InlineData("")]
    [InlineData("{")]
    public void A_broken_file_allows_nothing(string broken)
    {
        var run = Rules.AtRunStart();
        file = broken;
        Assert.Contains("config validate", Refusal(run), StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_that_cannot_be_read_allows_nothing()
    {
        var run = new NetworkRules(() => throw new UnauthorizedAccessException("no"), "config.json").AtRunStart();
        Assert.Contains("cannot be read", Refusal(run), StringComparison.Ordinal);
    }
}
