using System.CommandLine;

namespace Openclawssy.Cli;

/// <summary><c>secrets list|set|remove|bind|rekey|accept</c>. A value goes in and never comes out.</summary>
sealed class SecretsCommand() : CommandGroup("secrets", "keep keys and passwords, encrypted")
{
    readonly CliCommand list = new SecretsListCommand();

    public override IReadOnlyList<CliCommand> Subcommands => [list, new SecretsSetCommand(), new SecretsRemoveCommand(), new SecretsBindCommand(), new SecretsRekeyCommand(), new SecretsAcceptCommand()];
    public override CliCommand Default => list;

    public static Argument<string> NameArgument() => new("name") { Description = "the secret's name, for example provider/openai/api_key or OPENAI_API_KEY" };
}
