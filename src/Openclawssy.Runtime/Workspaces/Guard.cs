using Microsoft.Win32.SafeHandles;
using Openclawssy.Runtime.Toolkit;

namespace Openclawssy.Runtime.Workspaces;

/// <summary>
/// Opens things beneath the workspace's directory handle, and nothing else. A path is never resolved twice: what was looked at
/// is what is used, because both go through one handle.
/// </summary>
sealed class Guard : IDisposable
{
    readonly SafeFileHandle root;
    readonly EntryStat rootStat;
    readonly Apartness apartness;
    readonly string[][] addresses;

    /// <param name="givenAddress">How the operator wrote the workspace's address; absolute.</param>
    public Guard(SafeFileHandle root, in EntryStat rootStat, Apartness apartness, string givenAddress, Containment containment)
    {
        (this.root, this.rootStat, this.apartness, Containment) = (root, rootStat, apartness, containment);
        addresses = [Split(apartness.WorkspaceAddress), Split(givenAddress)];
    }

    public Containment Containment { get; }
    public EntryStat RootStat => rootStat;

    /// <summary>Looks again that the state folder and the workspace have not been moved into one another.</summary>
    public void DemandApart() => apartness.Demand();

    /// <summary>Where a path points. An absolute one is taken only below the workspace's own address, by its words.</summary>
    public Place Locate(WorkspacePath path)
    {
        if (!path.IsAbsolute) return Checked(new(path, path.Parts));
        foreach (var address in addresses)
            if (path.Parts.Count >= address.Length && path.Parts.Take(address.Length).SequenceEqual(address, StringComparer.Ordinal))
                return Checked(new(path, [.. path.Parts.Skip(address.Length)]));
        throw ToolException.Denied($"{Refusal.Quoted(path)} is outside the workspace; name the file from the workspace's root", path.Given);
    }

    /// <summary>Opens a folder to read its entries, to change names in it and to put those changes on disk.</summary>
    public SafeFileHandle OpenFolder(Place place, string action)
    {
        var folder = Open(place.Parts, place.Parts.Count, Flag.Directory | Flag.NoWaiting | Flag.NoTerminal, out var error)
            ?? throw (error == Errno.NotFolder
                ? ToolException.InvalidInput($"cannot {action} {Refusal.Quoted(place.Asked)}: it is not a folder", place.Asked.Given)
                : Refusal.Of(error, place.Asked, action));
        return DemandSameMount(folder, place.Asked, action);
    }

    /// <summary>Opens the folder a place is in. Null when there is none and <paramref name="absentIsNull"/>.</summary>
    public SafeFileHandle? OpenFolderOf(Place place, string action, bool absentIsNull = false)
    {
        var count = place.Parts.Count - 1;
        var folder = Open(place.Parts, count, Flag.Directory | Flag.NoWaiting | Flag.NoTerminal, out var error);
        if (folder is not null) return DemandSameMount(folder, place.Asked, action);
        if (error is Errno.NoEntry or Errno.NotFolder && absentIsNull) return null;
        throw error == Errno.NoEntry ? Refusal.MissingFolder(place.Asked, [.. place.Parts.Take(count)]) : Refusal.Of(error, place.Asked, action);
    }

    /// <summary>A folder inside an open one, or null with the reason. Links are not followed, other mounts not entered.</summary>
    public SafeFileHandle? OpenFolderIn(SafeFileHandle folder, ReadOnlySpan<byte> name, out int error)
    {
        var opened = Containment == Containment.KernelAtomic
            ? Kernel.OpenBeneath(folder, name, Flag.Directory | Flag.NoWaiting | Flag.NoTerminal, out error)
            : Kernel.OpenOne(folder, name, Flag.Directory | Flag.NoWaiting | Flag.NoTerminal, 0, out error);
        if (opened is null) return null;
        error = Kernel.Look(opened, out var stat);
        if (error == 0 && !stat.IsOnMountOf(rootStat)) error = Errno.CrossesDevice;
        if (error == 0) return opened;
        opened.Dispose();
        return null;
    }

    /// <summary>
    /// Opens a plain file. It is first pinned by a handle that opens nothing (a device or a pipe must not even be opened), looked
    /// at, and then opened through that very handle.
    /// </summary>
    public SafeFileHandle OpenFile(Place place, int access, string action, out EntryStat stat)
    {
        if (place.IsWorkspace) throw Refusal.IsFolder(place.Asked, action);
        using var pinned = Open(place.Parts, place.Parts.Count, Flag.PathOnly | Flag.NoFollow, out var error) ?? throw Refusal.Of(error, place.Asked, action);
        return OpenPinned(pinned, place, access, action, out stat);
    }

    /// <summary>The same for one name in an open folder.</summary>
    public SafeFileHandle OpenFileIn(SafeFileHandle folder, Place place, int access, string action, out EntryStat stat)
    {
        using var pinned = Kernel.OpenOne(folder, place.Name, Flag.PathOnly, 0, out var error) ?? throw Refusal.Of(error, place.Asked, action);
        return OpenPinned(pinned, place, access, action, out stat);
    }

    SafeFileHandle OpenPinned(SafeFileHandle pinned, Place place, int access, string action, out EntryStat stat)
    {
        var error = Kernel.Look(pinned, out stat);
        if (error != 0) throw Refusal.Of(error, place.Asked, action);
        if (Refusal.UnlessPlainFile(stat, rootStat, place.Asked, action) is { } refusal) throw refusal;
        return Kernel.Reopen(pinned, access | Flag.NoWaiting | Flag.NoTerminal, out error) ?? throw Refusal.Of(error, place.Asked, action);
    }

    /// <summary>What stands under a name in an open folder, the link itself when it is one; null when nothing does.</summary>
    public static EntryStat? Look(SafeFileHandle folder, Place place, string action)
    {
        var error = Kernel.LookIn(folder, place.Name, out var stat);
        return error switch
        {
            0 => stat,
            Errno.NoEntry => null,
            _ => throw Refusal.Of(error, place.Asked, action),
        };
    }

    public void Dispose()
    {
        root.Dispose();
        apartness.Dispose();
    }

    SafeFileHandle DemandSameMount(SafeFileHandle folder, WorkspacePath asked, string action)
    {
        var error = Kernel.Look(folder, out var stat);
        if (error == 0 && stat.IsOnMountOf(rootStat)) return folder;
        folder.Dispose();
        throw Refusal.Of(error == 0 ? Errno.CrossesDevice : error, asked, action);
    }

    SafeFileHandle? Open(IReadOnlyList<string> parts, int count, int flags, out int error)
    {
        Span<byte> path = stackalloc byte[WorkspacePath.MaxBytes + 1];
        var length = 0;
        for (var i = 0; i < count; i++)
        {
            if (i > 0) path[length++] = (byte)'/';
            length += System.Text.Encoding.UTF8.GetBytes(parts[i], path[length..]);
        }
        if (count == 0) path[length++] = (byte)'.';
        path[length++] = 0;
        return Containment == Containment.KernelAtomic
            ? Kernel.OpenBeneath(root, path[..length], flags, out error)
            : ComponentWalk.Open(root, rootStat, path[..length], flags, out error);
    }

    static Place Checked(Place place)
    {
        foreach (var part in place.Parts)
            if (TempName.Matches(part))
                throw ToolException.Denied($"{Refusal.Quoted(place.Asked)} is the name of an unfinished write, which is not reachable by path", place.Asked.Given);
        return place;
    }

    static string[] Split(string address) => [.. address.Split('/', StringSplitOptions.RemoveEmptyEntries).Where(part => part != ".")];
}
