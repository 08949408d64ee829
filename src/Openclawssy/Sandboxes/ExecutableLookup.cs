namespace Openclawssy.Sandboxes;

/// <summary>
/// Finds programs in folders only root can change, and nowhere else: not in the current folder, not in the workspace, not by the
/// environment's PATH. What a link leads to must be root's alone as well.
/// </summary>
sealed class ExecutableLookup(IReadOnlyList<string> folders)
{
    public static readonly IReadOnlyList<string> SystemFolders = ["/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin"];

    const int MaxLinks = 16;

    // A folder that is a link (/bin) and the folder it leads to (/usr/bin) are one place.
    readonly List<string> trusted = [.. folders.Select(Place).OfType<string>().Distinct(StringComparer.Ordinal)];

    /// <summary>The folders that were found trustworthy, in the order they are searched.</summary>
    public IReadOnlyList<string> Folders => trusted;

    /// <summary>The one address of a program, or null. A name with a slash must be the absolute address of something in a trusted folder.</summary>
    public string? Find(string program)
    {
        if (program.Length == 0 || program.Contains('\0')) return null;
        if (!program.Contains('/'))
            return program is "." or ".." ? null : trusted.Select(folder => $"{folder}/{program}").FirstOrDefault(IsSound);
        if (program[0] != '/' || program.Split('/').Any(part => part is "." or "..")) return null;
        var cut = program.LastIndexOf('/');
        return Place(program[..cut]) is { } folder && trusted.Contains(folder) && $"{folder}{program[cut..]}" is var address && IsSound(address) ? address : null;
    }

    /// <summary>The folder's own address without links, if it and all above it are root's alone.</summary>
    static string? Place(string folder)
    {
        if (Resolve(folder) is not { } address || Native.Look(address) is not { IsFolder: true }) return null;
        return IsRootsAlone(address) ? address : null;
    }

    static bool IsSound(string address) =>
        Resolve(address) is { } target && Native.Look(target) is { IsFile: true, IsExecutable: true, IsRootsAlone: true } && IsRootsAlone(Path.GetDirectoryName(target)!);

    static bool IsRootsAlone(string folder)
    {
        for (string? at = folder; at is not null; at = Path.GetDirectoryName(at))
            if (Native.Look(at) is not { IsFolder: true, IsRootsAlone: true }) return false;
        return true;
    }

    /// <summary>Follows links, each of which must stand in a folder that is root's alone; null when one does not.</summary>
    static string? Resolve(string address)
    {
        var left = MaxLinks;
        var done = "";
        var parts = new Stack<string>(address.Split('/', StringSplitOptions.RemoveEmptyEntries).Reverse());
        while (parts.TryPop(out var part))
        {
            if (part == ".") continue;
            if (part == "..")
            {
                done = done.Length == 0 ? "" : done[..done.LastIndexOf('/')];
                continue;
            }
            var here = $"{done}/{part}";
            if (Native.Look(here) is not { } owner) return null;
            if (!owner.IsLink)
            {
                done = here;
                continue;
            }
            if (left-- == 0 || owner.User != 0 || !IsRootsAlone(done.Length == 0 ? "/" : done) || new FileInfo(here).LinkTarget is not { } target) return null;
            if (target.StartsWith('/')) done = "";
            foreach (var next in target.Split('/', StringSplitOptions.RemoveEmptyEntries).Reverse()) parts.Push(next);
        }
        return done.Length == 0 ? "/" : done;
    }
}
