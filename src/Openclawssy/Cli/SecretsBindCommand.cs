using System.CommandLine;
using Openclawssy.Runtime.Secrets;

namespace Openclawssy.Cli;

/// <summary><c>secrets bind NAME --host HOST… [--header HEADER]</c>: where a secret may be sent, and in which header.</summary>
sealed class SecretsBindCommand() : CliCommand("bind", "say to which hosts, and in which header, a secret may be sent")
{
    readonly Argument<string> name = SecretsCommand.NameArgument();
    readonly Option<string[]> hosts = new("--host") { Description = "a host, with its port where that is not 443; may be given several times", HelpName = "host", Arity = ArgumentArity.OneOrMore };
    readonly Option<string> header = new("--header") { Description = $"the header it travels in (default: {SecretBinding.Authorization})", HelpName = "name", DefaultValueFactory = _ => SecretBinding.Authorization };

    public override IReadOnlyList<Argument> Arguments => [name];
    public override IReadOnlyList<Option> Options => [hosts, header];
    public override IReadOnlyList<string> Examples => ["secrets bind provider/generic/api_key --host models.example.com", "secrets bind weather/token --host api.example.com --header X-Api-Key"];
    public override string Details => "The hosts given replace those it was bound to. The same host, port and header, nothing like it: there are no patterns.";

    public override Task<int> RunAsync(CommandContext context, CancellationToken cancellationToken) => SecretsAtHand.WithAsync(context, secrets =>
    {
        var secret = secrets.Name(context.Parse.GetValue(name)!);
        var binding = SecretBinding.Of(context.Parse.GetValue(hosts) ?? [], context.Parse.GetValue(header)!);
        secrets.Store.Bind(secret, binding, secrets.Witness);
        context.Out.WriteLine($"bound {secret} to {binding}");
    });
}
