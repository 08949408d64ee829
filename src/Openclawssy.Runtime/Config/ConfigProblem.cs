namespace Openclawssy.Runtime.Config;

/// <summary>What sort of fault a problem is.</summary>
public enum ConfigFault
{
    /// <summary>The text is no JSON; nothing after it was read.</summary>
    Syntax,
    UnknownKey,
    DuplicateKey,
    MissingKey,
    Null,
    WrongType,
    Value,

    /// <summary>Two keys that do not go together.</summary>
    Rule,

    /// <summary>A feature this version does not have was switched on, or has settings that do nothing.</summary>
    NotBuilt,
}

/// <summary>One thing to be put right in a configuration file. Never holds a secret's value.</summary>
/// <param name="Line">Counted from 1; 0 when the file says nothing about the key.</param>
/// <param name="Path">The key, as <see cref="ConfigPath"/> writes it; empty for the file as a whole.</param>
/// <param name="Message">A sentence that begins with the key and says what is allowed.</param>
public sealed record ConfigProblem(string File, int Line, string Path, ConfigFault Fault, string Message)
{
    public override string ToString() => Line > 0 ? $"{File}:{Line}: {Message}" : $"{File}: {Message}";
}

/// <summary>What came of reading a configuration: a usable one, or every reason why not.</summary>
/// <param name="Config">Null when refused: there is no half-usable configuration.</param>
/// <param name="Exists">False when there was no file and the defaults hold.</param>
public sealed record ConfigLoad(string File, OpenclawssyConfig? Config, bool Exists, IReadOnlyList<ConfigProblem> Problems, IReadOnlyList<ConfigProblem> Warnings)
{
    /// <exception cref="ConfigRefusedException">The file has problems.</exception>
    public OpenclawssyConfig Require() => Config ?? throw new ConfigRefusedException(Problems);
}

/// <summary>A configuration that must not be used. The message lists every problem, one a line.</summary>
public sealed class ConfigRefusedException(IReadOnlyList<ConfigProblem> problems) : Exception(string.Join('\n', problems))
{
    public IReadOnlyList<ConfigProblem> Problems { get; } = problems;
}
