namespace Openclawssy.Cli;

/// <summary>Every command there is, in the order help shows them. Only the one that is typed gets built.</summary>
static class Commands
{
    public static IReadOnlyList<CommandEntry> All { get; } =
    [
        new("init", "create an installation in this folder", () => new InitCommand()),
        new("setup", "answer a few questions and have a working installation", () => new SetupCommand()),
        new("ask", "ask an agent once and print the answer", () => new AskCommand()),
        new("run", "start a run, with its record on disk", () => new RunCommand()),
        new("serve", "run the gateway: HTTP API, jobs, channels", () => new ServeCommand()),
        new("healthcheck", "ask the gateway that runs here whether it takes work", () => new HealthcheckCommand()),
        new("token", "make a new token for the gateway", () => new TokenCommand()),
        new("follow", "watch a run while it happens, or read it again", () => new FollowCommand()),
        new("runs", "list runs, show one, cancel one", () => new RunsCommand()),
        new("sessions", "list conversations, close one", () => new SessionsCommand()),
        new("cron", "jobs: messages sent to agents on a schedule", () => new CronCommand()),
        new("doctor", "look at this installation and say what is wrong", () => new DoctorCommand()),
        new("config", "show, check, change and explain the configuration", () => new ConfigCommand()),
        new("policy", "what each agent may use", () => new PolicyCommand()),
        new("secrets", "keep keys and passwords, encrypted", () => new SecretsCommand()),
        new("audit", "check the audit log", () => new AuditCommand()),
        new("tools", "the tools an agent can be given", () => new ToolsCommand()),
        new("completion", "print a completion script for your shell", () => new CompletionCommand()),
        new("version", "print the version", () => new VersionCommand()),
        new("help", "explain a command", () => new HelpCommand()),
        new("complete", "list what could be typed next (the completion scripts call it)", () => new CompleteCommand(), Hidden: true),
    ];

    public static CommandEntry? Find(string name) => All.FirstOrDefault(entry => entry.Name == name);

    /// <summary>Names a person may type, without the hidden ones.</summary>
    public static IEnumerable<string> Names => All.Where(entry => !entry.Hidden).Select(entry => entry.Name);
}

/// <summary>A line of the list: enough for help without building the command.</summary>
sealed record CommandEntry(string Name, string Summary, Func<CliCommand> Make, bool Hidden = false);
