using Openclawssy.Runtime.Policy;
using Openclawssy.Tools;

namespace Openclawssy.Setup;

/// <summary>A set of rights that has a name and is said in plain words.</summary>
sealed record RightsPreset(string Name, string Says, IReadOnlyList<string> Capabilities)
{
    const string Web = "http.request", Shell = "shell.exec";

    /// <summary>From the least to the most. None of them lets an agent change rights: that stays the operator's.</summary>
    public static IReadOnlyList<RightsPreset> All { get; } =
    [
        new("starter", "read, search and change files in its workspace; no network, no commands", Runtime.Policy.Capabilities.Starter),
        new("web", "that, and fetch pages from hosts you name", With(Web)),
        new("commands", "that of the starter, and run commands you name, in a sandbox without network", With(Shell)),
        new("everything", "every tool there is today: files, pages from hosts you name, commands you name", With([.. Toolbox.All.Select(tool => tool.Name)])),
    ];

    public bool ReachesHosts => Capabilities.Contains(Web);
    public bool RunsCommands => Capabilities.Contains(Shell);

    static IReadOnlyList<string> With(params IReadOnlyList<string> more) => [.. Runtime.Policy.Capabilities.Starter.Union(more).Order(StringComparer.Ordinal)];
}
