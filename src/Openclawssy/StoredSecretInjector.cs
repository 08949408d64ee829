using Openclawssy.Egress;
using Openclawssy.Runtime.Secrets;
using Openclawssy.Runtime.Text;
using Openclawssy.Runtime.Toolkit;

namespace Openclawssy;

/// <summary>Puts stored secrets into the headers they are bound to. The only way from the vault to a tool's request; the tool sees neither value nor request.</summary>
sealed class StoredSecretInjector(StoredSecrets secrets) : ISecretInjector
{
    public void Apply(string secret, string host, string header, HttpRequestMessage request)
    {
        if (!SecretName.TryParse(secret, out var name)) throw ToolException.InvalidInput($"\"{OneLine.Escape(secret, 80)}\" is no name of a secret");
        if (secrets.Problem is { } locked) throw ToolException.Denied($"no stored secret can be used: {locked.Message}; {locked.NextStep}");
        string value;
        try { value = secrets.Use(name, new(request.RequestUri!, header)) ?? throw NoSecrets.Unbound(secret, host, header); }
        catch (SecretException) { throw NoSecrets.Unbound(secret, host, header); }
        // A bare token in Authorization is what every bearer scheme expects; who needs another scheme stores it with the value.
        var sent = header.Equals(SecretBinding.Authorization, StringComparison.OrdinalIgnoreCase) && !value.Contains(' ', StringComparison.Ordinal) ? $"Bearer {value}" : value;
        if (!request.Headers.TryAddWithoutValidation(header, sent)) throw ToolException.InvalidInput($"a secret cannot be sent in the header {OneLine.Escape(header, 80)}");
    }

    public string Scrub(string text) => secrets.Scrub(text);
}
