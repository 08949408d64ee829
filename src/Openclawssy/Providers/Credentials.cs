using Openclawssy.Runtime.Models;
using Openclawssy.Runtime.Secrets;
using Openclawssy.Runtime.Text;

namespace Openclawssy.Providers;

/// <summary>Knows the key of an endpoint at the moment it is needed, so that a key taken away is gone with the next request.</summary>
interface ICredentialSource
{
    /// <exception cref="ModelException"><c>model.no_key</c>, saying where a key can be put.</exception>
    ApiKey KeyFor(ModelEndpoint endpoint);
}

/// <summary>Looks for a key in the secret store, then the environment, then the configuration; the first that is not blank counts.</summary>
/// <param name="stored">Value of a stored secret for one destination; null when there is none. One that is bound elsewhere is an error, not a reason to look on.</param>
/// <param name="environment">Value of an environment variable.</param>
/// <param name="configured">Value of <c>providers.NAME.api_key</c>, by the provider's name.</param>
sealed class Credentials(Func<SecretName, SecretDestination, string?> stored, Func<string, string?> environment, Func<string, string?> configured) : ICredentialSource
{
    public ApiKey KeyFor(ModelEndpoint endpoint)
    {
        if (endpoint.Keyless) return ApiKey.None(endpoint.Headers.Values);
        var secret = SecretName.OfProvider(endpoint.Provider);
        var field = $"providers.{endpoint.Provider}.api_key";
        return Take(Stored(), $"the secret {secret}")
            ?? Take(environment(endpoint.KeyVariable), $"the environment variable {endpoint.KeyVariable}")
            ?? Take(configured(endpoint.Provider), field)
            ?? throw new ModelException(ModelErrorCodes.NoKey,
                $"there is no API key for {endpoint.Provider}; run `openclawssy secrets set {secret}`, or set the environment variable {endpoint.KeyVariable}, or {field} in the configuration; for a server that asks for none, set providers.{endpoint.Provider}.keyless to true");

        string? Stored()
        {
            try { return stored(secret, new(endpoint.BaseUrl, SecretBinding.Authorization)); }
            catch (SecretException refused) { throw new ModelException(ModelErrorCodes.NoKey, $"{refused.Message}; {refused.NextStep}", inner: refused); }
        }

        ApiKey? Take(string? value, string source)
        {
            if (string.IsNullOrWhiteSpace(value)) return null;
            var trimmed = value.Trim();
            if (trimmed.AsSpan().ContainsAnyExceptInRange('!', '~'))
                throw new ModelException(ModelErrorCodes.NoKey, $"the API key from {source} holds characters no key has (a space or a line break?); set it again");
            return new(trimmed, source, endpoint.Headers.Values);
        }
    }
}
