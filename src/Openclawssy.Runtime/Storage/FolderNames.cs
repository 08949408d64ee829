using System.IO.Enumeration;

namespace Openclawssy.Runtime.Storage;

/// <summary>What folders stand in a folder.</summary>
static class FolderNames
{
    /// <summary>Names of the real folders (never links) directly below, in ordinal order; empty when the folder is not there. For short lists, such as the agents.</summary>
    public static IReadOnlyList<string> In(string path)
    {
        try
        {
            var folders = new DirectoryInfo(path).EnumerateDirectories().Where(folder => folder.LinkTarget is null);
            return [.. folders.Select(folder => folder.Name).Order(StringComparer.Ordinal)];
        }
        catch (DirectoryNotFoundException)
        {
            return [];
        }
    }

    /// <summary>
    /// Names of the real folders directly below, the one first whose <paramref name="file"/> (or, where that is missing,
    /// <paramref name="orElse"/>) was written last. A folder with neither is left out. One look at each: 10,000 cost tens of milliseconds.
    /// </summary>
    public static IReadOnlyList<string> NewestFirst(string path, string file, string orElse)
    {
        if (!Directory.Exists(path)) return [];
        var names = new FileSystemEnumerable<string>(path, static (ref entry) => entry.FileName.ToString())
        {
            ShouldIncludePredicate = static (ref entry) => entry.IsDirectory && (entry.Attributes & FileAttributes.ReparsePoint) == 0,
        };
        var found = new List<(long Written, string Name)>();
        foreach (var name in names)
            if ((Posix.Facts(Path.Combine(path, name, file)) ?? Posix.Facts(Path.Combine(path, name, orElse))) is { } facts) found.Add((facts.LastWrite, name));
        // The kernel's clock ticks by the millisecond; between equals the greater name is the younger, as ids carry their time.
        found.Sort(static (a, b) => a.Written != b.Written ? b.Written.CompareTo(a.Written) : string.CompareOrdinal(b.Name, a.Name));
        return found.ConvertAll(static entry => entry.Name);
    }
}
