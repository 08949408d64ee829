using Openclawssy.Runtime.Text;

namespace Openclawssy.Runtime.Toolkit;

/// <param name="Capabilities">In ordinal order.</param>
/// <param name="IsWritten">True when the grants file has an entry for the agent; without one it has nothing.</param>
public sealed record AgentGrants(AgentId Agent, IReadOnlyList<string> Capabilities, bool IsWritten);

/// <param name="Capability">The right's own name, also where an alias was given.</param>
/// <param name="Changed">False when it was so already, and nothing was written.</param>
/// <param name="Capabilities">All the agent has now.</param>
public sealed record GrantChange(string Capability, bool Changed, IReadOnlyList<string> Capabilities);

/// <summary>
/// The desk where rights are looked up, given and taken away. Made by the gate for one permitted call and one caller, who needs
/// <c>policy.admin</c> for all of it. An agent gives nothing it does not have itself. A change is in the audit and on disk when
/// the method returns.
/// </summary>
public interface IGrantsDesk
{
    AgentGrants RightsOf(AgentId agent);

    /// <summary>Every agent there is or that has an entry, in ordinal order.</summary>
    IReadOnlyList<AgentGrants> All();

    /// <param name="capability">A tool's name or alias, or <c>policy.admin</c>.</param>
    /// <exception cref="ToolException"><c>tool.input_invalid</c>: there is no such right or no such agent. <c>policy.denied</c>: it is not the caller's to give.</exception>
    GrantChange Grant(AgentId agent, string capability);

    /// <param name="capability">Anything that stands in the agent's entry, also what is no tool's name any more.</param>
    GrantChange Revoke(AgentId agent, string capability);
}
