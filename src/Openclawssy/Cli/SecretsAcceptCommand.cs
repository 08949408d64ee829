namespace Openclawssy.Cli;

/// <summary><c>secrets accept</c>: an older or another store that was put back on purpose counts from now on.</summary>
sealed class SecretsAcceptCommand() : CliCommand("accept", "take a secret store that was put back on purpose for the present one")
{
    public override string Details => "What is remembered of a later or another store is replaced; the audit says so. The store must open with its key.";

    public override Task<int> RunAsync(CommandContext context, CancellationToken cancellationToken) => SecretsAtHand.WithAsync(context, secrets =>
    {
        var accepted = secrets.Store.Accept(secrets.Witness);
        context.Out.WriteLine(accepted.Store.Length == 0 ? "accepted: there is no secret store from now on" : $"accepted: generation {accepted.Generation} is the present one");
    });
}
