using Openclawssy.Runtime.Text;

namespace Openclawssy.Runtime.Toolkit;

/// <summary>
/// Proof that policy allowed one call and that the verdict is on disk. Only the tool gate makes one (a wall test looks at the
/// compiled code); every door with an effect demands it.
/// </summary>
public sealed class Permit
{
    internal Permit(AgentId agent, RunId run, string callId, string tool, Reach reach) =>
        (Agent, Run, CallId, Tool, Reach) = (agent, run, callId, tool, reach);

    public AgentId Agent { get; }
    public RunId Run { get; }
    public string CallId { get; }
    public string Tool { get; }
    public Reach Reach { get; }

    /// <summary>Doors call this before each effect: a call that timed out or was cancelled may still be running, but its permit is gone.</summary>
    /// <exception cref="ToolException"><c>policy.denied</c> after the gate took the permit back.</exception>
    public void Demand(Reach reach)
    {
        if (Volatile.Read(ref revoked)) throw ToolException.Denied($"the permit of {Tool} was taken back");
        if (!Reach.HasFlag(reach)) throw ToolException.Denied($"{Tool} did not declare the reach {reach}");
    }

    internal void Revoke() => Volatile.Write(ref revoked, true);

    bool revoked;
}
