namespace Openclawssy.Runtime.Storage;

/// <summary>What folders stand in a folder. Only for short lists such as the agents; runs are listed from the index.</summary>
static class FolderNames
{
    /// <summary>Names of the real folders (never links) directly below, in ordinal order; empty when the folder is not there.</summary>
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
}
