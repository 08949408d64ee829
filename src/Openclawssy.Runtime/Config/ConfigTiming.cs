namespace Openclawssy.Runtime.Config;

/// <summary>When a changed key counts.</summary>
public static class ConfigTiming
{
    // Looked at again while a program runs: who may write, what may be reached, how much goes on at once, what is shown.
    static readonly string[] followed =
    [
        "network", "chat", "scheduler", "engine.max_concurrent_runs", "engine.max_queued_runs", "output.thinking_mode", "agents.enabled_agent_ids", "agents.profiles.<agent>.enabled",
        "discord.allow_guilds", "discord.allow_channels", "discord.allow_users", "discord.command_prefix", "discord.default_agent_id", "discord.rate_limit_per_min",
    ];

    // Taking away counts at once, giving with the next start.
    static readonly string[] narrowed = ["shell.enable_exec", "shell.allowed_commands", "sandbox.active", "sandbox.provider"];

    /// <summary>True when a process that is already running keeps the old value, or keeps it until it is restarted where the new one gives more.</summary>
    public static bool NeedsRestart(ConfigKey key) => !Names(followed, key.Path);

    /// <summary>The same as a sentence for people.</summary>
    public static string Of(ConfigKey key) =>
        key.Status != FeatureStatus.Active ? "not at all: this version does not act on it"
        : Names(narrowed, key.Path) ? "at once where it takes something away; what it gives counts when the program starts"
        : NeedsRestart(key) ? "when the program starts; a gateway that is running must be restarted"
        : "at once, also in a gateway that is running";

    static bool Names(string[] keys, string path) => keys.Any(key => path == key || path.StartsWith(key + ".", StringComparison.Ordinal));
}
