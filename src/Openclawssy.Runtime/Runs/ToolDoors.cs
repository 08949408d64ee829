using Openclawssy.Runtime.Policy;
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

    static ToolException Absent(string what) => ToolException.Denied($"this program has no door to {what}");
}
