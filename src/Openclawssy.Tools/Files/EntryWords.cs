using Openclawssy.Runtime.Toolkit;

namespace Openclawssy.Tools.Files;

/// <summary>What results call the kinds of things in a folder.</summary>
static class EntryWords
{
    public static string Of(EntryKind kind) => kind switch
    {
        EntryKind.File => "file",
        EntryKind.Directory => "dir",
        EntryKind.Link => "link",
        _ => "special",
    };
}
