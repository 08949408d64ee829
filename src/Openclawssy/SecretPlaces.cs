using Openclawssy.Discord;
using Openclawssy.Runtime.Config;
using Openclawssy.Runtime.Secrets;
using Openclawssy.Runtime.Storage;
using Openclawssy.Runtime.Text;

namespace Openclawssy;

/// <summary>Where an instance keeps its secrets, and what of that the machine and the configuration decide.</summary>
static class SecretPlaces
{
    /// <summary>The name under which systemd hands the master key to a service (<c>LoadCredential=</c>).</summary>
    const string CredentialName = "openclawssy.kek";

    public static KeySources Keys(World world, SecretsConfig config, string root) => new(new(
        world.Variable("CREDENTIALS_DIRECTORY") is { } credentials && Path.IsPathRooted(credentials) ? Path.Combine(credentials, CredentialName) : null,
        world.Variable(KeySources.VariableName), Path.GetFullPath(config.MasterKeyFile, root), world.AskHidden, Passphrases.Stretch));

    /// <param name="lookedThrough">Bytes of the audit's end in which its last word on the store is looked for; more where nothing else remembers it.</param>
    public static SecretStore Store(World world, SecretsConfig config, StateFolder state, string root, KeySources keys, long lookedThrough = AuditedMark.Recent)
    {
        var mark = Anchors.UserPlace("marks", state, world.Variable) is { } place ? new FileGenerationMark(place) : null;
        var path = Path.GetFullPath(config.StoreFile, root);
        var alone = mark?.Read() is null && DurableFile.StampOf(path) is not null;
        return new(path, keys, mark, world.Clock, Installation.Chance, new AuditedMark(state, alone ? Math.Max(lookedThrough, AuditedMark.Far) : lookedThrough));
    }

    /// <summary>
    /// Where a secret is sent unless the operator says something else: a provider's key to the provider, the bot's token to Discord.
    /// A binding that lets it go there stays as it is.
    /// </summary>
    public static SecretBinding? Bind(OpenclawssyConfig config, SecretName name, SecretBinding? present)
    {
        if (name == DiscordToken.Secret)
        {
            SecretDestination[] homes = [new(new Uri(config.Discord.ApiBase), SecretBinding.Authorization), new(new Uri(config.Discord.GatewayUrl), SecretBinding.Authorization)];
            return present is not null && homes.All(present.Allows) ? present : SecretBinding.Of(homes.Select(home => home.Host), SecretBinding.Authorization);
        }
        if (name.ProviderName is not { } provider || !config.Providers.TryGetValue(provider, out var settings) || !Uri.TryCreate(settings.BaseUrl, UriKind.Absolute, out var address)) return present;
        var home = new SecretDestination(address, SecretBinding.Authorization);
        return present?.Allows(home) == true ? present : SecretBinding.Of([home.Host], home.Header, present?.Variables);
    }

    /// <summary>A name as a person typed it; a provider's environment variable also names its key.</summary>
    public static bool TryName(OpenclawssyConfig config, string text, out SecretName name)
    {
        foreach (var (provider, settings) in config.Providers)
            if (settings.ApiKeyEnv.Length > 0 && string.Equals(settings.ApiKeyEnv, text, StringComparison.OrdinalIgnoreCase)) { name = SecretName.OfProvider(provider); return true; }
        return SecretName.TryParse(text, out name);
    }
}
