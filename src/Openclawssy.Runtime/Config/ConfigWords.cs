namespace Openclawssy.Runtime.Config;

/// <summary>How each enumerated value is written, in files, journals and on the command line.</summary>
public static class ConfigWords
{
    internal static readonly (string Word, SandboxProvider Value)[] SandboxProviders = [("none", SandboxProvider.None), ("local", SandboxProvider.Local)];
    internal static readonly (string Word, SandboxTier Value)[] Tiers = [("auto", SandboxTier.Auto), ("landlock", SandboxTier.Landlock), ("bubblewrap", SandboxTier.Bubblewrap)];
    internal static readonly (string Word, SandboxNetwork Value)[] Networks = [("none", SandboxNetwork.None), ("proxy", SandboxNetwork.Proxy)];
    internal static readonly (string Word, Containment Value)[] Containments = [("best_effort", Containment.BestEffort), ("require", Containment.Require)];
    internal static readonly (string Word, ThinkingMode Value)[] ThinkingModes =
        [("never", ThinkingMode.Never), ("on_error", ThinkingMode.OnError), ("always", ThinkingMode.Always)];
    internal static readonly (string Word, ToolProtocol Value)[] Protocols =
        [("auto", ToolProtocol.Auto), ("native", ToolProtocol.Native), ("text", ToolProtocol.Text)];
    internal static readonly (string Word, UsageRequest Value)[] Usages =
        [("stream_options", UsageRequest.StreamOptions), ("always", UsageRequest.Always), ("none", UsageRequest.None)];

    public static string Word(this Containment value) => Find(Containments, value);
    public static string Word(this ThinkingMode value) => Find(ThinkingModes, value);
    public static string Word(this ToolProtocol value) => Find(Protocols, value);

    /// <summary>Reads a mode given on the command line or in a request; case does not matter.</summary>
    public static bool TryParse(string word, out ThinkingMode mode)
    {
        foreach (var (written, value) in ThinkingModes)
        {
            mode = value;
            if (written.Equals(word, StringComparison.OrdinalIgnoreCase)) return true;
        }
        mode = ThinkingMode.Never;
        return false;
    }

    static string Find<T>((string Word, T Value)[] words, T value) where T : struct, Enum
    {
        foreach (var (word, known) in words)
            if (EqualityComparer<T>.Default.Equals(known, value)) return word;
        throw new ArgumentOutOfRangeException(nameof(value), value, "no word is known for this value");
    }
}
