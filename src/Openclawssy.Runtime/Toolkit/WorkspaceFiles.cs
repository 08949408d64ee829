namespace Openclawssy.Runtime.Toolkit;

public enum EntryKind { File, Directory, Link, Other }

/// <param name="Name">The entry's own name, without its folder.</param>
/// <param name="SizeBytes">Size of a regular file; 0 for anything else.</param>
public sealed record WorkspaceEntry(string Name, EntryKind Kind, long SizeBytes);

/// <param name="Bytes">What was read.</param>
/// <param name="SizeBytes">The file's whole size when it was read.</param>
public sealed record FileSlice(ReadOnlyMemory<byte> Bytes, long SizeBytes);

/// <param name="RelativePath">From the workspace's root, with '/'.</param>
public sealed record WalkedFile(string RelativePath, long SizeBytes, WorkspacePath Path);

/// <param name="MaxFiles">Stop after this many regular files.</param>
/// <param name="MaxEntries">Stop after looking at this many entries of any kind, so that a huge tree cannot hold a call.</param>
/// <param name="SkipNames">Folder names that are not entered.</param>
public sealed record WalkLimits(int MaxFiles, int MaxEntries, IReadOnlySet<string> SkipNames);

/// <summary>
/// Reading inside one workspace. Every call opens beneath the workspace's directory handle; links, special files, hard links
/// and control-plane names are refused with <c>policy.denied</c>, a name that is not there with <c>tool.input_invalid</c>.
/// </summary>
public interface IWorkspaceFiles
{
    /// <summary>Up to <paramref name="maxBytes"/> bytes of a regular file from <paramref name="offset"/>.</summary>
    FileSlice Read(WorkspacePath path, long offset, int maxBytes, CancellationToken cancellationToken);

    /// <summary>The entries of one folder in ordinal order, at most <paramref name="maxEntries"/>; <c>more</c> says whether some were left out.</summary>
    (IReadOnlyList<WorkspaceEntry> Entries, bool More) List(WorkspacePath path, int maxEntries, CancellationToken cancellationToken);

    /// <summary>Regular files below a folder (or the one file named), depth first, in ordinal order; unreadable folders are skipped, links never followed.</summary>
    IEnumerable<WalkedFile> Walk(WorkspacePath path, WalkLimits limits, CancellationToken cancellationToken);
}

/// <summary>
/// Changing one workspace. Made by the gate for one permitted call. Each change is atomic and on disk (checked <c>fsync</c>)
/// when the method returns; what fails leaves the old content.
/// </summary>
public interface IWorkspaceEdits
{
    /// <summary>Creates or replaces a regular file. The folder must exist. Returns whether it was created.</summary>
    bool Write(WorkspacePath path, ReadOnlyMemory<byte> content, CancellationToken cancellationToken);

    /// <summary>Adds to the end, creating the file if it is missing. Returns the new size in bytes.</summary>
    long Append(WorkspacePath path, ReadOnlyMemory<byte> content, CancellationToken cancellationToken);

    /// <summary>Replaces a file's content by a function of it, alone among this workspace's writers. The file may have at most <paramref name="maxBytes"/>.</summary>
    void Rewrite(WorkspacePath path, int maxBytes, Func<ReadOnlyMemory<byte>, ReadOnlyMemory<byte>> change, CancellationToken cancellationToken);

    /// <summary>Removes a file, a link itself, or (with <paramref name="recursive"/>) a folder and all in it. Returns what was removed, or null when nothing was there.</summary>
    EntryKind? Delete(WorkspacePath path, bool recursive, CancellationToken cancellationToken);

    /// <summary>Renames. Without <paramref name="overwrite"/> an existing destination is refused by the kernel, not by a check. Returns what was moved, or null when both are the same entry.</summary>
    EntryKind? Move(WorkspacePath source, WorkspacePath destination, bool overwrite, CancellationToken cancellationToken);
}
