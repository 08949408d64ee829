using Microsoft.Win32.SafeHandles;
using Openclawssy.Runtime.Text;
using Openclawssy.Runtime.Toolkit;

namespace Openclawssy.Runtime.Workspaces;

/// <summary>A folder and all below it, gone through by handles: first looked at, then removed. Links are entries and never ways.</summary>
sealed class FolderTree(Guard guard, Protection protection, AgentId? agent, WorkspacePath asked, string action)
{
    public const int MaxEntries = 100_000;
    public const int MaxDepth = 64;

    readonly string[] folded = new string[WorkspacePath.MaxBytes + MaxDepth];
    int entries;

    /// <summary>Refuses when anything below is protected, or would be under another path, when there is too much of it, or when something cannot be looked into.</summary>
    /// <param name="place">Where the folder is, or where it would come to be.</param>
    public void Survey(SafeFileHandle folder, Place place)
    {
        entries = 0;
        for (var i = 0; i < place.Parts.Count; i++) folded[i] = Protection.Fold(place.Parts[i]);
        Survey(folder, place.Parts.Count, 1);
    }

    void Survey(SafeFileHandle folder, int depth, int below)
    {
        foreach (var (name, isFolder) in Entries(folder))
        {
            if (++entries > MaxEntries) throw ToolException.InvalidInput($"cannot {action} {Refusal.Quoted(asked)}: it holds more than {MaxEntries} entries; do it folder by folder", asked.Given);
            var text = Names.Text(name);
            folded[depth] = Protection.Fold(text);
            protection.DemandChangeable(folded.AsSpan(0, depth + 1), text, asked, agent);
            if (!isFolder) continue;
            if (below == MaxDepth) throw ToolException.InvalidInput($"cannot {action} {Refusal.Quoted(asked)}: it is deeper than {MaxDepth} folders; begin further down", asked.Given);
            using var inner = guard.OpenFolderIn(folder, name, out var error) ?? throw Refusal.Of(error, asked, action);
            Survey(inner, depth + 1, below + 1);
        }
    }

    /// <summary>Removes what is in the folder. Entries that came after the survey are removed too, within the same depth.</summary>
    public void Empty(SafeFileHandle folder, CancellationToken cancellationToken) => Empty(folder, 1, cancellationToken);

    void Empty(SafeFileHandle folder, int below, CancellationToken cancellationToken)
    {
        foreach (var (name, isFolder) in Entries(folder))
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (isFolder && below <= MaxDepth)
            {
                using var inner = guard.OpenFolderIn(folder, name, out var opening);
                if (inner is not null) Empty(inner, below + 1, cancellationToken);
                else if (opening != Errno.NoEntry) throw Refusal.Of(opening, asked, action);
            }
            var error = Kernel.RemoveName(folder, name, isFolder);
            if (error is not (0 or Errno.NoEntry)) throw Refusal.Of(error, asked, action);
        }
    }

    List<(byte[] Name, bool IsFolder)> Entries(SafeFileHandle folder)
    {
        var found = new List<(byte[], bool)>();
        Kernel.Rewind(folder);
        using var reading = new FolderEntries(folder);
        while (reading.Next())
        {
            var kind = reading.Kind;
            if (kind is null && Kernel.LookIn(folder, reading.Name, out var stat) == 0) kind = stat.Kind;
            found.Add((reading.Name.ToArray(), kind == EntryKind.Directory));
            if (found.Count > MaxEntries) break;
        }
        if (reading.Error != 0) throw Refusal.Of(reading.Error, asked, action);
        return found;
    }
}
