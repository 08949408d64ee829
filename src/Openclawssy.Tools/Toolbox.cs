using Openclawssy.Runtime.Toolkit;
using Openclawssy.Tools.Agents;
using Openclawssy.Tools.Files;
using Openclawssy.Tools.Metrics;
using Openclawssy.Tools.Runs;
using Openclawssy.Tools.Sessions;
using Openclawssy.Tools.Time;

namespace Openclawssy.Tools;

/// <summary>Every tool there is. A tool's file and its line here are all it takes.</summary>
public static class Toolbox
{
    public static IReadOnlyList<Tool> All { get; } =
    [
        new AgentCreate(),
        new AgentList(),
        new AgentSwitch(),
        new CodeSearch(),
        new FsAppend(),
        new FsDelete(),
        new FsEdit(),
        new FsList(),
        new FsMove(),
        new FsRead(),
        new FsWrite(),
        new MetricsGet(),
        new RunCancel(),
        new RunGet(),
        new RunList(),
        new SessionClose(),
        new SessionList(),
        new TimeNow(),
    ];
}
