using Openclawssy.Discord;
using Openclawssy.Gateway;
using Openclawssy.Runtime.Config;
using Openclawssy.Runtime.Storage;

namespace Openclawssy.Cli;

/// <summary>Whether the Discord bridge can work, and how it is while the gateway runs. It asks nothing of Discord.</summary>
static class DiscordCheck
{
    public static Finding Run(CommandContext context, StateFolder state, OpenclawssyConfig config, StoredSecrets secrets)
    {
        const string Check = "discord";
        if (!config.Discord.Enabled) return new(Check, Health.Ok, "off: discord.enabled is false");
        DiscordToken token;
        try { token = DiscordToken.Find(secrets.Use, context.Surroundings.Variable, config.Discord); }
        catch (DiscordStoppedException problem) { return new(Check, Health.Failed, problem.Message, "`openclawssy secrets set discord/bot_token` asks for it"); }
        if (config.Discord.AllowUsers.Count == 0) return new(Check, Health.Warning, "nobody may write: discord.allow_users is empty", "`openclawssy config set discord.allow_users '[\"USER ID\"]'`");
        if (GatewayPlate.Find(state) is null || DiscordNotice.Read(state.Of("discord")) is not { } status) return new(Check, Health.Ok, $"the bot's token is in {token.Source}; it connects with `openclawssy serve`");
        return status.Phase switch
        {
            DiscordPhase.Connected => new(Check, Health.Ok, $"connected as {status.Bot ?? "the bot"} since {status.Since:u}{(status.LastError is { } past ? $"; before that: {past}" : "")}"),
            DiscordPhase.Stopped => new(Check, Health.Failed, status.LastError ?? "stopped", "correct it and start the gateway again"),
            _ => new(Check, Health.Warning, $"{status.Word} since {status.Since:u}{(status.LastError is { } error ? $": {error}" : "")}", "look again in a moment"),
        };
    }
}
