namespace Openclawssy.Runtime.Storage;

/// <summary>Which segments a folder has and how long they are, taken while nobody appends; a reader then needs no lock.</summary>
static class SegmentSnapshot
{
    public static List<(SegmentName Name, long Size)> Take(string folder)
    {
        using var held = FileLatch.Share(Path.Combine(folder, ChainedSegments.LockName));
        var found = new List<(SegmentName, long)>();
        foreach (var name in SegmentName.In(folder)) found.Add((name, Posix.Facts(Path.Combine(folder, name.ToString()))?.Size ?? 0));
        return found;
    }

    public static bool HasFolder(string path) => Directory.Exists(path);

    /// <summary>Names of the folders in a folder, in ordinal order; none when it is missing.</summary>
    public static string[] FoldersIn(string folder) =>
        Directory.Exists(folder) ? [.. Directory.GetDirectories(folder).Select(Path.GetFileName).Order(StringComparer.Ordinal)!] : [];
}
