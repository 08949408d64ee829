using System.Globalization;

namespace Openclawssy.Runtime.Workspaces;

/// <summary>
/// Names of what is not finished: a file being written, a folder being removed. They stand beside what they will replace, are
/// not shown and not reachable by path, and what a killed process left is swept when the workspace is next opened.
/// </summary>
static class TempName
{
    const string Prefix = ".openclawssy-tmp-";
    static int last;

    /// <summary>Need not be secret: it is created exclusively, through a folder's handle.</summary>
    public static byte[] Next() =>
        Names.Bytes(string.Create(CultureInfo.InvariantCulture, $"{Prefix}{Kernel.ProcessId():x}-{Interlocked.Increment(ref last):x}"));

    public static bool Matches(string name) => Protection.Fold(name).StartsWith(Prefix, StringComparison.OrdinalIgnoreCase);

    public static bool Matches(ReadOnlySpan<byte> name) => name.StartsWith(".openclawssy-tmp-"u8);
}
