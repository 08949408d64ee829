using System.CommandLine;

namespace Openclawssy.Cli;

/// <summary>Help pages, written from the commands themselves.</summary>
static class HelpText
{
    public static void Overview(TextWriter output)
    {
        output.WriteLine("openclawssy - a small, careful runtime for AI agents");
        output.WriteLine();
        output.WriteLine("usage: openclawssy COMMAND [options]");
        output.WriteLine();
        output.WriteLine("commands:");
        Table.Write(output, [.. Commands.All.Where(entry => !entry.Hidden).Select(entry => (string[])[entry.Name, entry.Summary])], "  ");
        output.WriteLine();
        output.WriteLine("options of every command:");
        Table.Write(output, GlobalRows(), "  ");
        output.WriteLine();
        output.WriteLine("An option may be written -name value, --name value, -name=value or --name=value; -- ends the options.");
        output.WriteLine("More about one command: openclawssy help COMMAND");
    }

    public static void Of(CliCommand command, string path, TextWriter output)
    {
        output.WriteLine($"{command.Summary}");
        output.WriteLine();
        output.WriteLine($"usage: openclawssy {path}{Usage(command)}");
        if (command.Details is { } details)
        {
            output.WriteLine();
            output.WriteLine(details);
        }
        if (command is CommandGroup group)
        {
            output.WriteLine();
            output.WriteLine(group.Default is { } chosen ? $"commands (\"{path}\" alone means \"{path} {chosen.Name}\"):" : "commands:");
            Table.Write(output, [.. group.Subcommands.Select(sub => (string[])[sub.Name, sub.Summary])], "  ");
        }
        var shown = command.Arguments.Where(argument => !argument.Hidden).ToList();
        if (shown.Any(argument => argument.Description is not null))
        {
            output.WriteLine();
            output.WriteLine("arguments:");
            Table.Write(output, [.. shown.Select(argument => (string[])[Name(argument), argument.Description ?? ""])], "  ");
        }
        output.WriteLine();
        output.WriteLine("options:");
        Table.Write(output, [.. command.Options.Where(option => !option.Hidden).Select(Row), .. GlobalRows()], "  ");
        if (command.Examples.Count == 0) return;
        output.WriteLine();
        output.WriteLine("examples:");
        foreach (var example in command.Examples) output.WriteLine($"  openclawssy {example}");
    }

    static string Usage(CliCommand command) =>
        (command is CommandGroup ? " COMMAND" : "")
        + string.Concat(command.Arguments.Where(argument => !argument.Hidden).Select(argument => argument.Arity.MinimumNumberOfValues > 0 ? $" {Name(argument)}" : $" [{Name(argument)}]"))
        + " [options]";

    static string Name(Argument argument) => (argument.HelpName ?? argument.Name).ToUpperInvariant();

    static string[] Row(Option option)
    {
        var names = option.Aliases.Prepend(option.Name).Select(name => OptionWord.Spell(name.TrimStart('-')));
        var value = option.ValueType == typeof(bool) ? "" : $" {(option.HelpName ?? "value").ToUpperInvariant()}";
        return [string.Join(", ", names) + value, option.Description ?? ""];
    }

    static string[][] GlobalRows() =>
    [
        ["--root DIR", "the installation's folder (default: OPENCLAWSSY_ROOT, else the current folder)"],
        ["-h, --help", "explain instead of doing"],
    ];
}
