namespace Openclawssy.Runtime.Config;

/// <summary>When a changed key counts.</summary>
public static class ConfigTiming
{
    // Read once, while the process is put together.
    static readonly string[] atStart = ["server", "scheduler", "workspace", "chat", "discord", "secrets", "audit", "runs"];

    /// <summary>True when a process that is already running keeps the old value.</summary>
    public static bool NeedsRestart(ConfigKey key) => atStart.Contains(key.Path.Split('.')[0]);

    /// <summary>The same as a sentence for people.</summary>
    public static string Of(ConfigKey key) =>
        key.Status != FeatureStatus.Active ? "not at all: this version does not act on it"
        : NeedsRestart(key) ? "when the program starts; one that is running must be restarted"
        : "with the next run";
}
