using Openclawssy.Runtime.Toolkit;

namespace Openclawssy.Runtime.Sandboxes;

/// <summary>The sandbox that is not there: refuses every command and says why.</summary>
public sealed class NoSandbox(string reason) : ISandbox
{
    public SandboxStatus Status { get; } = SandboxStatus.Refused(reason);

    public IShell ShellFor(Permit permit, string runFolder, ICommandNetwork? network) => throw ToolException.SandboxRequired(reason);
}
