using Openclawssy.Runtime.Toolkit;
using Openclawssy.Tools.Agents;
using Openclawssy.Tools.Configuration;
using Openclawssy.Tools.Files;
using Openclawssy.Tools.Grants;
using Openclawssy.Tools.Metrics;
using Openclawssy.Tools.Runs;
using Openclawssy.Tools.Scheduler;
using Openclawssy.Tools.Secrets;
using Openclawssy.Tools.Sessions;
using Openclawssy.Tools.Shell;
using Openclawssy.Tools.Time;
using Openclawssy.Tools.Web;

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
        new ConfigGet(),
        new ConfigSet(),
        new FsAppend(),
        new FsDelete(),
        new FsEdit(),
        new FsList(),
        new FsMove(),
        new FsRead(),
        new FsWrite(),
        new HttpRequest(),
        new MetricsGet(),
        new PolicyGrant(),
        new PolicyList(),
        new PolicyRevoke(),
        new RunCancel(),
        new RunGet(),
        new RunList(),
        new SchedulerAdd(),
        new SchedulerList(),
        new SchedulerPause(),
        new SchedulerRemove(),
        new SchedulerResume(),
        new SecretsGet(),
        new SecretsList(),
        new SecretsSet(),
        new SessionClose(),
        new SessionList(),
        new ShellExec(),
        new TimeNow(),
    ];
}
