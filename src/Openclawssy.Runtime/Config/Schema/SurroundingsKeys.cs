namespace Openclawssy.Runtime.Config;

/// <summary>The keys of network, shell, sandbox, server and workspace.</summary>
static class SurroundingsKeys
{
    const int Day = 86_400_000;
    const int Tebibyte = 1_048_576;

    public static Section<NetworkConfig> Network { get; } = new Section<NetworkConfig>()
        .Key("enabled", Kinds.Flag, c => c.Enabled, (c, v) => c with { Enabled = v },
            "Lets tools make web requests at all.", change: ChangeRight.Operator)
        .Key("allowed_domains", Kinds.Domains, c => c.AllowedDomains, (c, v) => c with { AllowedDomains = v },
            "Hosts tools may reach, over https on port 443 unless the entry says more; empty means none. A name leads to the public network only.", change: ChangeRight.Operator)
        .Key("allow_localhosts", Kinds.Flag, c => c.AllowLocalhosts, (c, v) => c with { AllowLocalhosts = v },
            "Lets tools reach this machine's own addresses.", change: ChangeRight.Operator);

    public static Section<ShellConfig> Shell { get; } = new Section<ShellConfig>()
        .Key("enable_exec", Kinds.Flag, c => c.EnableExec, (c, v) => c with { EnableExec = v },
            "Lets agents run commands; needs an active sandbox.", change: ChangeRight.Operator)
        .Key("allowed_commands", Kinds.Commands, c => c.AllowedCommands, (c, v) => c with { AllowedCommands = v },
            "Commands that may run, each with the arguments it must begin with; empty means none.")
        .Key("default_timeout_ms", Kinds.Whole(1000, Day), c => c.DefaultTimeoutMs, (c, v) => c with { DefaultTimeoutMs = v },
            "Time limit of a command that names none.")
        .Key("max_timeout_ms", Kinds.Whole(1000, Day), c => c.MaxTimeoutMs, (c, v) => c with { MaxTimeoutMs = v },
            "Longest time limit a command may ask for.");

    public static Section<SandboxConfig> Sandbox { get; } = new Section<SandboxConfig>()
        .Key("active", Kinds.Flag, c => c.Active, (c, v) => c with { Active = v }, "Runs commands in the sandbox; without it none run.")
        .Key("provider", Kinds.Choice(ConfigWords.SandboxProviders), c => c.Provider, (c, v) => c with { Provider = v }, "Which sandbox.")
        .Below("local", new Section<LocalSandboxConfig>()
            .Key("tier", Kinds.Choice(ConfigWords.Tiers), c => c.Tier, (c, v) => c with { Tier = v },
                "What holds a command inside; where the machine cannot give it, no command runs.")
            .Key("network", Kinds.Choice(ConfigWords.Networks), c => c.Network, (c, v) => c with { Network = v },
                "What a command may reach: `none` is nothing. `proxy` is what `network` lets tools reach, over http and https, through the program's own proxy inside an otherwise empty network; it needs the bubblewrap tier, without which every command is refused (`sandbox.required`).")
            .Key("read_only", Kinds.Addresses, c => c.ReadOnly, (c, v) => c with { ReadOnly = v },
                "What a command may read and run beside the workspace. The list replaces the default; what is not there is passed over.")
            .Key("env", Kinds.Variables, c => c.Env, (c, v) => c with { Env = v }, "Variables a call may set; everything else of the environment is fixed.")
            .Key("memory_mb", Kinds.Whole(16, Tebibyte), c => c.MemoryMb, (c, v) => c with { MemoryMb = v },
                "Mebibytes of private memory for one process, and of memory for all of a command's processes together; `doctor` says whether the kernel holds the second, or looks at it do.")
            .Key("processes", Kinds.Whole(1, 100_000), c => c.Processes, (c, v) => c with { Processes = v },
                "Processes and threads of one command at a time; `doctor` says where the machine cannot count them.")
            .Key("cpu_seconds", Kinds.Whole(1, Day / 1000), c => c.CpuSeconds, (c, v) => c with { CpuSeconds = v }, "Seconds of processor time for one process.")
            .Key("file_size_mb", Kinds.Whole(1, Tebibyte), c => c.FileSizeMb, (c, v) => c with { FileSizeMb = v }, "Mebibytes of the largest file a command may write.")
            .Key("output_mb", Kinds.Whole(1, 4096), c => c.OutputMb, (c, v) => c with { OutputMb = v }, "Mebibytes of output, after which a command is stopped.")
            .Key("open_files", Kinds.Whole(16, 1_000_000), c => c.OpenFiles, (c, v) => c with { OpenFiles = v }, "Descriptors of one process."),
            c => c.Local, (c, v) => c with { Local = v }, "The sandbox on this machine.");

    public static Section<ServerConfig> Server { get; } = new Section<ServerConfig>()
        .Key("bind_address", Kinds.BindAddress, c => c.BindAddress, (c, v) => c with { BindAddress = v }, "Address `serve` listens on.")
        .Key("port", Kinds.Whole(1, 65_535), c => c.Port, (c, v) => c with { Port = v }, "Port `serve` listens on.")
        .Key("tls_enabled", Kinds.Flag, c => c.TlsEnabled, (c, v) => c with { TlsEnabled = v }, "Serves HTTPS; needs both files.")
        .Key("tls_cert_file", Kinds.PathOrNone, c => c.TlsCertFile, (c, v) => c with { TlsCertFile = v }, "Certificate, in PEM form.")
        .Key("tls_key_file", Kinds.PathOrNone, c => c.TlsKeyFile, (c, v) => c with { TlsKeyFile = v }, "Its private key, in PEM form.")
        .Key("dashboard_enabled", Kinds.Flag, c => c.DashboardEnabled, (c, v) => c with { DashboardEnabled = v }, "Serves the dashboard and its routes.")
        .Key("token_file", Kinds.PathOrNone, c => c.TokenFile, (c, v) => c with { TokenFile = v }, "File (0600) that holds the token; left out, the program makes one and keeps its hash.")
        .Key("allowed_hosts", Kinds.Names, c => c.AllowedHosts, (c, v) => c with { AllowedHosts = v },
            "Names, as in a Host header with its port, under which requests may come beside the address it listens on; for a proxy before it.")
        .Key("drain_seconds", Kinds.Whole(0, 3600), c => c.DrainSeconds, (c, v) => c with { DrainSeconds = v }, "Seconds running work is given to end when the program is told to stop.")
        .Key("access_log", Kinds.Flag, c => c.AccessLog, (c, v) => c with { AccessLog = v }, "Writes one line to standard error for each request: route, answer, time, who; never an address' query, a header or a body.");

    public static Section<WorkspaceConfig> Workspace { get; } = new Section<WorkspaceConfig>()
        .Key("root", Kinds.FilePath, c => c.Root, (c, v) => c with { Root = v },
            "The folder agents work in. It may not contain the state folder, nor lie in it.")
        .Key("containment", Kinds.Choice(ConfigWords.Containments), c => c.Containment, (c, v) => c with { Containment = v },
            "Where the kernel cannot hold a path beneath a folder by itself: refuse to touch files, or walk the path step by step and say so in every run.")
        .Key("protected", Kinds.WorkspacePaths, c => c.Protected, (c, v) => c with { Protected = v },
            "Paths nobody's tools may write below, present or not. The list replaces the default.");
}
