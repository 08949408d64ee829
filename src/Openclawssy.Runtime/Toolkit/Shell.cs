namespace Openclawssy.Runtime.Toolkit;

/// <summary>One program to run, named by its parts: nothing is put together to a text and taken apart again.</summary>
/// <param name="Program">A bare name or an absolute address; looked up in trusted folders only.</param>
public sealed record Command(string Program, IReadOnlyList<string> Arguments)
{
    /// <summary>Where in the workspace it begins; null is the workspace itself.</summary>
    public WorkspacePath? Folder { get; init; }

    /// <summary>Variables beside the few every command has; only names the operator listed. A secret's value is put in by the sandbox.</summary>
    public IReadOnlyDictionary<string, TextOrSecret> Environment { get; init; } = new Dictionary<string, TextOrSecret>();

    /// <summary>Standard input; null is an empty one.</summary>
    public string? Input { get; init; }

    /// <summary>Null takes the configured limit.</summary>
    public TimeSpan? Limit { get; init; }
}

/// <summary>What came of a command. Output that came before a kill is here too.</summary>
/// <param name="ExitCode">The program's own, or 128 plus the number of the signal that ended it.</param>
/// <param name="Signal">Name of the signal that ended it, where that is known for certain.</param>
/// <param name="TimedOut">True when its time was up.</param>
/// <param name="Limit">The limit it ran into: <c>time</c>, <c>cpu</c>, <c>memory</c>, <c>file_size</c>, <c>output</c>, <c>processes</c>; else null.</param>
/// <param name="Truncated">True when the middle of an output was left out.</param>
/// <param name="Kept">Names of files in the run's folder that hold the whole of a truncated output.</param>
/// <param name="PutBack">Protected names of the workspace the command had changed; they are back as they were.</param>
/// <param name="Sandbox">What held it: <c>landlock</c> or <c>bubblewrap</c>.</param>
public sealed record CommandResult(
    int ExitCode, string? Signal, bool TimedOut, string? Limit, string Stdout, string Stderr, bool Truncated, IReadOnlyList<string> Kept, IReadOnlyList<string> PutBack,
    long DurationMs, string Sandbox)
{
    /// <summary>What it asked the network for, a line for each connection; empty also where it has none.</summary>
    public IReadOnlyList<string> Network { get; init; } = [];
}

/// <summary>How a program stands before it is run.</summary>
public enum ProgramStanding
{
    Ready,

    /// <summary>No entry of <c>shell.allowed_commands</c> covers it.</summary>
    NotAllowed,

    /// <summary>No trusted folder holds it.</summary>
    NotFound,
}

/// <summary>Running commands, for one permitted call. Each runs in the sandbox or not at all.</summary>
public interface IShell
{
    ProgramStanding Look(string program, IReadOnlyList<string> arguments);

    /// <summary>Runs it to its end, its limit or the call's.</summary>
    /// <exception cref="ToolException">
    /// <c>policy.denied</c> for what is not allowed, <c>tool.input_invalid</c> for what cannot be run, <c>sandbox.required</c> when the sandbox does not hold.
    /// </exception>
    Task<CommandResult> RunAsync(Command command, CancellationToken cancellationToken);
}
