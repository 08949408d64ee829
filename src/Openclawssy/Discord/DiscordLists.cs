using Openclawssy.Runtime.Channels;
using Openclawssy.Runtime.Config;
using Openclawssy.Runtime.Sessions;

namespace Openclawssy.Discord;

/// <summary>The operator's lists: who may be answered where.</summary>
static class DiscordLists
{
    /// <param name="guild">The channel's server; null for direct messages, which are in none: where servers are listed, they are not.</param>
    public static bool Allow(OpenclawssyConfig config, string user, string channel, string? guild)
    {
        var rules = ChatRules.Of(ChannelNames.Discord, config);
        return rules.Enabled && rules.Allowlist.Allows(user, channel)
            && (config.Discord.AllowGuilds.Count == 0 || guild is not null && config.Discord.AllowGuilds.Any(listed => listed.Trim() == guild));
    }
}
