using System.CommandLine;

namespace Openclawssy.Cli;

/// <summary>One command: its words, its options, and what it does. Its file and its line in <see cref="Commands"/> are all it takes.</summary>
abstract class CliCommand(string name, string summary)
{
    public string Name { get; } = name;

    /// <summary>One line for the list of commands.</summary>
    public string Summary { get; } = summary;

    /// <summary>More about it, for its own help page.</summary>
    public virtual string? Details => null;

    /// <summary>Arguments worth copying, without the program's name.</summary>
    public virtual IReadOnlyList<string> Examples => [];

    public virtual IReadOnlyList<Option> Options => [];
    public virtual IReadOnlyList<Argument> Arguments => [];

    /// <returns>One of <see cref="ExitCodes"/>.</returns>
    public abstract Task<int> RunAsync(CommandContext context, CancellationToken cancellationToken);
}

/// <summary>A command that only holds others, for example <c>tools list</c> and <c>tools show</c>.</summary>
abstract class CommandGroup(string name, string summary) : CliCommand(name, summary)
{
    public abstract IReadOnlyList<CliCommand> Subcommands { get; }

    /// <summary>What the group's name alone means; null when one must be named.</summary>
    public virtual CliCommand? Default => null;

    public sealed override Task<int> RunAsync(CommandContext context, CancellationToken cancellationToken) => throw CliException.Usage(
        $"\"{Name}\" needs one of: {string.Join(", ", Subcommands.Select(s => s.Name))}", $"openclawssy {Name} --help");
}
