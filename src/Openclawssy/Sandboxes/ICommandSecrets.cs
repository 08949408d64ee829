using Openclawssy.Runtime.Policy;
using Openclawssy.Runtime.Text;
using Openclawssy.Runtime.Toolkit;

namespace Openclawssy.Sandboxes;

/// <summary>Stored secrets as commands may have them: a value for one variable, and whatever is known kept out of what they print.</summary>
interface ICommandSecrets
{
    /// <summary>The value for exactly this variable.</summary>
    /// <exception cref="ToolException"><c>policy.denied</c> when the operator did not bind it to the variable, or it cannot be opened.</exception>
    string ValueFor(string secret, string variable);

    /// <summary>For one output of one command.</summary>
    ScrubbedBytes ForOutput();
}

/// <summary>No store, so no secret.</summary>
sealed class NoCommandSecrets : ICommandSecrets
{
    public string ValueFor(string secret, string variable) => throw Unbound(secret, variable);

    public ScrubbedBytes ForOutput() => ScrubbedBytes.None;

    /// <summary>What to say of a secret commands may not have in this variable. Whether there is such a secret is not said.</summary>
    public static ToolException Unbound(string secret, string variable)
    {
        var name = OneLine.Escape(secret, SecretName.MaxLength);
        return ToolException.Denied($"the secret \"{name}\" is not bound to the variable {variable} of commands; if they may have it, the operator runs `openclawssy secrets bind {name} --env {variable}`", "$.env");
    }
}
