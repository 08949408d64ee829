namespace Openclawssy.Runtime.Config;

/// <summary>The keys of chat and discord.</summary>
static class ChannelsKeys
{
    const int MaxRate = 1_000_000;

    public static Section<ChatConfig> Chat { get; } = new Section<ChatConfig>()
        .Key("enabled", Kinds.Flag, c => c.Enabled, (c, v) => c with { Enabled = v }, "Accepts messages over HTTP from users on the list.")
        .Key("default_agent_id", Kinds.Agent, c => c.DefaultAgentId, (c, v) => c with { DefaultAgentId = v }, "Agent that answers where none is named.")
        .Key("allow_users", Kinds.Names, c => c.AllowUsers, (c, v) => c with { AllowUsers = v }, "Users who may write; empty means nobody.")
        .Key("allow_rooms", Kinds.Names, c => c.AllowRooms, (c, v) => c with { AllowRooms = v }, "Rooms they may write in; empty means any.")
        .Key("rate_limit_per_min", Kinds.Whole(1, MaxRate), c => c.RateLimitPerMin, (c, v) => c with { RateLimitPerMin = v },
            "Messages a minute from one sender.", change: ChangeRight.Granted)
        .Key("global_rate_limit_per_min", Kinds.Whole(1, MaxRate), c => c.GlobalRateLimitPerMin, (c, v) => c with { GlobalRateLimitPerMin = v },
            "Messages a minute from all senders together.", change: ChangeRight.Granted);

    public static Section<DiscordConfig> Discord { get; } = new Section<DiscordConfig>()
        .Key("enabled", Kinds.Flag, c => c.Enabled, (c, v) => c with { Enabled = v }, "Switches the bridge on.")
        .Key("token", Kinds.Secret, c => c.Token, (c, v) => c with { Token = v }, "The bot's token in clear; the secret store or an environment variable is better.")
        .Key("token_env", Kinds.Environment, c => c.TokenEnv, (c, v) => c with { TokenEnv = v }, "Environment variable that holds the token.")
        .Key("default_agent_id", Kinds.Agent, c => c.DefaultAgentId, (c, v) => c with { DefaultAgentId = v }, "Agent that answers.")
        .Key("allow_guilds", Kinds.Names, c => c.AllowGuilds, (c, v) => c with { AllowGuilds = v }, "Servers, by id, in which it answers; empty means any.")
        .Key("allow_channels", Kinds.Names, c => c.AllowChannels, (c, v) => c with { AllowChannels = v }, "Channels, by id, in which it answers; empty means any.")
        .Key("allow_users", Kinds.Names, c => c.AllowUsers, (c, v) => c with { AllowUsers = v }, "Users, by id, who may write; empty means nobody.")
        .Key("command_prefix", Kinds.Name, c => c.CommandPrefix, (c, v) => c with { CommandPrefix = v },
            "What a message to the bot begins with.", change: ChangeRight.Granted)
        .Key("rate_limit_per_min", Kinds.Whole(1, MaxRate), c => c.RateLimitPerMin, (c, v) => c with { RateLimitPerMin = v },
            "Messages a minute from one sender.", change: ChangeRight.Granted)
        .Key("api_base", Kinds.Url, c => c.ApiBase, (c, v) => c with { ApiBase = v }, "Where Discord's HTTP interface is; the token is sent there.")
        .Key("gateway_url", Kinds.SocketUrl, c => c.GatewayUrl, (c, v) => c with { GatewayUrl = v }, "Where Discord's gateway is; the token is sent there too.");
}
