using System.Net;
using Openclawssy.Runtime.Config;
using Openclawssy.Runtime.Models;

namespace Openclawssy.Providers;

/// <summary>Where one model is and how it is spoken to. Holds no key; <see cref="ToString"/> shows no header, since a header may hold one.</summary>
sealed record ModelEndpoint
{
    /// <summary>Tokens a model is taken to hold when nobody says otherwise.</summary>
    public const int DefaultContextWindow = 120_000;

    ModelEndpoint(string provider, Uri baseUrl, string model) => (Provider, BaseUrl, Model) = (provider, baseUrl, model);

    public string Provider { get; }

    /// <summary>Without user info, query, fragment and trailing slash.</summary>
    public Uri BaseUrl { get; }

    public string Model { get; }

    public WireQuirks Quirks { get; private init; } = new();

    public IReadOnlyDictionary<string, string> Headers { get; private init; } = new Dictionary<string, string>();

    /// <summary>The environment variable that may hold the key.</summary>
    public string KeyVariable { get; private init; } = "";

    /// <summary>The server asks for no key.</summary>
    public bool Keyless { get; private init; }

    /// <summary>In tokens.</summary>
    public int ContextWindow { get; private init; } = DefaultContextWindow;

    /// <summary>Where completions are asked for.</summary>
    public Uri Completions => new(Address + "/chat/completions");

    /// <summary>The base address as messages show it.</summary>
    public string Address => BaseUrl.AbsoluteUri.TrimEnd('/');

    /// <summary>What a rehearsal runs on: no address, no key.</summary>
    public static ModelEndpoint Rehearsal { get; } = new("rehearsal", new("rehearsal:script"), "rehearsal");

    /// <summary>An endpoint as the configuration describes it.</summary>
    /// <exception cref="ModelException"><c>model.misconfigured</c>, naming the configuration field.</exception>
    public static ModelEndpoint Of(string provider, ProviderConfig settings, string model, int? contextWindow = null) => Create(
        provider, settings.BaseUrl, model, settings.ApiKeyEnv, settings.Headers.ToDictionary(header => header.Key, header => header.Value.Reveal()), contextWindow, settings);

    /// <param name="baseUrl">Null or blank means the provider's own.</param>
    /// <param name="keyVariable">Null or blank means the provider's own.</param>
    /// <exception cref="ModelException"><c>model.misconfigured</c>, naming the configuration field.</exception>
    public static ModelEndpoint Create(
        string provider, string? baseUrl, string model, string? keyVariable = null,
        IReadOnlyDictionary<string, string>? headers = null, int? contextWindow = null, ProviderConfig? settings = null)
    {
        var known = Known(provider);
        if (string.IsNullOrWhiteSpace(model)) throw Wrong("model.name is empty; set it to a model of this provider");
        var address = ParseBaseUrl(known, baseUrl);
        return new(known.Name, address, model.Trim())
        {
            Quirks = WireQuirks.Of(known.Name, settings ?? known.Defaults, address),
            Headers = Merge(known, headers),
            KeyVariable = string.IsNullOrWhiteSpace(keyVariable) ? known.Defaults.ApiKeyEnv : keyVariable.Trim(),
            Keyless = settings?.Keyless == true,
            ContextWindow = contextWindow is > 0 ? contextWindow.Value : DefaultContextWindow,
        };
    }

    static KnownProvider Known(string name)
    {
        foreach (var provider in KnownProviders.All)
            if (string.Equals(provider.Name, name, StringComparison.OrdinalIgnoreCase) && provider.Name != KnownProviders.Rehearsal) return provider;
        throw Wrong($"\"{name}\" is no known model provider; set model.provider to one of {string.Join(", ", KnownProviders.Names)}");
    }

    public override string ToString() => $"{Model} of {Provider} at {Address}";

    static Uri ParseBaseUrl(KnownProvider known, string? configured)
    {
        var field = $"providers.{known.Name}.base_url";
        var text = string.IsNullOrWhiteSpace(configured) ? known.Defaults.BaseUrl : configured.Trim();
        if (text.Length == 0) throw Wrong($"{field} is empty; set it to the server's address, for example https://models.example.com/v1");
        // What was given is not repeated in the first two errors: it may hold a password or a key.
        if (!Uri.TryCreate(text, UriKind.Absolute, out var given) || given.Scheme is not ("http" or "https") || given.Host.Length == 0)
            throw Wrong($"{field} is no http or https address; write it like https://models.example.com/v1");
        if (given.UserInfo.Length > 0 || given.Query.Length > 0 || given.Fragment.Length > 0)
            throw Wrong($"{field} holds a user name, a query or a fragment; leave only scheme, host and path, and give the key as {known.Defaults.ApiKeyEnv}");
        if (given.Scheme == "http" && !IsNearby(given))
            throw Wrong($"{field} would send the API key unencrypted to {given.Host}; use https");

        var path = given.AbsolutePath.TrimEnd('/');
        if (path.EndsWith("/chat/completions", StringComparison.Ordinal)) path = path[..^"/chat/completions".Length].TrimEnd('/');
        return new(given.GetLeftPart(UriPartial.Authority) + path);
    }

    // Plain http is for model servers on this machine and in this house.
    internal static bool IsNearby(Uri address)
    {
        if (address.IsLoopback || !address.Host.Contains('.') && !address.Host.Contains(':')) return true;
        foreach (var ending in (ReadOnlySpan<string>)[".local", ".lan", ".internal", ".home.arpa", ".localhost"])
            if (address.Host.EndsWith(ending, StringComparison.OrdinalIgnoreCase)) return true;
        if (!IPAddress.TryParse(address.IdnHost, out var ip)) return false;
        if (ip.IsIPv6UniqueLocal || ip.IsIPv6LinkLocal) return true;
        var bytes = ip.GetAddressBytes();
        return bytes is [10, ..] or [172, >= 16 and <= 31, ..] or [192, 168, ..] or [100, >= 64 and <= 127, ..] && bytes.Length == 4;
    }

    static Dictionary<string, string> Merge(KnownProvider known, IReadOnlyDictionary<string, string>? configured)
    {
        var merged = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        // The two routers show this name in their users' statistics.
        if (known.Name is "openrouter" or "requesty") merged["X-Title"] = "openclawssy";
        foreach (var (name, value) in configured ?? new Dictionary<string, string>())
        {
            var field = $"providers.{known.Name}.headers.{name}";
            if (Ours.Contains(name)) throw Wrong($"{field} is set by the program itself; remove it (the key goes into {known.Defaults.ApiKeyEnv})");
            if (name.Length == 0 || name.AsSpan().ContainsAnyExcept(HeaderNameCharacters) || value.AsSpan().ContainsAnyExceptInRange(' ', '~'))
                throw Wrong($"{field} is no header: use letters, digits and hyphens in the name, printable ASCII in the value");
            merged[name] = value;
        }
        return merged;
    }

    static readonly HashSet<string> Ours = new(StringComparer.OrdinalIgnoreCase)
    {
        "Authorization", "Proxy-Authorization", "Host", "Content-Type", "Content-Length", "Transfer-Encoding", "Connection", "Accept", "Accept-Encoding",
        "Cookie", "Expect", "Upgrade", "TE", "Trailer",
    };

    static readonly System.Buffers.SearchValues<char> HeaderNameCharacters =
        System.Buffers.SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_");

    static ModelException Wrong(string message) => new(ModelErrorCodes.Misconfigured, message);
}
