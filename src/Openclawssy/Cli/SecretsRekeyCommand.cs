using System.CommandLine;
using System.Security.Cryptography;
using Openclawssy.Runtime.Secrets;

namespace Openclawssy.Cli;

/// <summary><c>secrets rekey [--key-file | --passphrase | --key-stdin]</c>: every value sealed anew under another master key.</summary>
sealed class SecretsRekeyCommand() : CliCommand("rekey", "seal every secret anew under another master key")
{
    const int ShortestPassphrase = 12;

    readonly Option<bool> keyFile = new("--key-file") { Description = "a new random key, in the key file (what happens by itself where the key is there now)" };
    readonly Option<bool> passphrase = new("--passphrase") { Description = "a passphrase, asked for at the terminal or read from standard input" };
    readonly Option<bool> keyInput = new("--key-stdin") { Description = "a key of 32 bytes read from standard input, base64 or hexadecimal, for a systemd credential or the environment" };

    public override IReadOnlyList<Option> Options => [keyFile, passphrase, keyInput];
    public override string Details => "The old key opens the store until the moment it is replaced, and old copies of it after that. Killed at any point, it has happened or it has not.";

    public override Task<int> RunAsync(CommandContext context, CancellationToken cancellationToken)
    {
        var (file, asked, given) = (context.Parse.GetValue(keyFile), context.Parse.GetValue(passphrase), context.Parse.GetValue(keyInput));
        if ((file ? 1 : 0) + (asked ? 1 : 0) + (given ? 1 : 0) > 1) throw CliException.Usage("there is one new key", "give one of --key-file, --passphrase and --key-stdin");
        return SecretsAtHand.WithAsync(context, secrets =>
        {
            KeyOrigin? origin;
            using (var vault = secrets.Store.Unlock()) origin = vault.Origin;
            if (!file && !asked && !given && origin is KeyOrigin.Credential or KeyOrigin.Variable or KeyOrigin.Passphrase)
                throw CliException.Usage($"the master key comes from {Words(origin.Value)}, which this command does not change by itself", "say what it shall be: --key-file, --passphrase or --key-stdin");
            var chosen = asked ? new NewKey(null, Passphrase(context)) : given ? new NewKey(Key(context), null) : NewKey.InFile;
            try { secrets.Store.Rekey(chosen, secrets.Witness); }
            finally
            {
                if (chosen.Passphrase is { } typed) CryptographicOperations.ZeroMemory(typed);
                chosen.Key?.Dispose();
            }
            context.Out.WriteLine(asked ? "rekeyed; the passphrase opens the store from now on" : given ? "rekeyed; put the key where the program finds it" : $"rekeyed; the new key is in {secrets.Keys.KeyFile}");
            if (origin is KeyOrigin.KeyFile && (asked || given)) context.Error.WriteLine($"note:  {secrets.Keys.KeyFile} holds the old key, which only opens old copies of the store; take it away");
            if (origin is KeyOrigin.Credential or KeyOrigin.Variable && !asked) context.Error.WriteLine($"note:  {Words(origin.Value)} still gives the old key, and it is looked at first; change it or take it away");
        });
    }

    static string Words(KeyOrigin origin) => origin switch
    {
        KeyOrigin.Credential => "systemd's credential",
        KeyOrigin.Variable => $"the environment variable {KeySources.VariableName}",
        KeyOrigin.Passphrase => "a passphrase",
        _ => "the key file",
    };

    static byte[] Passphrase(CommandContext context)
    {
        var typed = SecretInput.Read(context, "new passphrase of the secret store: ");
        return typed.Length >= ShortestPassphrase ? typed : throw CliException.Usage($"the passphrase is shorter than {ShortestPassphrase} characters", "take four words that do not belong together");
    }

    static MasterKey Key(CommandContext context)
    {
        var text = SecretInput.Read(context, "new master key: ");
        try { return MasterKey.Read(text, KeyOrigin.Given, "standard input"); }
        finally { CryptographicOperations.ZeroMemory(text); }
    }
}
