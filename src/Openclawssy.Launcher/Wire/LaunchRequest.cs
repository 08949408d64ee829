namespace Openclawssy.Launcher;

/// <summary>What holds the command inside.</summary>
enum LaunchTier
{
    Landlock = 1,
    Bubblewrap = 2,
}

/// <param name="WallMs">Milliseconds until everything is killed.</param>
/// <param name="CpuSeconds">Processor time of one process.</param>
/// <param name="MemoryBytes">Private memory of one process, and resident memory of all of them together.</param>
/// <param name="FileBytes">Largest file a process may write.</param>
/// <param name="Processes">Processes and threads at one time.</param>
/// <param name="OpenFiles">Descriptors of one process.</param>
/// <param name="OutputBytes">Standard output and error together, after which everything is killed.</param>
sealed record LaunchLimits(long WallMs, long CpuSeconds, long MemoryBytes, long FileBytes, long Processes, long OpenFiles, long OutputBytes)
{
    public const int Count = 7;

    public long[] ToArray() => [WallMs, CpuSeconds, MemoryBytes, FileBytes, Processes, OpenFiles, OutputBytes];

    public static LaunchLimits Of(ReadOnlySpan<long> values) => new(values[0], values[1], values[2], values[3], values[4], values[5], values[6]);
}

/// <summary>
/// One command as the program describes it to the launcher. This file and its reader and writer are compiled into both, so that
/// the two cannot disagree about the form.
/// </summary>
sealed record LaunchRequest
{
    public required LaunchTier Tier { get; init; }

    /// <summary>Absolute address of what to run; empty runs the launcher's own probe, the live self-test.</summary>
    public required string Program { get; init; }

    /// <summary>The argument vector, the program's name first.</summary>
    public required IReadOnlyList<string> Arguments { get; init; }

    /// <summary>The whole environment, <c>NAME=value</c>.</summary>
    public IReadOnlyList<string> Environment { get; init; } = [];

    /// <summary>Absolute address of the workspace; readable and writable.</summary>
    public required string Workspace { get; init; }

    /// <summary>Where in the workspace the command begins, relative; empty is the workspace itself.</summary>
    public string Folder { get; init; } = "";

    /// <summary>Absolute address of the command's own temporary folder; with namespaces it is the address of a fresh one in memory.</summary>
    public required string Temporary { get; init; }

    /// <summary>Absolute addresses that may be read and executed; those that do not exist are passed over.</summary>
    public IReadOnlyList<string> ReadOnly { get; init; } = [];

    /// <summary>Names in the workspace that exist and must not change; held by mounts, so only with namespaces.</summary>
    public IReadOnlyList<string> Held { get; init; } = [];

    /// <summary>Names in the workspace that must not come into being or must not be read; covered by an empty folder, only with namespaces.</summary>
    public IReadOnlyList<string> Masked { get; init; } = [];

    /// <summary>Absolute address of bubblewrap; empty without namespaces.</summary>
    public string Bubblewrap { get; init; } = "";

    /// <summary>User to become when the launcher runs as root; 0 stays.</summary>
    public long User { get; init; }
    public long Group { get; init; }

    public required LaunchLimits Limits { get; init; }

    /// <summary>
    /// Absolute address of the socket the program waits at to be handed the command's way out: a listening socket at
    /// <see cref="ProxyPort"/> of the command's own, otherwise empty network. Empty is no network at all; only with namespaces.
    /// </summary>
    public string Door { get; init; } = "";

    /// <summary>Where inside, on 127.0.0.1, the program's proxy is found.</summary>
    public const int ProxyPort = 3128;

    /// <summary>Standard input; empty is an empty input.</summary>
    public ReadOnlyMemory<byte> Input { get; init; }
}
