using Openclawssy.Runtime.Policy;
using Openclawssy.Runtime.Records;
using Openclawssy.Runtime.Toolkit;

namespace Openclawssy.Runtime.Runs;

/// <summary>
/// The doors beyond the workspace, each made for the one call that was permitted. A door the program does not have is a denial.
/// </summary>
public sealed record ToolDoors
{
    public Func<Caller, IGrantsDesk> Grants { get; init; } = _ => throw Absent("grants");
    public Func<Caller, IConfigurationDesk> Configuration { get; init; } = _ => throw Absent("the configuration");
    public Func<Caller, ISecretsDesk> Secrets { get; init; } = _ => throw Absent("secrets");
    public Func<Viewer, IRunRecords> Runs { get; init; } = _ => throw Absent("runs");
    public Func<Viewer, ISessionRecords> Sessions { get; init; } = _ => throw Absent("conversations");
    public Func<Viewer, IAgentRecords> Agents { get; init; } = _ => throw Absent("agents");
    public Func<Viewer, Permit, IRunControl> RunControl { get; init; } = (_, _) => throw Absent("runs");
    public Func<Viewer, Permit, ISessionControl> SessionControl { get; init; } = (_, _) => throw Absent("conversations");
    public Func<Viewer, Permit, IAgentControl> AgentControl { get; init; } = (_, _) => throw Absent("agents");

    public Func<Viewer, Caller, ISchedulerDesk> Scheduler { get; init; } = (_, _) => throw Absent("the scheduler");

    static ToolException Absent(string what) => ToolException.Denied($"this program has no door to {what}");
}
