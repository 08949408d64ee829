using System.CommandLine;

namespace Openclawssy.Cli;

/// <summary><c>secrets remove NAME</c>.</summary>
sealed class SecretsRemoveCommand() : CliCommand("remove", "take a secret out of the store")
{
    readonly Argument<string> name = SecretsCommand.NameArgument();

    public override IReadOnlyList<Argument> Arguments => [name];

    public override Task<int> RunAsync(CommandContext context, CancellationToken cancellationToken) => SecretsAtHand.WithAsync(context, secrets =>
    {
        var secret = secrets.Name(context.Parse.GetValue(name)!);
        secrets.Store.Remove(secret, secrets.Witness);
        context.Out.WriteLine($"removed {secret}");
    });
}
