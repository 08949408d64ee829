using System.Runtime.InteropServices;

namespace Openclawssy.Runtime.Storage;

/// <summary>
/// The instance's <c>.openclawssy</c> folder: the control plane, outside every workspace. Opening one proves that the process
/// runs as its owner; nothing here writes into somebody else's.
/// </summary>
public sealed partial class StateFolder
{
    public const string Name = ".openclawssy";

    StateFolder(string path) => Path = path;

    /// <summary>Absolute path.</summary>
    public string Path { get; }

    public string ConfigFile => Of("config.json");
    public string LastGoodConfigFile => Of("config.last-good.json");
    public string GrantsFile => Of("policy", "capabilities.json");
    public string ProcessesFolder => Of("processes");
    public string AuditFolder => Of("audit");

    public string Of(params ReadOnlySpan<string> parts) => System.IO.Path.Combine([Path, .. parts]);

    public static bool Exists(string instanceRoot) => Directory.Exists(System.IO.Path.Combine(instanceRoot, Name));

    /// <exception cref="StateFolderException">It is not there, is a link, or belongs to another user.</exception>
    public static StateFolder Open(string instanceRoot)
    {
        var path = System.IO.Path.Combine(instanceRoot, Name);
        var info = new DirectoryInfo(path);
        if (!info.Exists) throw new StateFolderException($"there is no instance in {instanceRoot}", "run `openclawssy init` there, or name the instance with --root DIR");
        if (info.LinkTarget is not null) throw new StateFolderException($"{path} is a link", "the state folder must be a real folder; name the instance with --root DIR");
        var owner = OwnerOf(path);
        if (owner != geteuid()) throw new StateFolderException($"{path} belongs to uid {owner}, and this process runs as uid {geteuid()}", "run as its owner, or make an instance of your own with `openclawssy init`");
        return new(path);
    }

    /// <summary>Creates it (0700) where it is missing.</summary>
    public static StateFolder Create(string instanceRoot)
    {
        DurableFile.EnsureFolder(System.IO.Path.Combine(instanceRoot, Name));
        return Open(instanceRoot);
    }

    /// <summary>The user this process acts as.</summary>
    public static uint EffectiveUser => geteuid();

    /// <summary>Name of the terminal this process belongs to, such as <c>/dev/pts/3</c>; null when there is none.</summary>
    public static string? Terminal
    {
        get
        {
            for (var descriptor = 0; descriptor <= 2; descriptor++)
                if (new FileInfo($"/proc/self/fd/{descriptor}").LinkTarget is { } target && (target.StartsWith("/dev/pts/", StringComparison.Ordinal) || target.StartsWith("/dev/tty", StringComparison.Ordinal)))
                    return target;
            return null;
        }
    }

    [LibraryImport("libc")]
    private static partial uint geteuid();

    static unsafe uint OwnerOf(string path)
    {
        // struct statx: stx_uid is the 32-bit word at byte 20 on every Linux architecture.
        var buffer = stackalloc byte[256];
        return statx(AtFdCwd, path, SymlinkNoFollow, StatxUid, buffer) == 0
            ? *(uint*)(buffer + 20)
            : throw new StateFolderException($"{path} cannot be examined (errno {Marshal.GetLastPInvokeError()})", "check its permissions");
    }

    const int AtFdCwd = -100;
    const int SymlinkNoFollow = 0x100;
    const uint StatxUid = 0x8;

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static unsafe partial int statx(int folder, string path, int flags, uint mask, byte* buffer);
}

/// <summary>The state folder cannot be used; says what to do next.</summary>
public sealed class StateFolderException(string message, string nextStep) : Exception(message)
{
    public string NextStep { get; } = nextStep;
}
