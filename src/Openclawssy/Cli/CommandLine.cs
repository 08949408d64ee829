using System.CommandLine;
using Openclawssy.Runtime.Storage;

namespace Openclawssy.Cli;

/// <summary>From typed words to an exit code. The one place that prints errors.</summary>
static class CommandLine
{
    const string Program = "openclawssy";

    public static async Task<int> RunAsync(IReadOnlyList<string> argv, Surroundings surroundings)
    {
        using var signals = Signals.Listen();
        return await RunAsync(argv, surroundings, signals);
    }

    public static async Task<int> RunAsync(IReadOnlyList<string> argv, Surroundings surroundings, Signals signals)
    {
        try
        {
            var invocation = Args.Read(argv);
            if (invocation.Command is not { } command)
            {
                HelpText.Overview(invocation.Help ? surroundings.Out : surroundings.Error);
                return invocation.Help ? ExitCodes.Ok : ExitCodes.Usage;
            }
            if (invocation.Help)
            {
                HelpText.Of(command, invocation.Path, surroundings.Out);
                return ExitCodes.Ok;
            }
            var context = new CommandContext(surroundings, RootFolder(invocation.Root, surroundings), Parse(invocation, command), signals);
            return await command.RunAsync(context, signals.Token);
        }
        catch (CliException problem)
        {
            surroundings.Error.WriteLine($"error: {TerminalText.Line(problem.Message)}");
            if (problem.NextStep is { } next) surroundings.Error.WriteLine($"next:  {TerminalText.Line(next)}");
            return problem.ExitCode;
        }
        catch (OperationCanceledException) when (signals.ExitCode is not null)
        {
            surroundings.Error.WriteLine("cancelled");
            return signals.ExitCode ?? ExitCodes.Interrupted;
        }
        // The disk said no, in words a person can act on.
        catch (DiskException problem)
        {
            surroundings.Error.WriteLine($"error: {TerminalText.Line(problem.Message)}");
            surroundings.Error.WriteLine("next:  check that the state folder, and the place of the audit's anchor ($XDG_STATE_HOME or $HOME/.local/state), are yours to write and not full");
            return ExitCodes.Failed;
        }
        // The last catch of the program: whatever it is, the person gets one sentence and the shell gets a code.
#pragma warning disable CA1031
        catch (Exception bug)
#pragma warning restore CA1031
        {
            surroundings.Error.WriteLine($"internal error: {TerminalText.Line(bug.Message)} ({bug.GetType().Name}); please report it");
            if (surroundings.Variable("OPENCLAWSSY_DEBUG") == "1") surroundings.Error.WriteLine(bug.ToString());
            else surroundings.Error.WriteLine("next:  set OPENCLAWSSY_DEBUG=1 and run it again to see where it happened");
            return ExitCodes.Failed;
        }
    }

    /// <summary>Hands the words, already in one spelling, to the library that types and checks the values.</summary>
    public static ParseResult Parse(Invocation invocation, CliCommand command)
    {
        var leaf = new Command(command.Name, command.Summary);
        foreach (var option in command.Options) leaf.Options.Add(option);
        foreach (var argument in command.Arguments) leaf.Arguments.Add(argument);
        // The library drops a first word that equals the program's name or ends in it as a path would, so that word is always ours.
        var parse = new Command(Program) { leaf }.Parse(
            [Program, command.Name, .. invocation.Words],
            new ParserConfiguration { EnablePosixBundling = false, ResponseFileTokenReplacer = null });
        return parse.Errors is [var first, ..]
            ? throw CliException.Usage(first.Message.TrimEnd('.'), $"see \"{Program} {invocation.Path} --help\"")
            : parse;
    }

    static string RootFolder(string? given, Surroundings surroundings)
    {
        if (given is "") throw CliException.Usage("option --root is empty", "name a folder, or leave it out for the current one");
        var root = given ?? surroundings.Variable("OPENCLAWSSY_ROOT");
        return Path.GetFullPath(string.IsNullOrEmpty(root) ? "." : root, surroundings.CurrentFolder);
    }
}
