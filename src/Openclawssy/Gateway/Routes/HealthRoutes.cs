using Openclawssy.Gateway.Wire;

namespace Openclawssy.Gateway.Routes;

/// <summary>Whether the gateway lives, and whether it takes work. They say nothing else, for everybody may ask.</summary>
sealed class HealthRoutes(GatewayRooms rooms)
{
    public IEnumerable<Route> All =>
    [
        new("GET", "/healthz", "Says that the gateway lives.", call => call.AnswerAsync(new("ok"), GatewayJson.Default.HealthReply)) { IsPublic = true, Gives = GatewayJson.Default.HealthReply },
        new("GET", "/readyz", "Says whether it takes work.", ReadyAsync) { IsPublic = true, Gives = GatewayJson.Default.HealthReply, Refusals = [503] },
    ];

    Task ReadyAsync(GatewayCall call) =>
        !rooms.IsOpen ? throw new RequestRefused(503, "server.stopping", "the gateway is about to stop", TimeSpan.FromSeconds(5))
        : rooms.Installation.IsAuditLost ? throw new RequestRefused(503, "audit.lost", "the audit cannot be written, so nothing runs; look at the disk of the state folder")
        : call.AnswerAsync(new("ready"), GatewayJson.Default.HealthReply);
}
