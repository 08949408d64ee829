using System.Text;
using System.Text.Json;
using Openclawssy.Runtime.Text;
using Openclawssy.Runtime.Toolkit;

namespace Openclawssy.TestKit;

/// <summary>
/// A workspace in memory that keeps the contract of the real one: folders must exist, links are not followed, control-plane
/// names are denied, what fails changes nothing. For tests of tools; the guard has its own.
/// </summary>
public sealed class FakeWorkspace : IWorkspaceFiles, IWorkspaceEdits
{
    readonly SortedDictionary<string, (EntryKind Kind, byte[] Bytes)> entries = new(StringComparer.Ordinal);

    /// <summary>Number of changes made, refused ones not counted.</summary>
    public int Changes { get; private set; }

    public string this[string path]
    {
        get => Encoding.UTF8.GetString(Bytes(path));
        set => Put(path, Encoding.UTF8.GetBytes(value));
    }

    public byte[] Bytes(string path) => entries[path].Bytes;

    public bool Exists(string path) => entries.ContainsKey(path);

    public FakeWorkspace Put(string path, byte[] bytes) => Put(path, EntryKind.File, bytes);

    public FakeWorkspace Put(string path, EntryKind kind, byte[]? bytes = null)
    {
        for (var slash = path.IndexOf('/', StringComparison.Ordinal); slash >= 0; slash = path.IndexOf('/', slash + 1))
            entries.TryAdd(path[..slash], (EntryKind.Directory, []));
        entries[path] = (kind, bytes ?? []);
        return this;
    }

    /// <summary>A scope that hands over exactly what <paramref name="reach"/> declares.</summary>
    public ToolScope Scope(Reach reach, TimeProvider? clock = null) => new(AgentId.Parse("default"), RunId.Parse("run_0000000000001_0000000000"))
    {
        Files = reach.HasFlag(Reach.ReadsFiles) ? this : null!,
        Edits = reach.HasFlag(Reach.WritesFiles) ? this : null!,
        Clock = reach.HasFlag(Reach.Clock) ? clock ?? TimeProvider.System : null!,
    };

    /// <summary>Parses and runs one call with the reach the tool declared.</summary>
    public Task<ToolResult> CallAsync(Tool tool, string inputJson, TimeProvider? clock = null, CancellationToken cancellationToken = default) =>
        tool.Parse(Encoding.UTF8.GetBytes(inputJson)).RunAsync(Scope(tool.Reach, clock), cancellationToken);

    /// <summary>The same, giving the output alone.</summary>
    public async Task<JsonElement> OutputAsync(Tool tool, string inputJson)
    {
        using var document = JsonDocument.Parse((await CallAsync(tool, inputJson)).OutputJson);
        return document.RootElement.Clone();
    }

    public FileSlice Read(WorkspacePath path, long offset, int maxBytes, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var bytes = File(path);
        var start = (int)Math.Min(offset, bytes.Length);
        return new(bytes.AsMemory(start, Math.Min(maxBytes, bytes.Length - start)), bytes.Length);
    }

    public (IReadOnlyList<WorkspaceEntry> Entries, bool More) List(WorkspacePath path, int maxEntries, CancellationToken cancellationToken)
    {
        var folder = Key(path);
        if (folder.Length > 0 && Find(path).Kind != EntryKind.Directory) throw ToolException.InvalidInput($"{path} is not a folder", path.Given);
        var all = Children(folder).Select(key => new WorkspaceEntry(key[(key.LastIndexOf('/') + 1)..], entries[key].Kind, entries[key].Bytes.Length)).ToList();
        return (all.Take(maxEntries).ToList(), all.Count > maxEntries);
    }

    public IEnumerable<WalkedFile> Walk(WorkspacePath path, WalkLimits limits, CancellationToken cancellationToken)
    {
        var root = Key(path);
        if (root.Length > 0) Find(path);
        var found = root.Length > 0 && entries[root].Kind == EntryKind.File ? [root] : Below(root, limits.SkipNames);
        return found.Take(limits.MaxFiles).Select(key => new WalkedFile(key, entries[key].Bytes.Length, WorkspacePath.Parse(key)));
    }

