using Openclawssy.Gateway.Wire;
using Openclawssy.Runtime.Agents;
using Openclawssy.Runtime.Policy;
using Openclawssy.Runtime.Toolkit;

namespace Openclawssy.Gateway.Routes.Admin;

/// <summary><c>/api/admin/grants</c>: what each agent may use, and why a call would get which verdict.</summary>
sealed class GrantRoutes(GatewayRooms rooms)
{
    public IEnumerable<Route> All =>
    [
        new("GET", "/api/admin/grants", "Lists each agent's rights and the rights there are.", ListAsync) { Gives = GatewayJson.Default.GrantList },
        new("POST", "/api/admin/grants", "Gives an agent a right, or takes it away.", ChangeAsync) { Takes = GatewayJson.Default.GrantOrder, Gives = GatewayJson.Default.GrantChanged, Refusals = [415] },
        new("GET", "/api/admin/policy/explain", "Says what verdict a call would get now, by which rule, and where that is written.", ExplainAsync)
        {
            Gives = GatewayJson.Default.VerdictReply, Refusals = [404], Query = [new("agent_id", "Which agent."), new("tool", "Which tool."), new("input", "The call's input as JSON.")],
        },
    ];

    Task ListAsync(GatewayCall call)
    {
        var installation = rooms.Installation;
        return call.AnswerAsync(new(
            [.. Desk(call).All().Select(grants => new GrantRow(grants.Agent.ToString(), grants.IsWritten, grants.Capabilities))],
            [.. installation.Catalog.All.Select(tool => new CapabilityRow(tool.Name, tool.Description, Effects.Of(tool.Reach).ToText(), Capabilities.Starter.Contains(tool.Name))),
                new(Capabilities.Admin, "Other agents' things, and rights.", Effect.ControlPlane.ToText(), false)]), GatewayJson.Default.GrantList);
    }

    async Task ChangeAsync(GatewayCall call)
    {
        var order = await call.BodyAsync(GatewayJson.Default.GrantOrder);
        var agent = GatewayCall.Agent(order.AgentId);
        var change = order.Action switch
        {
            "grant" => Desk(call).Grant(agent, order.Capability),
            "revoke" => Desk(call).Revoke(agent, order.Capability),
            _ => throw RequestRefused.InvalidInput("action must be grant or revoke"),
        };
        await call.AnswerAsync(new(true, agent.ToString(), change.Capability, change.Changed, change.Capabilities), GatewayJson.Default.GrantChanged);
    }

    Task ExplainAsync(GatewayCall call)
    {
        var installation = rooms.Installation;
        var agent = rooms.Agent(GatewayCall.Agent(call.Text("agent_id") ?? throw RequestRefused.InvalidInput("agent_id is required")));
        var asked = call.Text("tool") ?? throw RequestRefused.InvalidInput("tool is required");
        var policy = new AgentPolicy(installation.Grants);
        var authority = Authority.Agent(agent);
        var verdict = asked == Capabilities.Admin ? policy.Decide(authority, asked)
            : new Cli.Explanation(authority, policy, installation.Grants, installation.Catalog, rooms.ConfigNow.Read() ?? installation.Config, AgentFolder.Existing(installation.State.Path))
                .Of(installation.Catalog.Find(asked) ?? throw RequestRefused.NotFound(ToolErrorCodes.NotFound, "there is no such tool"), call.Text("input"));
        return call.AnswerAsync(new(verdict.Word, verdict.Rule, verdict.WrittenAt, verdict.Reason), GatewayJson.Default.VerdictReply);
    }

    GrantsDesk Desk(GatewayCall call)
    {
        var installation = rooms.Installation;
        return new(Caller.WithToken(call.Holder.Credential, new(installation.Grants)), installation.Grants, installation.Catalog, () => AgentFolder.Existing(installation.State.Path), installation.InstallationAudit.Record);
    }
}
