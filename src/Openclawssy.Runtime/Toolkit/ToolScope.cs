using Openclawssy.Runtime.Text;

namespace Openclawssy.Runtime.Toolkit;

/// <summary>
/// The authority of one call, cut down by the gate to exactly what the tool declared. A property the tool did not declare
/// throws <c>policy.denied</c>: a tool that reaches further than it said fails closed.
/// </summary>
public sealed class ToolScope(AgentId agent, RunId run)
{
    readonly IWorkspaceFiles? files;
    readonly IWorkspaceEdits? edits;
    readonly TimeProvider? clock;
    readonly IWeb? web;
    readonly IShell? shell;
    readonly IGrantsDesk? grants;
    readonly IConfigurationDesk? configuration;
    readonly ISecretsDesk? secrets;
    readonly IRunRecords? runs;
    readonly ISessionRecords? sessions;
    readonly IAgentRecords? agents;
    readonly IRunControl? runControl;
    readonly ISessionControl? sessionControl;
    readonly IAgentControl? agentControl;
    readonly ISchedulerDesk? scheduler;

    public AgentId Agent { get; } = agent;
    public RunId Run { get; } = run;

    /// <summary>Needs <see cref="Reach.ReadsFiles"/>.</summary>
    public IWorkspaceFiles Files { get => files ?? throw Undeclared(Reach.ReadsFiles); init => files = value; }

    /// <summary>Needs <see cref="Reach.WritesFiles"/>.</summary>
    public IWorkspaceEdits Edits { get => edits ?? throw Undeclared(Reach.WritesFiles); init => edits = value; }

    /// <summary>Needs <see cref="Reach.Clock"/>.</summary>
    public TimeProvider Clock { get => clock ?? throw Undeclared(Reach.Clock); init => clock = value; }

    /// <summary>Needs <see cref="Reach.Web"/>.</summary>
    public IWeb Web { get => web ?? throw Undeclared(Reach.Web); init => web = value; }

    /// <summary>Needs <see cref="Reach.Shell"/>.</summary>
    public IShell Shell { get => shell ?? throw Undeclared(Reach.Shell); init => shell = value; }

    /// <summary>Needs <see cref="Reach.Grants"/>.</summary>
    public IGrantsDesk Grants { get => grants ?? throw Undeclared(Reach.Grants); init => grants = value; }

    /// <summary>Needs <see cref="Reach.Configuration"/>.</summary>
    public IConfigurationDesk Configuration { get => configuration ?? throw Undeclared(Reach.Configuration); init => configuration = value; }

    /// <summary>Needs <see cref="Reach.Secrets"/>.</summary>
    public ISecretsDesk Secrets { get => secrets ?? throw Undeclared(Reach.Secrets); init => secrets = value; }

    /// <summary>Needs <see cref="Reach.Records"/>.</summary>
    public IRunRecords Runs { get => runs ?? throw Undeclared(Reach.Records); init => runs = value; }

    /// <summary>Needs <see cref="Reach.Records"/>.</summary>
    public ISessionRecords Sessions { get => sessions ?? throw Undeclared(Reach.Records); init => sessions = value; }

    /// <summary>Needs <see cref="Reach.Records"/>.</summary>
    public IAgentRecords Agents { get => agents ?? throw Undeclared(Reach.Records); init => agents = value; }

    /// <summary>Needs <see cref="Reach.RunControl"/>.</summary>
    public IRunControl RunControl { get => runControl ?? throw Undeclared(Reach.RunControl); init => runControl = value; }

    /// <summary>Needs <see cref="Reach.SessionControl"/>.</summary>
    public ISessionControl SessionControl { get => sessionControl ?? throw Undeclared(Reach.SessionControl); init => sessionControl = value; }

    /// <summary>Needs <see cref="Reach.AgentControl"/>.</summary>
    public IAgentControl AgentControl { get => agentControl ?? throw Undeclared(Reach.AgentControl); init => agentControl = value; }

    /// <summary>Needs <see cref="Reach.Scheduler"/>.</summary>
    public ISchedulerDesk Scheduler { get => scheduler ?? throw Undeclared(Reach.Scheduler); init => scheduler = value; }

    static ToolException Undeclared(Reach reach) => ToolException.Denied($"this tool did not declare the reach {reach}");
}
