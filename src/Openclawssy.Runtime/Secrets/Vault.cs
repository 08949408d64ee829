using Openclawssy.Runtime.Storage;
using Openclawssy.Runtime.Text;

namespace Openclawssy.Runtime.Secrets;

/// <summary>
/// The secrets of one store as they were when it was opened: their names for anybody, their values only for a destination or a
/// command's variable they are bound to, and for the redactor.
/// </summary>
public sealed class Vault : IDisposable
{
    readonly SortedDictionary<string, (SecretFacts Facts, SecretValue Value)> secrets = new(StringComparer.Ordinal);

    Vault(long generation, KeyOrigin? origin, HeadKeys heads) => (Generation, Origin, HeadKeys) = (generation, origin, heads);

    public static Vault Empty { get; } = new(0, null, HeadKeys.None);

    /// <exception cref="SecretException"><c>secrets.altered</c>.</exception>
    internal static Vault Of(StoreBody body, MasterKey key)
    {
        var vault = new Vault(body.Generation, key.Origin, new([key.ForHeads(body.Store)], body.MarksHeads == true));
        try
        {
            foreach (var stored in body.Secrets)
                if (!vault.secrets.TryAdd(stored.Name, (stored.Facts(), stored.Open(key, body.Store)))) throw StoreFile.Altered("a name in it");
            return vault;
        }
        catch
        {
            vault.Dispose();
            throw;
        }
    }

    /// <summary>How many changes the store has seen; 0 when there is none.</summary>
    public long Generation { get; }

    /// <summary>What the audit's heads carry a MAC of.</summary>
    public HeadKeys HeadKeys { get; }

    /// <summary>Where the key that opened it came from; null when there is no store.</summary>
    public KeyOrigin? Origin { get; }

    /// <summary>What there is, in the order of the names.</summary>
    public IReadOnlyList<SecretFacts> Secrets => [.. secrets.Values.Select(secret => secret.Facts)];

    public SecretFacts? Find(SecretName name) => secrets.TryGetValue(name.ToString(), out var secret) ? secret.Facts : null;

    /// <summary>A secret's value, for a request to this destination. It stays the vault's: do not dispose it. Null when there is no such secret.</summary>
    /// <exception cref="SecretException"><c>secrets.not_bound</c>: it may not go there.</exception>
    public SecretValue? Use(SecretName name, SecretDestination destination)
    {
        if (!secrets.TryGetValue(name.ToString(), out var secret)) return null;
        if (secret.Facts.Binding?.Allows(destination) == true) return secret.Value;
        throw new SecretException(SecretErrorCodes.NotBound,
            secret.Facts.Binding is { } binding ? $"the secret {name} is bound to {binding}, not to {destination.Host} ({destination.Header})" : $"the secret {name} is bound to no host",
            $"if it belongs there, run `openclawssy secrets bind {name} --host {destination.Host} --header {destination.Header}`");
    }

    /// <summary>A secret's value, for this variable of a command. It stays the vault's. Null when there is no such secret.</summary>
    /// <exception cref="SecretException"><c>secrets.not_bound</c>: commands may not be handed it in this variable.</exception>
    public SecretValue? UseInVariable(SecretName name, string variable)
    {
        if (!secrets.TryGetValue(name.ToString(), out var secret)) return null;
        if (secret.Facts.Binding?.AllowsVariable(variable) == true) return secret.Value;
        throw new SecretException(SecretErrorCodes.NotBound, $"the secret {name} is bound to {secret.Facts.Binding?.ToString() ?? "nothing"}, not to the variable {variable} of commands",
            $"if commands may have it, run `openclawssy secrets bind {name} --env {variable}`");
    }

    /// <summary>Every name and value, for the redactor alone.</summary>
    public IEnumerable<(string Name, string Value)> ForRedaction() => secrets.Select(secret => (secret.Key, secret.Value.Value.Reveal()));

    /// <summary>Overwrites every value.</summary>
    public void Dispose()
    {
        foreach (var secret in secrets.Values) secret.Value.Dispose();
    }
}
