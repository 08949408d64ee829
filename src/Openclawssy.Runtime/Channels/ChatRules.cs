using Openclawssy.Runtime.Config;
using Openclawssy.Runtime.Sessions;
using Openclawssy.Runtime.Text;

namespace Openclawssy.Runtime.Channels;

/// <summary>What one channel goes by, at one moment.</summary>
/// <param name="PerMinute">Messages a minute from one sender.</param>
/// <param name="GlobalPerMinute">Messages a minute from all senders of all channels.</param>
/// <param name="DefaultAgent">Who answers where nobody else was chosen.</param>
/// <param name="IsActive">Whether an agent may run.</param>
public sealed record ChatRules(bool Enabled, ChatAllowlist Allowlist, int PerMinute, int GlobalPerMinute, string DefaultAgent, Func<AgentId, bool> IsActive)
{
    /// <summary>Counts a sender in each room apart. Only where rooms are not the sender's to invent: a made-up room would be a new budget.</summary>
    public bool CountsPerRoom { get; init; }

    /// <summary>What a configuration says about a channel. A channel it does not know is off.</summary>
    public static ChatRules Of(string channel, OpenclawssyConfig config) => channel switch
    {
        ChannelNames.Dashboard => new(
            config.Chat.Enabled, new(config.Chat.AllowUsers, config.Chat.AllowRooms), config.Chat.RateLimitPerMin, config.Chat.GlobalRateLimitPerMin, config.Chat.DefaultAgentId, config.IsEnabled),
        ChannelNames.Discord => new(
            config.Discord.Enabled, new(config.Discord.AllowUsers, config.Discord.AllowChannels), config.Discord.RateLimitPerMin, config.Chat.GlobalRateLimitPerMin,
            config.Discord.DefaultAgentId, config.IsEnabled)
        {
            CountsPerRoom = true,
        },
        _ => Off,
    };

    /// <summary>Nobody may do anything; for a configuration that cannot be read.</summary>
    public static ChatRules Off { get; } = new(false, new([], []), 1, 1, "default", static _ => false);
}
