namespace Openclawssy.Runtime.Config;

/// <summary>Conversations over HTTP. Nobody is allowed until somebody is named.</summary>
public sealed record ChatConfig
{
    public bool Enabled { get; init; } = true;
    public string DefaultAgentId { get; init; } = "default";

    /// <summary>Empty means nobody.</summary>
    public IReadOnlyList<string> AllowUsers { get; init; } = [];

    /// <summary>Empty means any room of an allowed user.</summary>
    public IReadOnlyList<string> AllowRooms { get; init; } = [];

    public int RateLimitPerMin { get; init; } = 20;
    public int GlobalRateLimitPerMin { get; init; } = 120;
}

/// <summary>The Discord bridge.</summary>
public sealed record DiscordConfig
{
    public bool Enabled { get; init; }
    public ConfigSecret? Token { get; init; }
    public string TokenEnv { get; init; } = "DISCORD_BOT_TOKEN";
    public string DefaultAgentId { get; init; } = "default";
    public IReadOnlyList<string> AllowGuilds { get; init; } = [];
    public IReadOnlyList<string> AllowChannels { get; init; } = [];

    /// <summary>Empty means nobody.</summary>
    public IReadOnlyList<string> AllowUsers { get; init; } = [];

    public string CommandPrefix { get; init; } = "!ask";
    public int RateLimitPerMin { get; init; } = 20;

    /// <summary>Without trailing slash.</summary>
    public string ApiBase { get; init; } = "https://discord.com/api/v10";

    /// <summary>Without path.</summary>
    public string GatewayUrl { get; init; } = "wss://gateway.discord.gg";
}
