namespace Openclawssy;

/// <summary>What the program takes from the machine it runs on, handed over so that a test can choose.</summary>
/// <param name="Clock">The wall clock.</param>
/// <param name="Variable">Reads one environment variable.</param>
/// <param name="Report">Tells the operator about something unexpected, with the detail a model never sees.</param>
/// <param name="AskHidden">Asks the person something that is not shown while it is typed; null when nobody is there.</param>
sealed record World(TimeProvider Clock, Func<string, string?> Variable, Action<string, Exception> Report, Func<string, byte[]?> AskHidden)
{
    /// <summary>Names the machine's present start: what was not synced before it may be gone.</summary>
    public Func<string> Boot { get; init; } = static () => File.Exists(BootId) ? File.ReadAllText(BootId).Trim() : "unknown";

    const string BootId = "/proc/sys/kernel/random/boot_id";
}