    public bool Write(WorkspacePath path, ReadOnlyMemory<byte> content, CancellationToken cancellationToken)
    {
        var key = Target(path);
        var created = !entries.TryGetValue(key, out var there);
        if (!created && there.Kind != EntryKind.File) throw ToolException.Denied($"{path} is not a regular file", path.Given);
        entries[key] = (EntryKind.File, content.ToArray());
        Changes++;
        return created;
    }

    public long Append(WorkspacePath path, ReadOnlyMemory<byte> content, CancellationToken cancellationToken)
    {
        var old = entries.ContainsKey(Key(path)) ? File(path) : [];
        Write(path, (byte[])[.. old, .. content.Span], cancellationToken);
        return old.Length + content.Length;
    }

    public void Rewrite(WorkspacePath path, int maxBytes, Func<ReadOnlyMemory<byte>, ReadOnlyMemory<byte>> change, CancellationToken cancellationToken)
    {
        var old = File(path);
        if (old.Length > maxBytes) throw ToolException.InvalidInput($"{path} is larger than {maxBytes} bytes", path.Given);
        Write(path, change(old), cancellationToken);
    }

    public EntryKind? Delete(WorkspacePath path, bool recursive, CancellationToken cancellationToken)
    {
        var key = Target(path);
        if (!entries.TryGetValue(key, out var there)) return null;
        if (there.Kind == EntryKind.Directory && !recursive) throw ToolException.InvalidInput($"{path} is a folder; give recursive=true to remove it", path.Given);
        foreach (var inner in entries.Keys.Where(k => k == key || k.StartsWith(key + "/", StringComparison.Ordinal)).ToList()) entries.Remove(inner);
        Changes++;
        return there.Kind;
    }

    public EntryKind? Move(WorkspacePath source, WorkspacePath destination, bool overwrite, CancellationToken cancellationToken)
    {
        var (from, to) = (Target(source), Target(destination));
        var moved = Find(source);
        if (from == to) return null;
        if (entries.ContainsKey(to) && !overwrite) throw ToolException.InvalidInput($"{destination} exists; give overwrite=true to replace it", destination.Given);
        foreach (var key in entries.Keys.Where(k => k == from || k.StartsWith(from + "/", StringComparison.Ordinal)).ToList())
        {
            entries[to + key[from.Length..]] = entries[key];
            entries.Remove(key);
        }
        Changes++;
        return moved.Kind;
    }

    static string Key(WorkspacePath path)
    {
        if (path.IsAbsolute) throw ToolException.Denied("the path is outside the workspace", path.Given);
        if (path.Parts.Contains(".openclawssy")) throw ToolException.Denied("control-plane files are not reachable", path.Given);
        return string.Join('/', path.Parts);
    }

    string Target(WorkspacePath path)
    {
        var key = Key(path);
        if (key.Length == 0) throw ToolException.Denied("the workspace itself cannot be changed", path.Given);
        var slash = key.LastIndexOf('/');
        if (slash > 0 && (!entries.TryGetValue(key[..slash], out var folder) || folder.Kind != EntryKind.Directory))
            throw ToolException.InvalidInput($"the folder of {path} does not exist", path.Given);
        return key;
    }

    (EntryKind Kind, byte[] Bytes) Find(WorkspacePath path) =>
        entries.TryGetValue(Key(path), out var entry) ? entry : throw ToolException.InvalidInput($"nothing is at {path}", path.Given);

    byte[] File(WorkspacePath path) =>
        Find(path) is { Kind: EntryKind.File } file ? file.Bytes : throw ToolException.Denied($"{path} is not a regular file", path.Given);

    IEnumerable<string> Children(string folder)
    {
        var prefix = folder.Length == 0 ? "" : folder + "/";
        return entries.Keys.Where(key => key.Length > prefix.Length && key.StartsWith(prefix, StringComparison.Ordinal) && !key.AsSpan(prefix.Length).Contains('/')).ToList();
    }

    IEnumerable<string> Below(string folder, IReadOnlySet<string> skip)
    {
        foreach (var key in Children(folder))
            if (entries[key].Kind == EntryKind.File) yield return key;
            else if (entries[key].Kind == EntryKind.Directory && !skip.Contains(key[(key.LastIndexOf('/') + 1)..]))
                foreach (var inner in Below(key, skip)) yield return inner;
    }
}
