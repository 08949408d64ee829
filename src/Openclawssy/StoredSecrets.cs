using Openclawssy.Runtime.Config;
using Openclawssy.Runtime.Policy;
using Openclawssy.Runtime.Secrets;
using Openclawssy.Runtime.Storage;
using Openclawssy.Runtime.Text;

namespace Openclawssy;

/// <summary>
/// The secrets a process has in use: the vault as the store's file is now, and everything known that must stay out of texts.
/// Opened when first needed and again when the file has changed; without a store that is one look at the disk.
/// </summary>
sealed class StoredSecrets : IDisposable
{
    readonly Lock gate = new();
    readonly SecretStore store;
    readonly KeySources keys;
    readonly HashSet<(string Name, string Value)> known;
    (FileStamp? Stamp, bool Looked) seen;
    Vault vault = Vault.Empty;
    KnownSecrets? scrubber, byteScrubber;
    Locked? problem;

    /// <param name="lookedThrough">See <see cref="SecretPlaces.Store"/>.</param>
    public StoredSecrets(World world, OpenclawssyConfig config, StateFolder state, string root, long lookedThrough = AuditedMark.Recent)
    {
        keys = SecretPlaces.Keys(world, config.Secrets, root);
        store = SecretPlaces.Store(world, config.Secrets, state, root, keys, lookedThrough);
        known = [.. ElsewhereKnown(world, config).Where(secret => secret.Value.Length >= KnownSecrets.MinLength)];
    }

    /// <summary>Why no stored secret can be used; null when they can, or there are none.</summary>
    public Locked? Problem { get { lock (gate) { Refresh(); return problem; } } }

    /// <summary>What a run says about how its texts are scrubbed.</summary>
    public string Redaction => Problem is null ? "full" : "patterns_only";

    /// <summary>Where the key that opened the store came from; null when there is none or it is locked.</summary>
    public KeyOrigin? Origin { get { lock (gate) { Refresh(); return vault.Origin; } } }

    /// <summary>What the audit's heads carry a MAC of, as far as this process can say. Not for who holds the store.</summary>
    public HeadKeys HeadKeys { get { lock (gate) { Refresh(); return problem is null ? vault.HeadKeys : HeadKeys.Locked(problem.Message); } } }

    /// <summary>The same for a command that nobody is asked a passphrase for: it writes heads without a MAC then.</summary>
    public static Func<HeadKeys> HeadKeysUnasked(World world, OpenclawssyConfig config, StateFolder state, string root) => () =>
    {
        using var secrets = new StoredSecrets(world with { AskHidden = static _ => null }, config, state, root);
        return secrets.HeadKeys;
    };

    public SecretStore Store => store;

    /// <summary>What there is, in the order of the names; nothing of a locked store.</summary>
    public IReadOnlyList<SecretFacts> Facts { get { lock (gate) { Refresh(); return vault.Secrets; } } }

    /// <summary>A value for a request to this destination, as text; null when there is no such secret or the store is locked.</summary>
    /// <exception cref="SecretException"><c>secrets.not_bound</c>.</exception>
    public string? Use(SecretName name, SecretDestination destination)
    {
        lock (gate)
        {
            Refresh();
            return problem is null ? vault.Use(name, destination)?.Reveal() : null;
        }
    }

    /// <summary>A value for this variable of a command, as text; null when there is no such secret or the store is locked.</summary>
    /// <exception cref="SecretException"><c>secrets.not_bound</c>.</exception>
    public string? UseInVariable(SecretName name, string variable)
    {
        lock (gate)
        {
            Refresh();
            return problem is null ? vault.UseInVariable(name, variable)?.Reveal() : null;
        }
    }

    /// <summary>The text without any known value.</summary>
    public string Scrub(string text) => Known().Scrub(text).Text;

    /// <summary>The same for a text that arrives in pieces, with what is known now.</summary>
    public ScrubbedPieces Pieces() => new(Known());

    /// <summary>The same for bytes that arrive in pieces.</summary>
    public ScrubbedBytes Bytes()
    {
        lock (gate)
        {
            Refresh();
            return new(byteScrubber ??= known.Count == 0 ? KnownSecrets.None : KnownSecrets.InBytes(known));
        }
    }

    KnownSecrets Known()
    {
        lock (gate)
        {
            Refresh();
            return scrubber ??= known.Count == 0 ? KnownSecrets.None : new(known);
        }
    }

    // A value that was replaced or removed stays known: it may still be in a conversation, and still open a door.
    void Refresh()
    {
        if (seen.Looked && store.Stamp == seen.Stamp) return;
        seen = (store.Stamp, true);
        vault.Dispose();
        (vault, problem) = (Vault.Empty, null);
        try { vault = store.Unlock(); }
        catch (SecretException refused) { problem = new(refused.Message, refused.NextStep); }
        catch (NotPrivateException refused) { problem = new(refused.Message, refused.NextStep); }
        catch (IOException refused) { problem = new(refused.Message, "`openclawssy doctor` looks at the secret store"); }
        foreach (var secret in vault.ForRedaction())
            if (known.Add(secret)) (scrubber, byteScrubber) = (null, null);
    }

    // Keys that are not in the store but in the environment or the configuration.
    static IEnumerable<(string Name, string Value)> ElsewhereKnown(World world, OpenclawssyConfig config)
    {
        foreach (var (name, provider) in config.Providers)
        {
            if (provider.ApiKeyEnv.Length > 0 && world.Variable(provider.ApiKeyEnv)?.Trim() is { Length: > 0 } value) yield return (provider.ApiKeyEnv, value);
            if (provider.ApiKey?.Reveal().Trim() is { Length: > 0 } key) yield return ($"providers.{name}.api_key", key);
        }
        if (config.Discord.TokenEnv.Length > 0 && world.Variable(config.Discord.TokenEnv)?.Trim() is { Length: > 0 } bot) yield return (config.Discord.TokenEnv, bot);
        if (config.Discord.Token?.Reveal().Trim() is { Length: > 0 } token) yield return ("discord.token", token);
        if (world.Variable(KeySources.VariableName)?.Trim() is { Length: > 0 } master) yield return (KeySources.VariableName, master);
    }

    public void Dispose()
    {
        vault.Dispose();
        keys.Dispose();
    }
}

/// <summary>Why a store cannot be used, and what to do next.</summary>
sealed record Locked(string Message, string NextStep);
