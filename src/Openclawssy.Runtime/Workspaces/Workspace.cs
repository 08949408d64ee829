using Microsoft.Win32.SafeHandles;
using Openclawssy.Runtime.Toolkit;

namespace Openclawssy.Runtime.Workspaces;

/// <summary>
/// The one folder agents work in, held by its directory handle. What is done in it is done beneath that handle; the state folder
/// is outside it and stays so.
/// </summary>
public sealed class Workspace : IDisposable
{
    readonly Guard guard;
    readonly Protection protection;
    readonly WriterLock order;
    readonly LiveWriters writers;
    long changes;

    Workspace(Guard guard, Protection protection, SafeFileHandle state, string root)
    {
        (this.guard, this.protection, Root) = (guard, protection, root);
        (order, writers, Files) = (new(state), new(state), new Reader(guard));
    }

    /// <summary>The workspace's own address, without links.</summary>
    public string Root { get; }

    public Containment Containment => guard.Containment;

    public IWorkspaceFiles Files { get; }

    /// <summary>Moves on whenever a run of this process may have changed something here; a result read before that is old.</summary>
    public long Changes => Interlocked.Read(ref changes);

    /// <summary>Called before and after each call that has an effect.</summary>
    public void NoteChange() => Interlocked.Increment(ref changes);

    /// <summary>The door for changes of one permitted call.</summary>
    /// <exception cref="ToolException"><c>policy.denied</c> when the permit is not for writing files.</exception>
    public IWorkspaceEdits EditsFor(Permit permit)
    {
        ArgumentNullException.ThrowIfNull(permit);
        if (!permit.Reach.HasFlag(Reach.WritesFiles)) throw ToolException.Denied($"the tool {permit.Tool} did not declare that it writes files");
        return new Editor(guard, protection, order, writers, permit);
    }

    /// <summary>
    /// What stands under protected names now, for a command that will run in the workspace: what must be held while it runs, and
    /// what is put back afterwards where nothing could hold it.
    /// </summary>
    /// <exception cref="ToolException">There is too much to look through, or it cannot be read: a command must not run then.</exception>
    public ProtectedNames RememberProtected()
    {
        guard.DemandApart();
        return new(guard, protection, order);
    }

    /// <param name="root">Absolute address of the workspace; links in it are the operator's own and are followed once, now.</param>
    /// <param name="stateFolder">Absolute address of the installation's <c>.openclawssy</c>. Two lock files are kept there.</param>
    /// <exception cref="WorkspaceException">It cannot be opened like this; the message says what to change.</exception>
    public static Workspace Open(string root, string stateFolder, WorkspaceRules rules) => Open(root, stateFolder, rules, withoutOpenat2: false);

    /// <param name="withoutOpenat2">For tests: as on a kernel that does not have the call.</param>
    internal static Workspace Open(string root, string stateFolder, WorkspaceRules rules, bool withoutOpenat2)
    {
        if (!OperatingSystem.IsLinux()) throw new WorkspaceException("a workspace is guarded by calls of the Linux kernel; run openclawssy on Linux");
        var protection = new Protection(rules.Protected);
        SafeFileHandle? workspace = null, state = null;
        try
        {
            workspace = OpenAddress(root, "workspace", "create it, or choose another with: openclawssy init --root DIR --workspace REPO");
            state = OpenAddress(stateFolder, "state folder", "create it with: openclawssy init --root DIR --workspace REPO");
            var apartness = new Apartness(workspace, state);
            if (Kernel.Look(workspace, out var stat) != 0) throw new WorkspaceException($"the workspace {root} cannot be looked at");
            using (var reopened = Kernel.Reopen(workspace, Flag.Directory, out var error))
                if (reopened is null) throw new WorkspaceException($"the workspace {root} cannot be read (error {error}); it must be readable, and /proc must be mounted");
            var containment = Probe(workspace, withoutOpenat2, rules.RequireKernelContainment);

            var guard = new Guard(workspace, stat, apartness, root, containment);
            LiveWriters.AfterADeath(state, new Leftovers(guard, protection).Sweep);
            return new(guard, protection, state, apartness.WorkspaceAddress);
        }
        catch
        {
            workspace?.Dispose();
            state?.Dispose();
            throw;
        }
    }

    public void Dispose()
    {
        writers.Dispose();
        order.Dispose();
        guard.Dispose();
    }

    static SafeFileHandle OpenAddress(string address, string what, string advice)
    {
        if (!Path.IsPathFullyQualified(address) || address.Contains('\0')) throw new WorkspaceException($"the {what} \"{address}\" must be an absolute path");
        return Kernel.OpenAddress(address, Flag.PathOnly | Flag.Directory, out var error) ?? throw new WorkspaceException(error switch
        {
            Errno.NoEntry => $"the {what} {address} does not exist; {advice}",
            Errno.NotFolder => $"the {what} {address} is not a folder; {advice}",
            _ => $"the {what} {address} cannot be opened (error {error}); {advice}",
        });
    }

    static Containment Probe(SafeFileHandle workspace, bool withoutOpenat2, bool require)
    {
        var error = Errno.NoSystemCall;
        if (!withoutOpenat2) Kernel.OpenBeneath(workspace, ".\0"u8, Flag.PathOnly | Flag.Directory, out error)?.Dispose();
        return error switch
        {
            0 => Containment.KernelAtomic,
            // Not there, filtered away, or an older form of it.
            Errno.NoSystemCall or Errno.NotPermitted or Errno.TooBig or Errno.Invalid when !require => Containment.BestEffort,
            _ => throw new WorkspaceException(
                $"this kernel cannot keep paths inside the workspace in one step (openat2 answered with error {error}); "
                + "use Linux 5.6 or newer without a filter on it, or accept less with: openclawssy config set workspace.containment best_effort"),
        };
    }
}
