using Openclawssy.Runtime.Text;
using Openclawssy.Runtime.Toolkit;

namespace Openclawssy.Runtime.Policy;

/// <summary>The grants file, as one caller may see and change it.</summary>
/// <param name="agents">The agents there are.</param>
/// <param name="record">The installation's audit; written before the file is.</param>
public sealed class GrantsDesk(Caller caller, GrantsFile file, ToolCatalog catalog, Func<IReadOnlyList<AgentId>> agents, ActRecord record) : IGrantsDesk
{
    public AgentGrants RightsOf(AgentId agent)
    {
        DemandAdmin();
        return Entry(Readable(), agent);
    }

    public IReadOnlyList<AgentGrants> All()
    {
        DemandAdmin();
        var grants = Readable();
        return [.. grants.Agents.Union(agents()).OrderBy(agent => agent.ToString(), StringComparer.Ordinal).Select(agent => Entry(grants, agent))];
    }

    public GrantChange Grant(AgentId agent, string capability)
    {
        var name = NameOf(capability);
        if (!file.IsCapability(name)) throw ToolException.InvalidInput(Unknown(name), "$.capability");
        if (!agents().Contains(agent)) throw ToolException.InvalidInput($"there is no agent \"{agent}\"; `openclawssy init -agent {agent}` makes one", "$.agent_id");
        return Change(agent, name, "policy.granted", grants =>
        {
            Caller.Demand(ChangeRules.Grant(caller.Authority, caller.Policy, agent, name), "$.capability");
            return grants.Has(agent, name) ? null : [.. grants.Of(agent), name];
        });
    }

    public GrantChange Revoke(AgentId agent, string capability)
    {
        // What stands in the file letter by letter comes first: it may be no tool's name.
        var name = Readable().Has(agent, capability) ? capability : NameOf(capability);
        return Change(agent, name, "policy.revoked", grants => grants.Has(agent, name) ? [.. grants.Of(agent).Where(granted => granted != name)] : null);
    }

    /// <param name="wanted">The agent's rights as they shall be; null leaves them.</param>
    GrantChange Change(AgentId agent, string name, string happened, Func<Grants, IReadOnlyList<string>?> wanted)
    {
        IReadOnlyList<string> after = [];
        try
        {
            var changed = file.Change(grants =>
            {
                DemandAdmin();
                if (wanted(grants) is not { } capabilities)
                {
                    after = grants.Of(agent);
                    return null;
                }
                record(caller.Actor, happened, ("agent_id", agent.ToString()), ("capability", name));
                var next = grants.With(agent, capabilities);
                after = next.Of(agent);
                return next;
            });
            return new(name, changed, after);
        }
        catch (InvalidDataException broken) { throw ToolException.Failed(broken.Message, inner: broken); }
    }

    void DemandAdmin()
    {
        caller.Demand(Reach.Grants);
        Caller.Demand(caller.Policy.Decide(caller.Authority, Capabilities.Admin));
    }

    Grants Readable() => file.Current() is var grants && grants.Problem is { } problem ? throw ToolException.Failed(problem) : grants;

    string NameOf(string capability) => catalog.Find(capability.Trim())?.Name ?? capability.Trim();

    string Unknown(string name) =>
        $"\"{OneLine.Escape(name, 64)}\" is no right: it must be a tool's name or {Capabilities.Admin}{(NearestName.Find(name, catalog.All.Select(tool => tool.Name)) is { } near ? $"; did you mean {near}?" : "")}";

    static AgentGrants Entry(Grants grants, AgentId agent) => new(agent, grants.Of(agent), grants.Knows(agent));
}
