using Microsoft.Win32.SafeHandles;
using Openclawssy.Runtime.Toolkit;

namespace Openclawssy.Runtime.Workspaces;

/// <summary>
/// Removes what a killed writer left: unfinished files and half-removed folders. Called only when nobody of this installation is
/// writing; what a writer of another installation holds is locked and stays. Whatever cannot be removed stays too, hidden.
/// </summary>
sealed class Leftovers(Guard guard, Protection protection)
{
    const int MaxEntries = 1_000_000;
    const int MaxDepth = 256;

    static readonly WorkspacePath everything = WorkspacePath.Parse(".");
    readonly uint user = Kernel.EffectiveUser();
    int looked;

    public void Sweep()
    {
        try
        {
            using var root = guard.OpenFolder(new(everything, []), "sweep");
            Sweep(root, 1);
        }
        catch (ToolException) { }
    }

    void Sweep(SafeFileHandle folder, int depth)
    {
        using var entries = new FolderEntries(folder);
        while (entries.Next() && ++looked <= MaxEntries)
        {
            if (TempName.Matches(entries.Name)) Remove(folder, entries.Name);
            else if (entries.Kind is EntryKind.Directory or null && depth < MaxDepth && !Protection.IsControlPlane(Names.Text(entries.Name)))
            {
                using var below = guard.OpenFolderIn(folder, entries.Name, out _);
                if (below is not null) Sweep(below, depth + 1);
            }
        }
    }

    void Remove(SafeFileHandle folder, ReadOnlySpan<byte> name)
    {
        if (Kernel.LookIn(folder, name, out var stat) != 0 || stat.User != user || !stat.IsOnMountOf(guard.RootStat)) return;
        if (stat.Kind == EntryKind.File)
        {
            using var file = Kernel.OpenOne(folder, name, Flag.NoWaiting | Flag.NoTerminal, 0, out _);
            if (file is not null && Kernel.Lock(file, alone: true) == 0) Kernel.RemoveName(folder, name, isFolder: false);
        }
        else if (stat.Kind == EntryKind.Directory)
        {
            using var inner = guard.OpenFolderIn(folder, name, out _);
            if (inner is null || Kernel.Lock(inner, alone: true) != 0) return;
            var tree = new FolderTree(guard, protection, agent: null, everything, "sweep");
            try
            {
                // Nothing protected is ever given such a name here; if it has one, it was not this program.
                tree.Survey(inner, new(everything, []));
                tree.Empty(inner, CancellationToken.None);
                Kernel.RemoveName(folder, name, isFolder: true);
            }
            catch (ToolException) { }
        }
    }
}
