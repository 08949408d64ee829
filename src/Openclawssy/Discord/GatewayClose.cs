namespace Openclawssy.Discord;

/// <summary>What the number with which the gateway closes means for what comes next.</summary>
/// <param name="Stops">Why there is no use in trying again, and what to do; null when there is.</param>
/// <param name="MayResume">The session goes on with the next connection.</param>
readonly record struct GatewayClose(string? Stops, bool MayResume)
{
    const string Portal = "in Discord's developer portal, under Bot";

    public static GatewayClose Of(int code) => code switch
    {
        4004 => new($"Discord does not accept the bot token; make a new one {Portal}, and set it again", false),
        4010 => new("Discord says the shard is wrong, which this program never sends: is another gateway configured in discord.gateway_url?", false),
        4011 => new("the bot is in too many servers for one connection, which this program does not do; remove it from some", false),
        4012 => new("Discord no longer speaks this version of its gateway; update openclawssy", false),
        4013 => new("Discord does not know the intents this version asks for; update openclawssy", false),
        4014 => new($"the bot may not read messages yet; switch on \"Message Content Intent\" {Portal}", false),
        4003 or 4005 or 4007 or 4009 => new(null, false),
        // Also 1000 and 1001: said by the bot they end a session, said by a server on its way down they do not.
        _ => new(null, true),
    };
}
