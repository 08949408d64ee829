using Openclawssy.Runtime.Policy;
using Openclawssy.Runtime.Secrets;
using Openclawssy.Runtime.Text;
using Openclawssy.Runtime.Toolkit;
using Openclawssy.Sandboxes;

namespace Openclawssy;

/// <summary>Hands stored secrets to commands in the variables they are bound to. The only way from the vault to a command; the tool and the model see a reference.</summary>
sealed class StoredCommandSecrets(StoredSecrets secrets) : ICommandSecrets
{
    public string ValueFor(string secret, string variable)
    {
        if (!SecretName.TryParse(secret, out var name)) throw ToolException.InvalidInput($"\"{OneLine.Escape(secret, 80)}\" is no name of a secret", "$.env");
        if (secrets.Problem is { } locked) throw ToolException.Denied($"no stored secret can be used: {locked.Message}; {locked.NextStep}", "$.env");
        try { return secrets.UseInVariable(name, variable) ?? throw NoCommandSecrets.Unbound(secret, variable); }
        catch (SecretException) { throw NoCommandSecrets.Unbound(secret, variable); }
    }

    public ScrubbedBytes ForOutput() => secrets.Bytes();
}
