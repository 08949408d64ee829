using Microsoft.Win32.SafeHandles;
using Openclawssy.Runtime.Toolkit;

namespace Openclawssy.Runtime.Workspaces;

/// <summary>Every entry under a protected name at one moment, small files with their content. Empty folders are not entries: nothing can be lost with them.</summary>
sealed class ProtectedSnapshot
{
    /// <summary>Files larger than this, and all after 16 MiB together, are known by their time of change only and cannot be put back.</summary>
    public const int MaxFileBytes = 1024 * 1024;

    const int MaxTotalBytes = 16 * 1024 * 1024;
    const int MaxEntries = 500_000;
    const int MaxDepth = 128;
    const string Action = "look through";

    static readonly WorkspacePath everything = WorkspacePath.Parse(".");

    readonly Guard guard;
    readonly Protection protection;
    readonly Dictionary<string, Saved> entries = new(StringComparer.Ordinal);
    readonly List<string> outermost = [];
    readonly string[] names = new string[MaxDepth + 1], folded = new string[MaxDepth + 1];
    int looked, bytes;

    ProtectedSnapshot(Guard guard, Protection protection) => (this.guard, this.protection) = (guard, protection);

    public IReadOnlyDictionary<string, Saved> Entries => entries;

    /// <summary>The protected names themselves, without what is below them.</summary>
    public IReadOnlyList<string> Outermost => outermost;

    public static ProtectedSnapshot Take(Guard guard, Protection protection)
    {
        var snapshot = new ProtectedSnapshot(guard, protection);
        using var root = guard.OpenFolder(new(everything, []), Action);
        snapshot.Look(root, 0, isInside: false);
        return snapshot;
    }

    public bool Has(string path) => entries.ContainsKey(path);

    public bool HasSame(string path, Saved other) => entries.TryGetValue(path, out var saved) && saved.IsLike(other);

    public bool IsLike(ProtectedSnapshot other) => entries.Count == other.entries.Count && entries.All(entry => other.HasSame(entry.Key, entry.Value));

    void Look(SafeFileHandle folder, int depth, bool isInside)
    {
        foreach (var (name, kind) in Below(folder))
        {
            if (++looked > MaxEntries)
                throw ToolException.Failed($"the workspace holds more than {MaxEntries} entries, so its protected names cannot be watched while a command runs; use a smaller workspace");
            names[depth] = Names.Text(name);
            folded[depth] = Protection.Fold(names[depth]);
            var isProtected = isInside || protection.Names(folded.AsSpan(0, depth + 1));
            if (isProtected && !isInside) outermost.Add(Path(depth));
            if (kind == EntryKind.Directory)
            {
                // What is deeper than this, or closed to us, is not looked into: the file tools cannot reach it either.
                using var inner = depth + 1 < MaxDepth ? guard.OpenFolderIn(folder, name, out _) : null;
                if (inner is not null) Look(inner, depth + 1, isProtected);
            }
            else if (isProtected) Save(folder, name, Path(depth));
        }
    }

    static List<(byte[] Name, EntryKind? Kind)> Below(SafeFileHandle folder)
    {
        var found = new List<(byte[], EntryKind?)>();
        using var reading = new FolderEntries(folder);
        while (reading.Next() && found.Count <= MaxEntries)
        {
            var kind = reading.Kind;
            if (kind is null && Kernel.LookIn(folder, reading.Name, out var stat) == 0) kind = stat.Kind;
            found.Add((reading.Name.ToArray(), kind));
        }
        return reading.Error == 0 ? found : throw Refusal.Of(reading.Error, everything, Action);
    }

    void Save(SafeFileHandle folder, byte[] name, string path)
    {
        if (Kernel.LookIn(folder, name, out var stat) != 0) return;
        entries[path] = new(stat, stat.Kind == EntryKind.File && stat.SizeBytes <= Math.Min(MaxFileBytes, MaxTotalBytes - bytes) ? Content(folder, name) : null);
    }

    byte[]? Content(SafeFileHandle folder, byte[] name)
    {
        using var pinned = Kernel.OpenOne(folder, name, Flag.PathOnly, 0, out _);
        if (pinned is null || Kernel.Look(pinned, out var stat) != 0 || stat.Kind != EntryKind.File || stat.SizeBytes > MaxFileBytes) return null;
        using var file = Kernel.Reopen(pinned, Flag.NoWaiting | Flag.NoTerminal, out _);
        if (file is null) return null;
        var content = new byte[stat.SizeBytes];
        for (var read = 0; read < content.Length;)
        {
            var length = Kernel.Read(file, content.AsSpan(read), read, out _);
            if (length <= 0) return null;
            read += length;
        }
        bytes += content.Length;
        return content;
    }

    string Path(int depth) => string.Join('/', names, 0, depth + 1);

    /// <param name="Bytes">The content of a file that is small enough.</param>
    public sealed record Saved(EntryStat Stat, byte[]? Bytes)
    {
        public bool IsLike(Saved other) => Bytes is not null && other.Bytes is not null
            ? Stat.Permissions == other.Stat.Permissions && Bytes.AsSpan().SequenceEqual(other.Bytes)
            : Stat.IsUnchangedSince(other.Stat);
    }
}
