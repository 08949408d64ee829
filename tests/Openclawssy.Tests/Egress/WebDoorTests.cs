using Openclawssy.Egress;
using Openclawssy.Runtime.Text;
using Openclawssy.Runtime.Toolkit;
using Xunit;

namespace Openclawssy.Tests.Egress;

public sealed class WebDoorTests
{
    static readonly AgentId Agent = AgentId.Parse("default");
    static readonly RunId Run = RunId.Parse("run_0000000000001_0000000000");

    [Fact]
    public async Task A_permit_that_was_taken_back_ends_a_visit_at_its_next_hop()
    {
        var permit = new Permit(Agent, Run, "1", "http.request", Reach.Web);
        using var server = new RawServer(_ =>
        {
            permit.Revoke();
            return RawServer.Redirect(302, "/again");
        });
        using var client = EgressClient.OfSystem(TimeProvider.System);
        var web = Door(client).OpenFor(permit);
        var refusal = await Assert.ThrowsAsync<ToolException>(() => web.SendAsync(Ask(server), default));
        Assert.Equal(ToolErrorCodes.PolicyDenied, refusal.Code);
        Assert.Equal(1, server.Visitors);

        await Assert.ThrowsAsync<ToolException>(() => web.SendAsync(Ask(server), default));
        Assert.Equal(1, server.Visitors);
    }

    [Fact]
    public async Task A_permit_without_the_web_opens_nothing()
    {
        using var server = new RawServer(_ => RawServer.Ok("x"));
        using var client = EgressClient.OfSystem(TimeProvider.System);
        var web = Door(client).OpenFor(new(Agent, Run, "1", "fs.read", Reach.ReadsFiles));
        await Assert.ThrowsAsync<ToolException>(() => web.SendAsync(Ask(server), default));
        Assert.Equal(0, server.Visitors);
    }

    static WebDoor Door(EgressClient client) => new(
        client, new NetworkRules(() => """{"network": {"enabled": true, "allow_localhosts": true}}"""u8.ToArray(), "config.json").AtRunStart(), new NoSecrets(), TimeProvider.System);

    static WebCall Ask(RawServer server) => new("GET", $"http://127.0.0.1:{server.Port}/", new Dictionary<string, TextOrSecret>(), null, TimeSpan.FromSeconds(60), 1000);
}
