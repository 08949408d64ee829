using System.CommandLine;
using System.Security.Cryptography;
using Openclawssy.Runtime.Secrets;

namespace Openclawssy.Cli;

/// <summary><c>secrets set NAME</c>: the value is typed unseen, twice, or read from standard input.</summary>
sealed class SecretsSetCommand() : CliCommand("set", "store a secret; the value is asked for, or read from standard input")
{
    readonly Argument<string> name = SecretsCommand.NameArgument();
    readonly Argument<string[]> surplus = new("value") { Hidden = true, Arity = ArgumentArity.ZeroOrMore };

    public override IReadOnlyList<Argument> Arguments => [name, surplus];
    public override IReadOnlyList<string> Examples => ["secrets set OPENAI_API_KEY", "secrets set discord/bot_token < token.txt"];
    public override string Details => "A value is 8 characters to 16 KiB; one line break at its end is taken off. A provider's key is bound to the provider's host.";

    public override Task<int> RunAsync(CommandContext context, CancellationToken cancellationToken)
    {
        if (context.Parse.GetValue(surplus) is { Length: > 0 })
            throw CliException.Usage("a value is never taken from the command line, where other users and the shell's history see it", "give the name alone; if that was the real value, change it where it came from");
        return SecretsAtHand.WithAsync(context, secrets =>
        {
            var secret = secrets.Name(context.Parse.GetValue(name)!);
            var given = SecretInput.Read(context, $"value of {secret}: ");
            try
            {
                using var value = SecretValue.Of(given);
                if (secret.ProviderName is not null && given.AsSpan().ContainsAnyExceptInRange((byte)'!', (byte)'~'))
                    throw CliException.Usage("the value holds characters no key has (a space or a line break?)", "give the key alone");
                var facts = secrets.Store.Set(secret, value, present => SecretPlaces.Bind(secrets.Config, secret, present), secrets.Witness);
                context.Out.WriteLine($"set {facts.Name} version={facts.Version}, {(facts.Binding is { } binding ? $"bound to {binding}" : "bound to no host")}");
                if (secret.ProviderName is { } provider && !secrets.Config.Providers.ContainsKey(provider)) context.Error.WriteLine($"note:  there is no provider \"{provider}\"");
            }
            finally { CryptographicOperations.ZeroMemory(given); }
        });
    }
}
