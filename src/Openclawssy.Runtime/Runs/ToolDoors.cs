using Openclawssy.Runtime.Records;
using Openclawssy.Runtime.Toolkit;

namespace Openclawssy.Runtime.Runs;

/// <summary>How the doors beside files and clock are made for one call. A door nobody makes is not handed to anybody.</summary>
public sealed record ToolDoors
{
    public Func<Caller, IRunRecords>? Runs { get; init; }
    public Func<Caller, ISessionRecords>? Sessions { get; init; }
    public Func<Caller, IAgentRecords>? Agents { get; init; }
    public Func<Caller, Permit, IRunControl>? RunControl { get; init; }
    public Func<Caller, Permit, ISessionControl>? SessionControl { get; init; }
    public Func<Caller, Permit, IAgentControl>? AgentControl { get; init; }
}
