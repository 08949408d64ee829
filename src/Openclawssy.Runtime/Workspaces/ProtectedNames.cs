using Microsoft.Win32.SafeHandles;
using Openclawssy.Runtime.Toolkit;

namespace Openclawssy.Runtime.Workspaces;

/// <summary>
/// What stood under protected names before a command ran. Mounts hold some of it while the command runs; whatever was changed all
/// the same is put back afterwards and named.
/// </summary>
public sealed class ProtectedNames
{
    const string Action = "protect";
    const uint FolderMode = 0x1c0; // 0700

    static readonly WorkspacePath everything = WorkspacePath.Parse(".");

    readonly Guard guard;
    readonly Protection protection;
    readonly WriterLock order;
    readonly ProtectedSnapshot before;
    readonly List<string> covered = [];

    internal ProtectedNames(Guard guard, Protection protection, WriterLock order)
    {
        (this.guard, this.protection, this.order) = (guard, protection, order);
        before = ProtectedSnapshot.Take(guard, protection);
        Masked = [.. Maskable().Distinct(StringComparer.Ordinal)];
        Held = [.. before.Outermost.Where(name => !Masked.Contains(name))];
    }

    /// <summary>Paths in the workspace that exist and must stay as they are.</summary>
    public IReadOnlyList<string> Held { get; }

    /// <summary>Paths in the workspace that must not come into being, and what of the control plane is there and must not be read.</summary>
    public IReadOnlyList<string> Masked { get; }

    /// <summary>Undoes what was done under protected names since. Call it when nothing of the command runs any more.</summary>
    /// <returns>The names that had been changed, each back as it was unless the text says otherwise.</returns>
    /// <exception cref="ToolException">It could not be looked at or put back.</exception>
    public IReadOnlyList<string> PutBack()
    {
        foreach (var name in covered) RemoveIfEmpty(name.Split('/'));
        var after = ProtectedSnapshot.Take(guard, protection);
        if (after.IsLike(before)) return [];
        using var turn = order.Alone(CancellationToken.None);
        var changed = new List<string>();
        foreach (var (path, _) in after.Entries.Where(entry => !before.Has(entry.Key)).OrderBy(entry => entry.Key.Length))
            if (!changed.Exists(outer => path.StartsWith(outer + "/", StringComparison.Ordinal)))
            {
                Remove(path.Split('/'));
                changed.Add(path);
            }
        foreach (var (path, saved) in before.Entries.OrderBy(entry => entry.Key.Length))
            if (!after.HasSame(path, saved)) changed.Add(Restore(path.Split('/'), saved) ? path : $"{path} (which could not be put back)");
        foreach (var name in covered) RemoveIfEmpty(name.Split('/'));
        return changed;
    }

    /// <summary>Absent names whose folder is there, and the topmost absent folder of a longer rule; existing control-plane names at the root.</summary>
    IEnumerable<string> Maskable()
    {
        foreach (var parts in protection.Paths)
            for (var depth = 1; depth <= parts.Count; depth++)
            {
                var path = new Place(everything, [.. parts.Take(depth)]);
                using var folder = guard.OpenFolderOf(path, Action, absentIsNull: true);
                if (folder is null) break;
                var there = Guard.Look(folder, path, Action);
                var name = string.Join('/', path.Parts);
                if (there is null) covered.Add(name);
                if (there is null || (there.Value.Kind == EntryKind.Directory && Protection.IsControlPlane(path.Parts[^1])))
                {
                    yield return name;
                    break;
                }
                if (there.Value.Kind != EntryKind.Directory) break;
            }
    }

    void RemoveIfEmpty(string[] parts)
    {
        var place = new Place(everything, parts);
        try
        {
            using var folder = guard.OpenFolderOf(place, Action, absentIsNull: true);
            // Not empty, not a folder, not there: then it is not the empty cover.
            if (folder is not null) Kernel.RemoveName(folder, place.Name, isFolder: true);
        }
        // A link stands on the way: what is behind it is none of ours.
        catch (ToolException) { }
    }

    void Remove(string[] parts)
    {
        var place = new Place(everything, parts);
        using var folder = guard.OpenFolderOf(place, Action, absentIsNull: true);
        if (folder is null || Guard.Look(folder, place, Action) is not { } stat) return;
        if (stat.Kind == EntryKind.Directory)
        {
            using var inner = guard.OpenFolderIn(folder, place.Name, out var error) ?? throw Refusal.Of(error, everything, Action);
            new FolderTree(guard, protection, agent: null, everything, Action).Empty(inner, CancellationToken.None);
        }
        if (Kernel.RemoveName(folder, place.Name, stat.Kind == EntryKind.Directory) is var refused and not (0 or Errno.NoEntry)) throw Refusal.Of(refused, everything, Action);
        Replacement.SyncFolder(folder, place, Action);
    }

    bool Restore(string[] parts, ProtectedSnapshot.Saved saved)
    {
        if (saved.Bytes is null) return false;
        for (var depth = 1; depth < parts.Length; depth++) MakeFolder(parts[..depth]);
        var place = new Place(everything, parts);
        using var folder = guard.OpenFolderOf(place, Action)!;
        if (Guard.Look(folder, place, Action) is { Kind: not EntryKind.File }) Remove(parts);
        return Replacement.Put(folder, place, saved.Stat, null, 0, saved.Bytes, Action, CancellationToken.None);
    }

    void MakeFolder(string[] parts)
    {
        var place = new Place(everything, parts);
        using SafeFileHandle folder = guard.OpenFolderOf(place, Action)!;
        if (Guard.Look(folder, place, Action) is { Kind: not EntryKind.Directory }) Remove(parts);
        Kernel.MakeFolder(folder, place.Name, FolderMode);
    }
}
