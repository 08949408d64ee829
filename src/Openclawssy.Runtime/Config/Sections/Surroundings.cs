namespace Openclawssy.Runtime.Config;

/// <summary>What tools may reach over the network. Models are reached regardless; they are not tools.</summary>
public sealed record NetworkConfig
{
    public bool Enabled { get; init; }
    public IReadOnlyList<string> AllowedDomains { get; init; } = [];
    public bool AllowLocalhosts { get; init; }
}

/// <summary>Running commands.</summary>
public sealed record ShellConfig
{
    public bool EnableExec { get; init; }
    public IReadOnlyList<string> AllowedCommands { get; init; } = [];

    /// <summary>Milliseconds; used when a call names no limit.</summary>
    public int DefaultTimeoutMs { get; init; } = 120_000;

    /// <summary>Milliseconds; the most a call may ask for.</summary>
    public int MaxTimeoutMs { get; init; } = 900_000;
}

/// <summary>Where commands run.</summary>
public sealed record SandboxConfig
{
    public bool Active { get; init; }
    public SandboxProvider Provider { get; init; }
    public LocalSandboxConfig Local { get; init; } = new();
}

/// <summary>The sandbox on this machine.</summary>
public sealed record LocalSandboxConfig
{
    /// <summary>What a program needs to start: the system's own programs and libraries, and nothing about its users.</summary>
    public static IReadOnlyList<string> DefaultReadOnly { get; } =
    [
        "/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/etc/alternatives", "/etc/ld.so.cache", "/etc/ld.so.conf", "/etc/ld.so.conf.d", "/etc/profile", "/etc/profile.d",
        "/etc/bash.bashrc", "/etc/localtime", "/etc/ssl/certs", "/etc/ca-certificates",
    ];

    public SandboxTier Tier { get; init; }
    public SandboxNetwork Network { get; init; }
    public IReadOnlyList<string> ReadOnly { get; init; } = DefaultReadOnly;

    /// <summary>Names of variables a call may set.</summary>
    public IReadOnlyList<string> Env { get; init; } = ["CI", "LC_ALL", "NO_COLOR", "TERM", "TZ"];

    /// <summary>Mebibytes of private memory for a process, and of resident memory for all of a command's processes together.</summary>
    public int MemoryMb { get; init; } = 2048;

    /// <summary>Processes and threads of one command at a time.</summary>
    public int Processes { get; init; } = 256;

    /// <summary>Seconds of processor time for one process.</summary>
    public int CpuSeconds { get; init; } = 600;

    /// <summary>Mebibytes of the largest file a command may write.</summary>
    public int FileSizeMb { get; init; } = 512;

    /// <summary>Mebibytes of output, after which a command is stopped.</summary>
    public int OutputMb { get; init; } = 64;

    /// <summary>Descriptors of one process.</summary>
    public int OpenFiles { get; init; } = 1024;
}

/// <summary>Kinds of sandbox.</summary>
public enum SandboxProvider
{
    /// <summary>No sandbox, so no commands.</summary>
    None,

    /// <summary>The kernel of this machine.</summary>
    Local,
}

/// <summary>What holds a command inside.</summary>
public enum SandboxTier
{
    /// <summary>The strongest this machine has; <c>doctor</c> says which that is.</summary>
    Auto,

    /// <summary>Landlock and seccomp only: names and sizes of files outside stay visible.</summary>
    Landlock,

    /// <summary>Own mount, process, user and network namespaces, and everything of the tier above.</summary>
    Bubblewrap,
}

/// <summary>What a sandboxed command may reach.</summary>
public enum SandboxNetwork
{
    None,

    /// <summary>The program's own egress door, under the rules of <c>network</c>, and nothing beside it. Needs namespaces.</summary>
    Proxy,
}

/// <summary>The gateway's listener.</summary>
public sealed record ServerConfig
{
    public string BindAddress { get; init; } = "127.0.0.1";
    public int Port { get; init; } = 8080;
    public bool TlsEnabled { get; init; }
    public string TlsCertFile { get; init; } = ".openclawssy/certs/server.crt";
    public string TlsKeyFile { get; init; } = ".openclawssy/certs/server.key";
    public bool DashboardEnabled { get; init; } = true;

    /// <summary>Path of a file (0600) that holds the token; empty: the program makes one.</summary>
    public string TokenFile { get; init; } = "";

    /// <summary>Further names, with or without port, under which requests may come; what stands before the gateway may use one.</summary>
    public IReadOnlyList<string> AllowedHosts { get; init; } = [];

    /// <summary>Seconds that running work is given when the program is told to stop.</summary>
    public int DrainSeconds { get; init; } = 30;

    /// <summary>One line on standard error for each request.</summary>
    public bool AccessLog { get; init; } = true;
}

/// <summary>Where an agent's files are and how hard the wall around them is.</summary>
public sealed record WorkspaceConfig
{
    /// <summary>What a write must not touch because another program acts on it, or because it says who the agent is.</summary>
    public static IReadOnlyList<string> DefaultProtected { get; } =
    [
        ".git/config", ".git/hooks", ".openclawssy", ".vscode", ".envrc",
        "SOUL.md", "RULES.md", "TOOLS.md", "SPECPLAN.md", "DEVPLAN.md", "HANDOFF.md",
    ];

    /// <summary>Absolute, or relative to the instance's root.</summary>
    public string Root { get; init; } = "./workspace";

    public Containment Containment { get; init; }
    public IReadOnlyList<string> Protected { get; init; } = DefaultProtected;
}

/// <summary>What to do where the kernel cannot hold a path beneath a directory by itself.</summary>
public enum Containment
{
    /// <summary>Walk the path component by component, and say so in every run and in <c>doctor</c>.</summary>
    BestEffort,

    /// <summary>Refuse to touch files.</summary>
    Require,
}
