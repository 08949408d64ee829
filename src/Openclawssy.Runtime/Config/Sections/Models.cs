namespace Openclawssy.Runtime.Config;

/// <summary>Which model answers, and how it is asked.</summary>
public sealed record ModelConfig
{
    public string Provider { get; init; } = "zai";
    public string Name { get; init; } = "GLM-4.7";

    /// <summary>Null: the field is not sent, and the server uses its own.</summary>
    public double? Temperature { get; init; }

    public int MaxTokens { get; init; } = 20_000;

    /// <summary>Tokens the model can hold; null where nobody said.</summary>
    public int? ContextWindow { get; init; }

    public ToolProtocol ToolProtocol { get; init; }

    /// <summary>Asked in this order when the model cannot be reached.</summary>
    public IReadOnlyList<ModelChoice> Fallbacks { get; init; } = [];
}

/// <summary>A model of a provider.</summary>
public sealed record ModelChoice
{
    public string Provider { get; init; } = "";
    public string Name { get; init; } = "";
}

/// <summary>How a model asks for tools.</summary>
public enum ToolProtocol
{
    /// <summary>Native calls; text where the server refuses them.</summary>
    Auto,
    Native,
    Text,
}

/// <summary>How one provider is reached.</summary>
public sealed record ProviderConfig
{
    /// <summary>Without trailing slash and without <c>/chat/completions</c>; empty when nobody gave one.</summary>
    public string BaseUrl { get; init; } = "";

    public ConfigSecret? ApiKey { get; init; }
    public string ApiKeyEnv { get; init; } = "";

    /// <summary>No key is looked for, and no <c>Authorization</c> header is sent.</summary>
    public bool Keyless { get; init; }

    /// <summary>Further request headers; their values are treated as secrets.</summary>
    public IReadOnlyDictionary<string, ConfigSecret> Headers { get; init; } = new Dictionary<string, ConfigSecret>();

    /// <summary>Name of the request field for the answer's limit.</summary>
    public string MaxTokensField { get; init; } = "max_tokens";

    public UsageRequest Usage { get; init; }

    /// <summary>By the model's name.</summary>
    public IReadOnlyDictionary<string, ModelPrice> Prices { get; init; } = new Dictionary<string, ModelPrice>();

    /// <summary>Path of the file the rehearsal provider plays; empty for all others.</summary>
    public string Script { get; init; } = "";
}

/// <summary>How token counts are asked for.</summary>
public enum UsageRequest
{
    /// <summary>Send <c>stream_options: {include_usage: true}</c>.</summary>
    StreamOptions,

    /// <summary>Ask nothing: the server always tells.</summary>
    Always,

    /// <summary>Ask nothing: the server never tells.</summary>
    None,
}

/// <summary>US dollars for a million tokens; null means unknown, which is not free.</summary>
public sealed record ModelPrice
{
    public decimal? Input { get; init; }
    public decimal? Output { get; init; }
    public decimal? CachedInput { get; init; }
}

/// <summary>Which agents run, and how they differ.</summary>
public sealed record AgentsConfig
{
    /// <summary>Empty names everyone.</summary>
    public IReadOnlyList<string> EnabledAgentIds { get; init; } = [];

    public bool AllowInterAgentMessaging { get; init; }
    public bool AllowAgentModelOverrides { get; init; } = true;
    public bool SelfImprovementEnabled { get; init; }
    public IReadOnlyDictionary<string, AgentProfile> Profiles { get; init; } = new Dictionary<string, AgentProfile>();
}

/// <summary>What one agent does differently.</summary>
public sealed record AgentProfile
{
    public bool Enabled { get; init; } = true;
    public AgentModelConfig Model { get; init; } = new();
    public bool SelfImprovement { get; init; }
}

/// <summary>An agent's own model; empty and null inherit.</summary>
public sealed record AgentModelConfig
{
    public string Provider { get; init; } = "";
    public string Name { get; init; } = "";
    public double? Temperature { get; init; }

    /// <summary>0 inherits, as in the earlier program.</summary>
    public int? MaxTokens { get; init; }
}
