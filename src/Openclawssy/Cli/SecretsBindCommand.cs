using System.CommandLine;
using Openclawssy.Runtime.Secrets;

namespace Openclawssy.Cli;

/// <summary><c>secrets bind NAME [--host HOST… [--header HEADER]] [--env NAME…]</c>: where a secret may be sent, and in which variables commands may have it.</summary>
sealed class SecretsBindCommand() : CliCommand("bind", "say where a secret may go: to which hosts in which header, to commands in which variable")
{
    readonly Argument<string> name = SecretsCommand.NameArgument();
    readonly Option<string[]> hosts = new("--host") { Description = "a host, with its port where that is not 443; may be given several times", HelpName = "host", Arity = ArgumentArity.OneOrMore };
    readonly Option<string[]> variables = new("--env") { Description = "a variable commands in the sandbox may have it in; may be given several times", HelpName = "name", Arity = ArgumentArity.OneOrMore };
    readonly Option<string> header = new("--header") { Description = $"the header it travels in (default: {SecretBinding.Authorization})", HelpName = "name", DefaultValueFactory = _ => SecretBinding.Authorization };

    public override IReadOnlyList<Argument> Arguments => [name];
    public override IReadOnlyList<Option> Options => [hosts, header, variables];
    public override IReadOnlyList<string> Examples => ["secrets bind provider/generic/api_key --host models.example.com", "secrets bind weather/token --host api.example.com --header X-Api-Key", "secrets bind github/token --env GITHUB_TOKEN"];
    public override string Details => "What is given replaces all it was bound to. The same host, port and header, the same variable, nothing like it: there are no patterns. "
        + "A command gets it where shell.exec's env says {\"secret\":\"NAME\"}; the variable must also be one of sandbox.local.env.";

    public override Task<int> RunAsync(CommandContext context, CancellationToken cancellationToken) => SecretsAtHand.WithAsync(context, secrets =>
    {
        var secret = secrets.Name(context.Parse.GetValue(name)!);
        var binding = SecretBinding.Of(context.Parse.GetValue(hosts) ?? [], context.Parse.GetValue(header)!, context.Parse.GetValue(variables));
        secrets.Store.Bind(secret, binding, secrets.Witness);
        context.Out.WriteLine($"bound {secret} to {binding}");
    });
}
