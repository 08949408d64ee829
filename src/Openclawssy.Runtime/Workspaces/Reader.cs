using Openclawssy.Runtime.Toolkit;

namespace Openclawssy.Runtime.Workspaces;

/// <summary>Reading in one workspace, through the guard.</summary>
sealed class Reader(Guard guard) : IWorkspaceFiles
{
    /// <summary>Most that one call takes into memory, whatever is asked for: 64 MiB.</summary>
    public const int MaxSliceBytes = 64 * 1024 * 1024;

    const int ChunkBytes = 1024 * 1024;

    public FileSlice Read(WorkspacePath path, long offset, int maxBytes, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (offset < 0 || maxBytes < 0) throw ToolException.InvalidInput("offset and length of a read cannot be negative", path.Given);
        var place = Locate(path);
        using var file = guard.OpenFile(place, 0, "read", out var stat);
        var wanted = (int)Math.Min(Math.Min(maxBytes, MaxSliceBytes), Math.Max(0, stat.SizeBytes - offset));
        var bytes = new byte[wanted];
        var read = 0;
        while (read < wanted)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var length = Kernel.Read(file, bytes.AsSpan(read, Math.Min(ChunkBytes, wanted - read)), offset + read, out var error);
            if (length < 0) throw Refusal.Of(error, path, "read");
            if (length == 0) break;
            read += length;
        }
        return new(bytes.AsMemory(0, read), stat.SizeBytes);
    }

    public (IReadOnlyList<WorkspaceEntry> Entries, bool More) List(WorkspacePath path, int maxEntries, CancellationToken cancellationToken)
    {
        if (maxEntries < 0) throw ToolException.InvalidInput("the number of entries cannot be negative", path.Given);
        var place = Locate(path);
        using var folder = guard.OpenFolder(place, "list");
        var found = new List<(string Name, EntryKind? Kind)>();
        var more = false;
        using var entries = new FolderEntries(folder);
        while (entries.Next())
        {
            if (TempName.Matches(entries.Name)) continue;
            found.Add((Names.Text(entries.Name), entries.Kind));
            // A folder with millions of names is not kept in memory: only the first ones in order are.
            if (found.Count >= 2L * maxEntries + 1024) Cut();
        }
        if (entries.Error != 0) throw Refusal.Of(entries.Error, path, "list");
        Cut();

        var listed = new List<WorkspaceEntry>(found.Count);
        foreach (var (name, kind) in found)
        {
            if (kind is not (null or EntryKind.File)) listed.Add(new(name, kind.Value, 0));
            else if (Kernel.LookIn(folder, Names.Bytes(name), out var stat) == 0) listed.Add(new(name, stat.Kind, stat.SizeBytes));
            // Gone meanwhile, unless its name is no UTF-8: such an entry cannot be named, but it is there.
            else if (name.Contains('\uFFFD')) listed.Add(new(name, kind ?? EntryKind.Other, 0));
        }
        return (listed, more);

        void Cut()
        {
            cancellationToken.ThrowIfCancellationRequested();
            found.Sort(static (left, right) => string.CompareOrdinal(left.Name, right.Name));
            if (found.Count <= maxEntries) return;
            found.RemoveRange(maxEntries, found.Count - maxEntries);
            more = true;
        }
    }

    public IEnumerable<WalkedFile> Walk(WorkspacePath path, WalkLimits limits, CancellationToken cancellationToken)
    {
        var place = Locate(path);
        return new FileWalk(guard, place, limits).Files(cancellationToken);
    }

    Place Locate(WorkspacePath path)
    {
        guard.DemandApart();
        var place = guard.Locate(path);
        Protection.DemandReadable(place.Parts, path);
        return place;
    }
}
