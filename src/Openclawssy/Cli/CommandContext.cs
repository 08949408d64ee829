using System.CommandLine;

namespace Openclawssy.Cli;

/// <summary>Everything one command is handed.</summary>
/// <param name="Root">The installation's folder, absolute: <c>--root</c>, else OPENCLAWSSY_ROOT, else the current folder.</param>
/// <param name="Parse">What was typed; commands ask it for the value of their own options.</param>
/// <param name="Signals">Who asked the program to stop.</param>
sealed record CommandContext(Surroundings Surroundings, string Root, ParseResult Parse, Signals Signals)
{
    /// <summary>The machine, for what is composed to run agents.</summary>
    public World World => new(TimeProvider.System, Surroundings.Variable, (where, problem) =>
        Error.WriteLine($"internal: {where}: {TerminalText.Line(Surroundings.Variable("OPENCLAWSSY_DEBUG") == "1" ? problem.ToString() : $"{problem.GetType().Name}: {problem.Message}")}"),
        Surroundings.AskHidden);

    public TextWriter Out => Surroundings.Out;
    public TextWriter Error => Surroundings.Error;

    /// <summary>True when standard output is a terminal that may be coloured (https://no-color.org).</summary>
    public bool Colour =>
        Surroundings.OutputIsTerminal && string.IsNullOrEmpty(Surroundings.Variable("NO_COLOR")) && Surroundings.Variable("TERM") is not (null or "" or "dumb");

    /// <summary>The exit code of a run that was cancelled: 143 after SIGTERM, else 130.</summary>
    public int CancelledCode => Signals.ExitCode ?? ExitCodes.Interrupted;

    /// <summary>Prints text that somebody else wrote (a model, a file): made safe when a terminal would interpret it, verbatim when piped.</summary>
    public void PrintForeign(string text) => Out.WriteLine(Surroundings.OutputIsTerminal ? TerminalText.Block(text) : text);

    /// <summary>One line of what goes on, on standard error: not the answer, so it stands back.</summary>
    public void Dim(string line)
    {
        var safe = TerminalText.Line(line);
        Error.WriteLine(Colour ? $"\e[2m{safe}\e[0m" : safe);
    }
}
