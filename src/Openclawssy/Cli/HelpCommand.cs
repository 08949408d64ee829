using System.CommandLine;

namespace Openclawssy.Cli;

/// <summary><c>help [COMMAND…]</c>: the overview, or one command's page.</summary>
sealed class HelpCommand() : CliCommand("help", "explain a command")
{
    readonly Argument<string[]> words = new("command") { Arity = new(0, 3), Description = "the command to explain; none for an overview" };

    public override IReadOnlyList<Argument> Arguments => [words];

    public override Task<int> RunAsync(CommandContext context, CancellationToken cancellationToken)
    {
        var path = context.Parse.GetValue(words) ?? [];
        // "help X" and "X --help" are the same page and the same errors.
        var invocation = Args.Read([.. path, "--help"]);
        if (invocation.Command is { } command) HelpText.Of(command, invocation.Path, context.Out);
        else HelpText.Overview(context.Out);
        return Task.FromResult(ExitCodes.Ok);
    }
}
