using Openclawssy.Runtime.Toolkit;

namespace Openclawssy.Egress;

/// <summary>Puts the value of a stored secret into one header of one request, where the operator bound it there; hands the value to nobody.</summary>
interface ISecretInjector
{
    /// <summary>Sets the header, or throws.</summary>
    /// <param name="host">In the form hosts are compared in: lower-case ASCII.</param>
    /// <param name="header">As the caller wrote it; compare without case.</param>
    /// <exception cref="ToolException"><c>policy.denied</c> with the command that would bind it; the request is not sent.</exception>
    void Apply(string secret, string host, string header, HttpRequestMessage request);

    /// <summary>The text without the values of secrets, in every form a server may echo them in.</summary>
    string Scrub(string text);
}

/// <summary>No secret store: every reference is refused.</summary>
sealed class NoSecrets : ISecretInjector
{
    public void Apply(string secret, string host, string header, HttpRequestMessage request) => throw Unbound(secret, host, header);

    public string Scrub(string text) => text;

    /// <summary>What to say of a secret that may not go there.</summary>
    public static ToolException Unbound(string secret, string host, string header) => ToolException.Denied(
        $"the secret \"{secret}\" is not bound to {host} ({header}); if it belongs there, the operator runs `openclawssy secrets bind {secret} --host {host} --header {header}`");
}
