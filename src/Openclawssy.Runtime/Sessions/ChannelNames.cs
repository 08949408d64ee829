namespace Openclawssy.Runtime.Sessions;

/// <summary>The channels there are, as messages, places of conversations and jobs name them.</summary>
public static class ChannelNames
{
    /// <summary>Messages over HTTP, the dashboard's among them.</summary>
    public const string Dashboard = "dashboard";

    public const string Discord = "discord";

    public static IReadOnlyList<string> All { get; } = [Dashboard, Discord];
}
