using Openclawssy.Runtime.Policy;
using Openclawssy.Runtime.Text;
using Openclawssy.Runtime.Toolkit;

namespace Openclawssy.Runtime.Records;

/// <summary>Who looks through a door, and how far: an agent sees what is its own, the operator and who holds <c>policy.admin</c> see all.</summary>
/// <param name="Name">For records, for example <c>agent:default</c>.</param>
/// <param name="May">Whether it holds a capability, now.</param>
public sealed record Viewer(AgentId Agent, string Name, Func<string, bool> May)
{
    public bool SeesAll => May(Capabilities.Admin);

    public bool Sees(AgentId agent) => agent == Agent || SeesAll;

    /// <exception cref="ToolException"><c>policy.denied</c>: it is another agent's.</exception>
    public void DemandSight(AgentId agent, string what)
    {
        if (!Sees(agent)) throw Denied($"{what} of agent \"{agent}\"");
    }

    /// <exception cref="ToolException"><c>policy.denied</c></exception>
    public void DemandAdmin(string what)
    {
        if (!SeesAll) throw Denied(what);
    }

    ToolException Denied(string what) => ToolException.Denied(
        $"{what}: that is not agent \"{Agent}\"'s own, so it needs {Capabilities.Admin} as well. Only a person can give it, with `openclawssy policy grant {Agent} {Capabilities.Admin}`.");
}
