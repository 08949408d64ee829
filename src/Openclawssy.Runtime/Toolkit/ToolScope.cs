using Openclawssy.Runtime.Text;

namespace Openclawssy.Runtime.Toolkit;

/// <summary>
/// The authority of one call, cut down by the gate to exactly what the tool declared. A property the tool did not declare
/// throws <c>policy.denied</c>: a tool that reaches further than it said fails closed.
/// </summary>
public sealed class ToolScope(AgentId agent, RunId run, IWorkspaceFiles? files, IWorkspaceEdits? edits, TimeProvider? clock, IShell? shell = null)
{
    public AgentId Agent { get; } = agent;
    public RunId Run { get; } = run;

    /// <summary>Needs <see cref="Reach.ReadsFiles"/>.</summary>
    public IWorkspaceFiles Files => files ?? throw Undeclared(Reach.ReadsFiles);

    /// <summary>Needs <see cref="Reach.WritesFiles"/>.</summary>
    public IWorkspaceEdits Edits => edits ?? throw Undeclared(Reach.WritesFiles);

    /// <summary>Needs <see cref="Reach.Clock"/>.</summary>
    public TimeProvider Clock => clock ?? throw Undeclared(Reach.Clock);

    /// <summary>Needs <see cref="Reach.Shell"/>.</summary>
    public IShell Shell => shell ?? throw Undeclared(Reach.Shell);

    static ToolException Undeclared(Reach reach) => ToolException.Denied($"this tool did not declare the reach {reach}");
}
