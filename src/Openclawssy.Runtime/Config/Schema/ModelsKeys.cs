namespace Openclawssy.Runtime.Config;

/// <summary>The keys of model, providers and agents.</summary>
static class ModelsKeys
{
    const int MaxTokens = 20_000;

    public static Section<ModelConfig> Model { get; } = new Section<ModelConfig>()
        .Key("provider", Kinds.Provider, c => c.Provider, (c, v) => c with { Provider = v }, "Which provider answers.")
        .Key("name", Kinds.Name, c => c.Name, (c, v) => c with { Name = v }, "The model, by the provider's own name for it.")
        .Key("temperature", Kinds.MaybeNumber(0, 2), c => c.Temperature, (c, v) => c with { Temperature = v },
            "How freely the model chooses words; left out, nothing is sent and the server uses its own (some models refuse the field).")
        .Key("max_tokens", Kinds.Whole(1, MaxTokens), c => c.MaxTokens, (c, v) => c with { MaxTokens = v }, "Longest answer to one request.")
        .Key("context_window", Kinds.MaybeWhole(1024, 100_000_000), c => c.ContextWindow, (c, v) => c with { ContextWindow = v },
            "Tokens the model can hold, question and answer together; left out, 120,000.")
        .Key("tool_protocol", Kinds.Choice(ConfigWords.Protocols), c => c.ToolProtocol, (c, v) => c with { ToolProtocol = v },
            "How the model asks for tools: native calls, text, or native with text where the server refuses it.")
        .Listed("fallbacks", 8, new Section<ModelChoice>()
            .Key("provider", Kinds.Provider, c => c.Provider, (c, v) => c with { Provider = v }, "Provider of a model asked when the one before fails.", required: true)
            .Key("name", Kinds.Name, c => c.Name, (c, v) => c with { Name = v }, "That model.", required: true),
            () => new(), c => c.Fallbacks, (c, v) => c with { Fallbacks = v }, "Models asked, in this order, when the one before fails before it answered.");

    public static EntryNames ProviderNames { get; } = new("provider", _ => null, KnownProviders.Names);

    public static Section<ProviderConfig> Provider { get; } = new Section<ProviderConfig>()
        .Key("base_url", Kinds.Url, c => c.BaseUrl, (c, v) => c with { BaseUrl = v },
            "Address of the API, up to and without `/chat/completions`.")
        .Key("api_key", Kinds.Secret, c => c.ApiKey, (c, v) => c with { ApiKey = v },
            "The key in clear; the secret store or an environment variable is better.")
        .Key("api_key_env", Kinds.Environment, c => c.ApiKeyEnv, (c, v) => c with { ApiKeyEnv = v }, "Environment variable that holds the key.")
        .Key("keyless", Kinds.Flag, c => c.Keyless, (c, v) => c with { Keyless = v },
            "The server asks for no key: none is looked for, and no `Authorization` header is sent.")
        .Key("headers", Kinds.Headers, c => c.Headers, (c, v) => c with { Headers = v }, "Further request headers.")
        .Key("max_tokens_field", Kinds.MaxTokensField, c => c.MaxTokensField, (c, v) => c with { MaxTokensField = v },
            "Name of the request field that limits the answer.")
        .Key("usage", Kinds.Choice(ConfigWords.Usages), c => c.Usage, (c, v) => c with { Usage = v },
            "How token counts are asked for: by `stream_options`, not at all because the server `always` tells, or not at all because it never does (`none`).")
        .Each("prices", new("model", Kinds.NotBlank), new Section<ModelPrice>()
            .Key("input", Kinds.Price, c => c.Input, (c, v) => c with { Input = v }, "US dollars for a million tokens of input.")
            .Key("output", Kinds.Price, c => c.Output, (c, v) => c with { Output = v }, "US dollars for a million tokens of output.")
            .Key("cached_input", Kinds.Price, c => c.CachedInput, (c, v) => c with { CachedInput = v }, "US dollars for a million tokens of input the server had cached."),
            _ => new(), c => c.Prices, (c, v) => c with { Prices = v }, "What a model costs, by its name. Unknown is shown as unknown, not as free.")
        .Key("script", Kinds.OptionalPath, c => c.Script, (c, v) => c with { Script = v }, "The file the `rehearsal` provider plays; for no other provider.");

    public static Section<AgentsConfig> Agents { get; } = new Section<AgentsConfig>()
        .Key("enabled_agent_ids", Kinds.Agents, c => c.EnabledAgentIds, (c, v) => c with { EnabledAgentIds = v },
            "Agents that may run; empty means all.", change: ChangeRight.Operator)
        .Key("allow_inter_agent_messaging", Kinds.Flag, c => c.AllowInterAgentMessaging, (c, v) => c with { AllowInterAgentMessaging = v },
            "Lets agents write to one another.", FeatureStatus.NotBuiltYet, ChangeRight.Operator)
        .Key("allow_agent_model_overrides", Kinds.Flag, c => c.AllowAgentModelOverrides, (c, v) => c with { AllowAgentModelOverrides = v },
            "Whether an agent's profile may name another model.", change: ChangeRight.Operator)
        .Key("self_improvement_enabled", Kinds.Flag, c => c.SelfImprovementEnabled, (c, v) => c with { SelfImprovementEnabled = v },
            "Lets agents change their own documents.", FeatureStatus.Reserved)
        .Each("profiles", new("agent", Kinds.AgentName), Profile(), _ => new(), c => c.Profiles, (c, v) => c with { Profiles = v }, "What single agents do differently.");

    static Section<AgentProfile> Profile() => new Section<AgentProfile>()
        .Key("enabled", Kinds.Flag, c => c.Enabled, (c, v) => c with { Enabled = v }, "Whether the agent may run.")
        .Below("model", new Section<AgentModelConfig>()
            .Key("provider", Kinds.OptionalProvider, c => c.Provider, (c, v) => c with { Provider = v }, "The agent's own provider.")
            .Key("name", Kinds.OptionalName, c => c.Name, (c, v) => c with { Name = v }, "The agent's own model.")
            .Key("temperature", Kinds.MaybeNumber(0, 2), c => c.Temperature, (c, v) => c with { Temperature = v }, "The agent's own temperature.")
            .Key("max_tokens", Kinds.MaybeWhole(0, MaxTokens), c => c.MaxTokens, (c, v) => c with { MaxTokens = v }, "The agent's own limit; 0 inherits."),
            c => c.Model, (c, v) => c with { Model = v }, "The agent's own model; what is left out is inherited.")
        .Key("self_improvement", Kinds.Flag, c => c.SelfImprovement, (c, v) => c with { SelfImprovement = v },
            "Lets this agent change its own documents.", FeatureStatus.Reserved);
}
