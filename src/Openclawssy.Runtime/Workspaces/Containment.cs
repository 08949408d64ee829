namespace Openclawssy.Runtime.Workspaces;

/// <summary>How strongly paths are kept inside the workspace.</summary>
public enum Containment
{
    /// <summary>
    /// Each path is resolved by the kernel in one step (<c>openat2</c>) that cannot leave the workspace's folder, follow a link
    /// or enter another mount, whatever is renamed meanwhile.
    /// </summary>
    KernelAtomic,

    /// <summary>
    /// Where the kernel or a filter around it has no <c>openat2</c>: each component is opened from the handle of the one before,
    /// never following a link, and its mount is compared afterwards. Weaker in two ways: a component on another mount is opened
    /// (as a bare handle, nothing is read) before it is refused, and a folder that is moved out of the workspace by someone with
    /// rights outside it during the walk is not noticed.
    /// </summary>
    BestEffort,
}

/// <summary>The words <c>doctor</c>, the journal and the configuration use.</summary>
public static class Containments
{
    public static string ToText(this Containment containment) => containment == Containment.KernelAtomic ? "kernel-atomic" : "best-effort";
}

/// <param name="Protected">Names and paths no agent may change; <c>.openclawssy</c> is always among them.</param>
/// <param name="RequireKernelContainment">Refuse to open where only <see cref="Containment.BestEffort"/> is to be had.</param>
public sealed record WorkspaceRules(IReadOnlyList<string> Protected, bool RequireKernelContainment);
