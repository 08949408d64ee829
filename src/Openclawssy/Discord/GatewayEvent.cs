using System.Text.Json;

namespace Openclawssy.Discord;

/// <summary>Something that happened at Discord.</summary>
/// <param name="Seq">Its number within the session.</param>
/// <param name="Type">For example <c>MESSAGE_CREATE</c>.</param>
sealed record GatewayEvent(long Seq, string Type, JsonElement Data);

/// <summary>The numbers of the gateway's messages.</summary>
static class GatewayOp
{
    public const int Dispatch = 0, Heartbeat = 1, Identify = 2, Resume = 6, Reconnect = 7, InvalidSession = 9, Hello = 10, HeartbeatAck = 11;
}
