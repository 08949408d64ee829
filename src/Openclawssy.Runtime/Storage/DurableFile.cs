namespace Openclawssy.Runtime.Storage;

/// <summary>
/// Whole small files of the state folder: replaced atomically and on disk when a method returns. A reader, and a crash at any
/// moment, sees the old content or the new, never a mixture.
/// </summary>
public static class DurableFile
{
    /// <summary>Creates or replaces a file (0600). The folder must exist. A link at <paramref name="path"/> is replaced, not followed.</summary>
    public static void Replace(string path, ReadOnlySpan<byte> content)
    {
        using var provisional = ProvisionalFile.Create(FolderOf(path), Path.GetFileName(path));
        provisional.Fill(content);
        provisional.Replace(path);
        provisional.SyncFolder();
    }

    /// <summary>Like <see cref="Replace"/>, whole but not waited for on the disk: for files that can be rebuilt from others.</summary>
    public static void ReplaceUnsynced(string path, ReadOnlySpan<byte> content)
    {
        using var provisional = ProvisionalFile.Create(FolderOf(path), Path.GetFileName(path));
        provisional.FillUnsynced(content);
        provisional.Replace(path);
    }

    /// <summary>Creates a file with its whole content, or leaves alone what is there. Returns whether it was created.</summary>
    public static bool CreateNew(string path, ReadOnlySpan<byte> content)
    {
        if (Posix.Facts(path) is not null) return false;
        using (var provisional = ProvisionalFile.Create(FolderOf(path), Path.GetFileName(path)))
        {
            provisional.Fill(content);
            if (!provisional.TryTake(path)) return false;
        }
        Posix.SyncFolder(FolderOf(path));
        return true;
    }

    /// <summary>The whole content, or null when there is no such file. A file above <paramref name="maxBytes"/>, a link or anything else is refused.</summary>
    public static byte[]? ReadOrNull(string path, int maxBytes)
    {
        using var handle = Posix.OpenToRead(path);
        if (handle is null) return null;
        var size = Posix.Facts(handle).Size;
        if (size > maxBytes) throw new IOException($"{path} has {size} bytes; at most {maxBytes} are read");
        var content = new byte[size];
        var read = Posix.ReadAt(handle, content, 0, path);
        return read == size ? content : content[..read];
    }

    /// <summary>Takes a file away, durably. One that is not there is fine.</summary>
    public static void Remove(string path)
    {
        Posix.Remove(path);
        Posix.SyncFolder(FolderOf(path));
    }

    /// <summary>What tells one content of a file from the next without reading it; null when nothing is there.</summary>
    public static FileStamp? StampOf(string path) => Posix.Facts(path)?.Stamp;

    /// <summary>Makes a folder (0700) and what is missing above it, durably. An existing folder is left as it is.</summary>
    public static void EnsureFolder(string path)
    {
        path = Path.TrimEndingDirectorySeparator(path);
        var errno = Posix.TryMakeFolder(path);
        if (errno == Errno.NotFound && FolderOf(path) is { Length: > 0 } parent && parent != path)
        {
            EnsureFolder(parent);
            errno = Posix.TryMakeFolder(path);
        }
        if (errno == 0) Posix.SyncFolder(FolderOf(path));
        else if (errno != Errno.Exists || !Directory.Exists(path)) throw new DiskException("make the folder", path, errno);
    }

    /// <summary>Returns when what a file holds now is on disk, whoever wrote it: for a reader who must not tell what could still be lost.</summary>
    /// <exception cref="DurabilityLostException">The kernel could not.</exception>
    public static void Sync(string path)
    {
        using var handle = Posix.OpenToRead(path) ?? throw new DiskException("read", path, Errno.NotFound);
        Posix.Sync(handle, path);
    }

    /// <summary>Removes the half-made files that writers killed in this folder left behind; returns how many. Live writers are not disturbed.</summary>
    public static int SweepLeftovers(string folder) => ProvisionalFile.Sweep(folder);

    static string FolderOf(string path) => Path.GetDirectoryName(path) ?? "";
}
