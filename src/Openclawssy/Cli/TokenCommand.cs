using Openclawssy.Gateway.Tokens;
using Openclawssy.Runtime.Journal;

namespace Openclawssy.Cli;

/// <summary><c>token new</c>.</summary>
sealed class TokenCommand() : CommandGroup("token", "make a new token for the gateway")
{
    public override IReadOnlyList<CliCommand> Subcommands { get; } = [new TokenNewCommand()];
}

/// <summary><c>token new</c>: the old one stops working within a second, streams included.</summary>
sealed class TokenNewCommand() : CliCommand("new", "make a new token; the old one stops working at once")
{
    public override string Details => "prints the token once and keeps only its hash. A gateway that runs takes it within a second and closes what the old one opened. "
        + "It counts where serve is given no other token by --token, OPENCLAWSSY_TOKEN or server.token_file";

    public override Task<int> RunAsync(CommandContext context, CancellationToken cancellationToken)
    {
        using var desk = new OperatorDesk(context);
        var text = OperatorDesk.Ask(() =>
        {
            desk.Record(Actors.Operator, "gateway.token.new");
            return TokenFile.Renew(desk.State);
        });
        context.Out.WriteLine(text);
        context.Error.WriteLine("note:  this is shown once; keep it where your clients find it");
        return Task.FromResult(ExitCodes.Ok);
    }
}
