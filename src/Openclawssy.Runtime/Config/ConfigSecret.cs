namespace Openclawssy.Runtime.Config;

/// <summary>A secret that was written into the configuration file. It cannot be printed or serialised by accident.</summary>
public sealed class ConfigSecret(string value)
{
    /// <summary>What stands in its place wherever the configuration is shown.</summary>
    public const string Shown = "[set]";

    /// <summary>A shorter value could not be told from ordinary text when it is scrubbed.</summary>
    public const int MinLength = 8;

    public const int MaxLength = 8192;

    /// <summary>For the vault only.</summary>
    public string Reveal() => value;

    public override string ToString() => Shown;
}
