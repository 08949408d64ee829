using Microsoft.Win32.SafeHandles;
using Openclawssy.Runtime.Toolkit;

namespace Openclawssy.Runtime.Workspaces;

/// <summary>
/// The plain files below one folder, depth first, in ordinal order of each folder's names. Each folder is opened from the handle
/// of the one above. Left out: links, hard-linked and special files, the control plane, other mounts, folders that cannot be
/// opened, names that no tool could speak, and what lies deeper than <see cref="MaxDepth"/>.
/// </summary>
sealed class FileWalk(Guard guard, Place start, WalkLimits limits)
{
    public const int MaxDepth = 64;

    int files, looked;

    public IEnumerable<WalkedFile> Files(CancellationToken cancellationToken)
    {
        if (limits.MaxFiles <= 0) yield break;
        var folders = new Stack<Level>();
        try
        {
            if (OpenStart(out var single) is { } top) folders.Push(Read(top, string.Join('/', start.Parts)));
            else yield return single!;

            while (folders.TryPeek(out var level))
            {
                cancellationToken.ThrowIfCancellationRequested();
                if (level.Next == level.Entries.Count)
                {
                    folders.Pop().Folder.Dispose();
                    continue;
                }
                var (name, kind) = level.Entries[level.Next++];
                if (kind == EntryKind.Directory)
                {
                    if (folders.Count < MaxDepth && !limits.SkipNames.Contains(name) && guard.OpenFolderIn(level.Folder, Names.Bytes(name), out _) is { } below)
                        folders.Push(Read(below, level.Below(name)));
                }
                else if (PlainFile(level, name) is { } file)
                {
                    yield return file;
                    if (++files >= limits.MaxFiles) yield break;
                }
            }
        }
        finally
        {
            foreach (var level in folders) level.Folder.Dispose();
        }
    }

    /// <summary>The folder to walk, or null and the one file that was named.</summary>
    SafeFileHandle? OpenStart(out WalkedFile? single)
    {
        single = null;
        if (start.IsWorkspace) return guard.OpenFolder(start, "search");
        using var parent = guard.OpenFolderOf(start, "search")!;
        var stat = Guard.Look(parent, start, "search") ?? throw Refusal.Missing(start.Asked);
        if (stat.Kind == EntryKind.Directory)
            return guard.OpenFolderIn(parent, start.Name, out var error) ?? throw Refusal.Of(error, start.Asked, "search");
        if (Refusal.UnlessPlainFile(stat, guard.RootStat, start.Asked, "search") is { } refusal) throw refusal;
        single = new(string.Join('/', start.Parts), stat.SizeBytes, start.Asked);
        return null;
    }

    Level Read(SafeFileHandle folder, string path)
    {
        var found = new List<(string Name, EntryKind Kind)>();
        using var entries = new FolderEntries(folder);
        while (looked < limits.MaxEntries && entries.Next())
        {
            looked++;
            if (TempName.Matches(entries.Name)) continue;
            var kind = entries.Kind;
            if (kind is null && Kernel.LookIn(folder, entries.Name, out var stat) == 0) kind = stat.Kind;
            if (kind is not (EntryKind.File or EntryKind.Directory)) continue;
            var name = Names.Text(entries.Name);
            if (!name.Contains('\\') && !Protection.IsControlPlane(name)) found.Add((name, kind.Value));
        }
        found.Sort(static (left, right) => string.CompareOrdinal(left.Name, right.Name));
        return new(folder, path, found);
    }

    WalkedFile? PlainFile(Level level, string name)
    {
        // A name that is no UTF-8 does not survive the way back to bytes and is not found.
        if (Kernel.LookIn(level.Folder, Names.Bytes(name), out var stat) != 0) return null;
        if (Refusal.UnlessPlainFile(stat, guard.RootStat, start.Asked, "search") is not null) return null;
        var path = level.Below(name);
        if (System.Text.Encoding.UTF8.GetByteCount(path) >= WorkspacePath.MaxBytes - 2) return null;
        // "C:x" is a file name here and a drive in a path that an agent writes.
        var spoken = path.Length > 1 && path[1] == ':' ? "./" + path : path;
        return new(path, stat.SizeBytes, WorkspacePath.Parse(spoken));
    }

    sealed class Level(SafeFileHandle folder, string path, List<(string Name, EntryKind Kind)> entries)
    {
        public SafeFileHandle Folder { get; } = folder;
        public List<(string Name, EntryKind Kind)> Entries { get; } = entries;
        public int Next { get; set; }
        public string Below(string name) => path.Length == 0 ? name : $"{path}/{name}";
    }
}
