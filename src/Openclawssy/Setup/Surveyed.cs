using Openclawssy.Runtime.Config;

namespace Openclawssy.Setup;

/// <summary>What is already there, so that the wizard offers it.</summary>
/// <param name="Present">The configuration in force; null for a new one.</param>
/// <param name="HasAgent">The agent was granted something before, be it nothing.</param>
/// <param name="Servers">Model servers of this machine.</param>
/// <param name="Variable">Reads the environment.</param>
/// <param name="HasStoredKey">Whether the secret store has a key for a provider.</param>
sealed record Surveyed(OpenclawssyConfig? Present, bool HasAgent, IReadOnlyList<LocalServer> Servers, Func<string, string?> Variable, Func<string, bool> HasStoredKey)
{
    /// <summary>The variable that holds a key of this provider, if one does.</summary>
    public string? KeyVariable(KnownProvider provider)
    {
        var name = Present?.Providers.GetValueOrDefault(provider.Name)?.ApiKeyEnv is { Length: > 0 } configured ? configured : provider.Defaults.ApiKeyEnv;
        return string.IsNullOrWhiteSpace(Variable(name)) ? null : name;
    }

    /// <summary>A key is already at hand.</summary>
    public bool HasKey(string provider) =>
        HasStoredKey(provider) || KnownProviders.All.FirstOrDefault(known => known.Name == provider) is { } known && KeyVariable(known) is not null
        || Present?.Providers.GetValueOrDefault(provider)?.ApiKey is not null;
}
