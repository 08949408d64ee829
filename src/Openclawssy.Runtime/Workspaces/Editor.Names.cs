using Microsoft.Win32.SafeHandles;
using Openclawssy.Runtime.Toolkit;

namespace Openclawssy.Runtime.Workspaces;

/// <summary>Changes to names: removing and moving.</summary>
sealed partial class Editor
{
    public EntryKind? Delete(WorkspacePath path, bool recursive, CancellationToken cancellationToken)
    {
        const string action = "delete";
        var place = Locate(path, action);
        using var turn = Begin(alone: true, cancellationToken);
        using var folder = guard.OpenFolderOf(place, action, absentIsNull: true);
        if (folder is null || Guard.Look(folder, place, action) is not { } stat) return null;
        if (stat.Kind == EntryKind.Directory)
        {
            if (!recursive) throw ToolException.InvalidInput($"{Refusal.Quoted(path)} is a folder; set recursive=true to delete it with everything in it", path.Given);
            return DeleteFolder(folder, place, cancellationToken);
        }
        // The name goes, whatever it names: a link's target and a file's other names are not touched.
        var error = Kernel.RemoveName(folder, place.Name, isFolder: false);
        if (error == Errno.NoEntry) return null;
        if (error != 0) throw Refusal.Of(error, path, action);
        Replacement.SyncFolder(folder, place, action);
        return stat.Kind;
    }

    /// <summary>Looks through all of it, takes it away in one step under a hidden name, and then removes it entry by entry.</summary>
    EntryKind? DeleteFolder(SafeFileHandle folder, Place place, CancellationToken cancellationToken)
    {
        const string action = "delete";
        var tree = new FolderTree(guard, protection, permit.Agent, place.Asked, action);
        using var doomed = guard.OpenFolderIn(folder, place.Name, out var opening) ?? throw Refusal.Of(opening, place.Asked, action);
        tree.Survey(doomed, place);
        cancellationToken.ThrowIfCancellationRequested();
        Kernel.Lock(doomed, alone: true);
        var hidden = Rename(folder, place, folder, TempName.Next(), replace: false, doomed, action);
        try
        {
            tree.Empty(doomed, CancellationToken.None);
            var error = Kernel.RemoveName(folder, hidden, isFolder: true);
            if (error != 0) throw Refusal.Of(error, place.Asked, action);
        }
        catch (ToolException failure)
        {
            Kernel.Rename(folder, hidden, folder, place.Name, replace: false);
            throw ToolException.Failed($"{failure.Message} (a part of it may have been deleted)", failure.Retryable, place.Asked.Given, failure);
        }
        Replacement.SyncFolder(folder, place, action);
        return EntryKind.Directory;
    }

    public EntryKind? Move(WorkspacePath source, WorkspacePath destination, bool overwrite, CancellationToken cancellationToken)
    {
        const string action = "move";
        var (from, to) = (Locate(source, action), Locate(destination, "move over"));
        using var turn = Begin(alone: true, cancellationToken);
        using var fromFolder = guard.OpenFolderOf(from, action)!;
        var stat = Guard.Look(fromFolder, from, action) ?? throw Refusal.Missing(source);
        if (from.IsSameAs(to)) return null;
        if (to.IsBelow(from)) throw ToolException.InvalidInput($"cannot move {Refusal.Quoted(source)} into itself", destination.Given);
        if (from.IsBelow(to)) throw ToolException.InvalidInput($"cannot move {Refusal.Quoted(source)} over a folder it is in", destination.Given);
        // A link is moved as a link; anything else that is not a plain file or folder stays where it is.
        if (stat.Kind is EntryKind.File or EntryKind.Other && Refusal.UnlessPlainFile(stat, guard.RootStat, source, action) is { } refusal) throw refusal;
        using var toFolder = guard.OpenFolderOf(to, "move to")!;
        if (overwrite && Guard.Look(toFolder, to, action) is { } standing)
        {
            if (standing.Kind != EntryKind.Directory && Refusal.UnlessPlainFile(standing, guard.RootStat, destination, "replace") is { } occupied) throw occupied;
            if (standing.Kind == EntryKind.Directory && stat.Kind != EntryKind.Directory) throw Refusal.IsFolder(destination, "replace");
            if (standing.Kind != EntryKind.Directory && stat.Kind == EntryKind.Directory)
                throw ToolException.InvalidInput($"cannot move a folder over the file {Refusal.Quoted(destination)}; choose another name", destination.Given);
        }
        using var moved = stat.Kind == EntryKind.Directory ? Survey(fromFolder, from, to) : null;
        cancellationToken.ThrowIfCancellationRequested();
        Rename(fromFolder, from, toFolder, to.Name, overwrite, moved, action, to.Asked);
        Replacement.SyncFolder(toFolder, to, action);
        Replacement.SyncFolder(fromFolder, from, action);
        return stat.Kind;
    }

    /// <summary>A folder takes its whole content along: nothing in it may be protected where it is or where it would be.</summary>
    SafeFileHandle Survey(SafeFileHandle fromFolder, Place from, Place to)
    {
        var folder = guard.OpenFolderIn(fromFolder, from.Name, out var error) ?? throw Refusal.Of(error, from.Asked, "move");
        try
        {
            var tree = new FolderTree(guard, protection, permit.Agent, from.Asked, "move");
            tree.Survey(folder, from);
            tree.Survey(folder, to);
            return folder;
        }
        catch
        {
            folder.Dispose();
            throw;
        }
    }

    /// <summary>Renames, and takes it back when what was renamed is not the folder that was looked through.</summary>
    static byte[] Rename(
        SafeFileHandle fromFolder, Place from, SafeFileHandle toFolder, byte[] newName, bool replace, SafeFileHandle? surveyed, string action, WorkspacePath? destination = null)
    {
        var error = Kernel.Rename(fromFolder, from.Name, toFolder, newName, replace);
        // A hidden name is new: there is nothing to replace where a file system cannot promise that.
        if (error == Errno.Invalid && destination is null) error = Kernel.Rename(fromFolder, from.Name, toFolder, newName, replace: true);
        if (error == Errno.Exists && destination is not null && !replace)
            throw ToolException.InvalidInput($"{Refusal.Quoted(destination)} already exists; set overwrite=true to replace it, or choose another name", destination.Given);
        if (error is Errno.NotEmpty or Errno.Exists && destination is not null)
            throw ToolException.InvalidInput($"the folder {Refusal.Quoted(destination)} is not empty and is not replaced; delete it first or choose another name", destination.Given);
        if (error == Errno.Invalid && !replace)
            throw ToolException.Failed($"cannot {action} {Refusal.Quoted(from.Asked)}: this file system cannot rename without replacing", path: from.Asked.Given);
        if (error != 0) throw Refusal.Of(error, from.Asked, action);
        if (surveyed is null) return newName;
        if (Kernel.Look(surveyed, out var wanted) == 0 && Kernel.LookIn(toFolder, newName, out var moved) == 0 && moved.IsSameEntry(wanted)) return newName;
        Kernel.Rename(toFolder, newName, fromFolder, from.Name, replace: false);
        throw Unsteady(from, action);
    }
}
