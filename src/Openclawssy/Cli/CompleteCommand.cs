using System.CommandLine;
using System.CommandLine.Completions;

namespace Openclawssy.Cli;

/// <summary><c>complete -- WORD…</c>: what the last word could become, one a line. Nothing printed means file names.</summary>
sealed class CompleteCommand() : CliCommand("complete", "list what could be typed next")
{
    readonly Argument<string[]> words = new("word") { Arity = ArgumentArity.ZeroOrMore };

    public override IReadOnlyList<Argument> Arguments => [words];

    public override Task<int> RunAsync(CommandContext context, CancellationToken cancellationToken)
    {
        foreach (var candidate in Candidates(context.Parse.GetValue(words) ?? [])) context.Out.WriteLine(candidate);
        return Task.FromResult(ExitCodes.Ok);
    }

    internal static IEnumerable<string> Candidates(IReadOnlyList<string> typed)
    {
        var current = typed.Count > 0 ? typed[^1] : "";
        CliCommand? command = null;
        Option? waiting = null;
        var (position, skipValue, onlyPositional) = (0, false, false);
        foreach (var word in typed.SkipLast(1))
        {
            if (waiting is not null || skipValue) (waiting, skipValue) = (null, false);
            else if (!onlyPositional && word == "--") onlyPositional = true;
            else if (!onlyPositional && OptionWord.TryRead(word, out var option))
            {
                if (option.Value is not null) continue;
                waiting = command?.Options.FirstOrDefault(known => known.ValueType != typeof(bool) && known.Aliases.Prepend(known.Name).Any(name => name.TrimStart('-') == option.Name));
                skipValue = waiting is null && option.Name == "root";
            }
            else if (command is null) { if ((command = Commands.Find(word)?.Make()) is null) return []; }
            else if (command is CommandGroup group) { if ((command = group.Subcommands.FirstOrDefault(sub => sub.Name == word)) is null) return []; }
            else position++;
        }
        return Names().Where(name => name.StartsWith(current, StringComparison.Ordinal)).Order(StringComparer.Ordinal);

        IEnumerable<string> Names()
        {
            if (skipValue) return [];
            if (waiting is not null) return Values(waiting);
            if (!onlyPositional && current.StartsWith('-'))
                return (command?.Options ?? []).Where(option => !option.Hidden).Select(option => option.Name).Concat(["--root", "--help"]);
            return command switch
            {
                null or HelpCommand when position == 0 => Commands.Names,
                CommandGroup group => group.Subcommands.Select(sub => sub.Name),
                _ => command!.Arguments.Skip(position).Take(1).SelectMany(Values),
            };
        }
    }

    static IEnumerable<string> Values(Symbol symbol) => symbol.GetCompletions(CompletionContext.Empty).Select(item => item.InsertText ?? item.Label);
}
