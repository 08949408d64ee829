using System.ComponentModel;
using System.Text.Json.Serialization;
using Openclawssy.Runtime.Toolkit;

namespace Openclawssy.Tools.Shell;

/// <summary>Runs one program in the sandbox.</summary>
public sealed class ShellExec() : Tool<ShellExec.Input, ShellExec.Output>(ShellExecJson.Default)
{
    /// <summary>Tried in this order for a command that is written as one text.</summary>
    static readonly string[] shells = ["bash", "/bin/bash", "/usr/bin/bash", "sh"];

    public sealed record Input(
        [property: Description("A program, for example git. A whole command line with blanks, and no args, is run by bash if bash is allowed.")] string Command,
        [property: Description("Its arguments, each as it is: nothing is split, expanded or unquoted.")] IReadOnlyList<string>? Args = null,
        [property: Description("Stop it after this many milliseconds."), Bounds(1, 86_400_000)] int? TimeoutMs = null,
        [property: Description("Folder of the workspace to begin in; the workspace itself when left out.")] WorkspacePath? Cwd = null,
        [property: Description("Variables for the program, by name; only names the operator allowed. Instead of a text, {\"secret\":\"NAME\"} hands over a stored secret the operator bound to this variable.")] IReadOnlyDictionary<string, TextOrSecret>? Env = null,
        [property: Description("Text for its standard input.")] string? Stdin = null);

    public sealed record Output(
        [property: Description("The program's exit code; 128 plus the signal's number when a signal ended it.")] int ExitCode,
        [property: Description("Name of the signal that ended it.")] string? Signal,
        [property: Description("True when it was stopped because its time was up; what it had printed is here.")] bool TimedOut,
        [property: Description("The limit it ran into: time, cpu, memory, file_size, output or processes.")] string? Limit,
        [property: Description("What it printed.")] string Stdout,
        [property: Description("What it printed as errors.")] string Stderr,
        [property: Description("True when the middle of a long output was left out.")] bool Truncated,
        [property: Description("Files in the run's folder that hold the whole output, for the operator.")] IReadOnlyList<string>? Kept,
        [property: Description("Protected names it had changed; they are back as they were.")] IReadOnlyList<string>? PutBack,
        [property: Description("How long it ran.")] long DurationMs,
        [property: Description("What held it: landlock or bubblewrap.")] string Sandbox,
        [property: Description("The shell that ran a command line, when it was not the first choice.")] string? ShellFallback,
        [property: Description("What it asked the network for, and what came of each: where it was refused, why.")] IReadOnlyList<string>? Network);

    public override string Name => "shell.exec";
    public override IReadOnlyList<string> Aliases => ["bash.exec", "terminal.exec", "terminal.run"];
    public override string Description =>
        "Run a program in a sandbox: it sees the workspace and the system's programs, nothing else, and has no network but, where the operator set one up, the proxy in http_proxy and https_proxy. Give the program and its arguments apart. "
        + "A non-zero exit code is a result, not a failure of the tool. Everything it started ends with it.";
    public override Reach Reach => Reach.Shell;

    protected override void Check(Input input)
    {
        if (string.IsNullOrWhiteSpace(input.Command)) throw ToolException.InvalidInput("$.command: name a program", "$.command");
    }

    protected override async Task<Answer<Output>> RunAsync(Input input, ToolScope scope, CancellationToken cancellationToken)
    {
        var (command, fallback) = Choose(input, scope.Shell);
        var result = await scope.Shell.RunAsync(command with
        {
            Folder = input.Cwd,
            Environment = input.Env ?? new Dictionary<string, TextOrSecret>(),
            Input = input.Stdin,
            Limit = input.TimeoutMs is { } limit ? TimeSpan.FromMilliseconds(limit) : null,
        }, cancellationToken);
        var output = new Output(
            result.ExitCode, result.Signal, result.TimedOut, result.Limit, result.Stdout, result.Stderr, result.Truncated, result.Kept.Count > 0 ? result.Kept : null,
            result.PutBack.Count > 0 ? result.PutBack : null, result.DurationMs, result.Sandbox, fallback, result.Network.Count > 0 ? result.Network : null);
        return new(output, Summary(result, fallback));
    }

    /// <summary>A single word is a program. A line with blanks and no arguments is for a shell: the first that is there and allowed.</summary>
    static (Command Command, string? Fallback) Choose(Input input, IShell shell)
    {
        var plain = new Command(input.Command, input.Args ?? []);
        if (input.Args is null && input.Command.Any(char.IsWhiteSpace))
        {
            IReadOnlyList<string> line = ["-lc", input.Command];
            var chosen = Array.Find(shells, name => shell.Look(name, line) == ProgramStanding.Ready);
            return (new(chosen ?? shells[0], line), chosen is null || chosen == shells[0] ? null : chosen);
        }
        // The same for somebody who asks for bash by name where it has another address.
        if (input.Command != shells[0] || shell.Look(shells[0], plain.Arguments) != ProgramStanding.NotFound) return (plain, null);
        var other = Array.Find(shells, name => shell.Look(name, plain.Arguments) == ProgramStanding.Ready);
        return other is null ? (plain, null) : (plain with { Program = other }, other);
    }

    static string Summary(CommandResult result, string? fallback)
    {
        var via = fallback is null ? "" : $" via {fallback} fallback";
        var stopped = result.TimedOut ? ", timed out" : result.Limit is { } limit ? $", ran into its {limit} limit" : "";
        return $"shell command completed{via} (exit {result.ExitCode}){stopped}";
    }
}

[JsonSerializable(typeof(ShellExec.Input))]
[JsonSerializable(typeof(ShellExec.Output))]
sealed partial class ShellExecJson : JsonSerializerContext;
