namespace Openclawssy.Runtime.Config;

/// <summary>A provider this program knows by name.</summary>
/// <param name="Defaults">What holds for every field a person does not write.</param>
public sealed record KnownProvider(string Name, string Doc, ProviderConfig Defaults);

/// <summary>Every provider there is. Another OpenAI-compatible one is a line here, or <c>generic</c> with a base URL.</summary>
public static class KnownProviders
{
    public const string Generic = "generic";
    public const string Rehearsal = "rehearsal";

    public static IReadOnlyList<KnownProvider> All { get; } =
    [
        Server("openai", "OpenAI", "https://api.openai.com/v1", "OPENAI_API_KEY", UsageRequest.StreamOptions, "max_completion_tokens"),
        Server("openrouter", "OpenRouter", "https://openrouter.ai/api/v1", "OPENROUTER_API_KEY", UsageRequest.Always),
        Server("requesty", "Requesty", "https://router.requesty.ai/v1", "REQUESTY_API_KEY", UsageRequest.StreamOptions),
        Server("zai", "Z.ai (GLM coding plan)", "https://api.z.ai/api/coding/paas/v4", "ZAI_API_KEY", UsageRequest.Always),
        Server(Generic, "any other OpenAI-compatible server; needs `base_url`", "", "OPENAI_COMPAT_API_KEY", UsageRequest.StreamOptions),
        new(Rehearsal, "plays a written script instead of a model; needs `script`, no network, no key", new() { Usage = UsageRequest.Always }),
    ];

    public static IReadOnlyList<string> Names { get; } = [.. All.Select(provider => provider.Name)];

    public static IReadOnlyDictionary<string, ProviderConfig> Defaults { get; } =
        new OrderedDictionary<string, ProviderConfig>(All.Select(provider => KeyValuePair.Create(provider.Name, provider.Defaults)));

    static KnownProvider Server(string name, string doc, string baseUrl, string apiKeyEnv, UsageRequest usage, string maxTokensField = "max_tokens") =>
        new(name, doc, new() { BaseUrl = baseUrl, ApiKeyEnv = apiKeyEnv, Usage = usage, MaxTokensField = maxTokensField });
}
