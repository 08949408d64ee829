using Microsoft.Win32.SafeHandles;
using Openclawssy.Runtime.Toolkit;

namespace Openclawssy.Runtime.Workspaces;

/// <summary>
/// Opening beneath a folder without <c>openat2</c>: one component after the other, each from the handle of the one before.
/// Where this is weaker is said at <see cref="Containment.BestEffort"/>.
/// </summary>
static class ComponentWalk
{
    /// <param name="path">Names joined by '/', without <c>..</c>, ending with a NUL; it is cut up in place.</param>
    public static SafeFileHandle? Open(SafeFileHandle root, in EntryStat rootStat, Span<byte> path, int flags, out int error)
    {
        var folder = root;
        try
        {
            while (true)
            {
                var cut = path.IndexOf((byte)'/');
                var name = cut < 0 ? path : path[..(cut + 1)];
                name[^1] = 0;
                var opened = Kernel.OpenOne(folder, name, cut < 0 ? flags : Flag.PathOnly | Flag.Directory, 0, out error);
                if (opened is null)
                {
                    // A folder was wanted: whether a link or a file stood in the way is not in the kernel's answer.
                    if (error == Errno.NotFolder && Kernel.LookIn(folder, name, out var stat) == 0 && stat.Kind == EntryKind.Link) error = Errno.Loop;
                    return null;
                }
                if (cut < 0) return opened;
                if (folder != root) folder.Dispose();
                folder = opened;
                error = Kernel.Look(folder, out var folderStat);
                if (error == 0 && !folderStat.IsOnMountOf(rootStat)) error = Errno.CrossesDevice;
                if (error != 0) return null;
                path = path[(cut + 1)..];
            }
        }
        finally { if (folder != root) folder.Dispose(); }
    }
}
