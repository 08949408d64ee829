using Openclawssy.Runtime.Journal;
using Openclawssy.Runtime.Storage;

namespace Openclawssy.Runtime.Runs;

/// <summary>The five bundle files on disk, beside the journal they are rendered from.</summary>
static class BundleFiles
{
    /// <summary>Writes them whole, but does not wait for the disk: they can be rebuilt from the journal at any time.</summary>
    public static void Write(string folder, Story story)
    {
        foreach (var (name, content) in RunBundle.Render(story)) DurableFile.ReplaceUnsynced(Path.Combine(folder, name), content);
    }
}
