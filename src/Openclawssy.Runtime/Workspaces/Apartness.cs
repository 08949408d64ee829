using Microsoft.Win32.SafeHandles;
using Openclawssy.Runtime.Toolkit;

namespace Openclawssy.Runtime.Workspaces;

/// <summary>
/// The rule that the state folder and the workspace may not contain one another, else an agent could change its own rules.
/// Every ancestor of both is compared by device and inode, so that no link or bind mount hides one in the other.
/// </summary>
sealed class Apartness : IDisposable
{
    readonly SafeFileHandle workspace;
    readonly SafeFileHandle state;
    string? stateAddress;

    /// <exception cref="WorkspaceException">They contain one another, or cannot be compared.</exception>
    public Apartness(SafeFileHandle workspace, SafeFileHandle state)
    {
        (this.workspace, this.state) = (workspace, state);
        WorkspaceAddress = Kernel.AddressOf(workspace) ?? throw new WorkspaceException("cannot see where the workspace is: /proc must be mounted");
        stateAddress = Kernel.AddressOf(state);
        if (Violation() is { } violation) throw new WorkspaceException(violation);
    }

    public string WorkspaceAddress { get; private set; }

    /// <summary>
    /// The cheap check of each call: while both handles are where they were, neither can have come to lie in the other. Only
    /// after a move are all ancestors compared again.
    /// </summary>
    public void Demand()
    {
        var (nowWorkspace, nowState) = (Kernel.AddressOf(workspace), Kernel.AddressOf(state));
        if (nowWorkspace == WorkspaceAddress && nowState == stateAddress) return;
        if (nowWorkspace is null || nowState is null) throw ToolException.Failed("cannot see where the workspace is: /proc must be mounted");
        if (IsGone(workspace) || IsGone(state)) throw ToolException.Failed("the workspace or the state folder was removed while it was in use; start openclawssy again once it is back");
        if (Violation() is { } violation) throw ToolException.Denied(violation);
        (WorkspaceAddress, stateAddress) = (nowWorkspace, nowState);
    }

    public void Dispose() => state.Dispose();

    static bool IsGone(SafeFileHandle folder) => Kernel.Look(folder, out var stat) == 0 && stat.IsGone;

    string? Violation()
    {
        if (IsWithin(state, workspace)) return Words("the state folder", Kernel.AddressOf(state), "the workspace", Kernel.AddressOf(workspace));
        return IsWithin(workspace, state) ? Words("the workspace", Kernel.AddressOf(workspace), "the state folder", Kernel.AddressOf(state)) : null;

        static string Words(string inner, string? innerAddress, string outer, string? outerAddress) =>
            $"{inner} {innerAddress} lies in {outer} {outerAddress}: an agent could change its own rules there. "
            + "Keep them apart: openclawssy init --root DIR --workspace REPO";
    }

    /// <summary>True when <paramref name="outer"/> is <paramref name="inner"/> or one of the folders above it; also when that cannot be seen.</summary>
    static bool IsWithin(SafeFileHandle inner, SafeFileHandle outer)
    {
        if (Kernel.Look(outer, out var wanted) != 0) return true;
        var at = inner;
        try
        {
            if (Kernel.Look(at, out var here) != 0) return true;
            while (true)
            {
                if (here.IsSameEntry(wanted)) return true;
                var above = Kernel.OpenAbove(at, out _);
                if (above is null) return true;
                if (at != inner) at.Dispose();
                at = above;
                if (Kernel.Look(at, out var next) != 0) return true;
                if (next.IsSameEntry(here)) return false;
                here = next;
            }
        }
        finally { if (at != inner) at.Dispose(); }
    }
}
