using Openclawssy.Gateway.Routes;

namespace Openclawssy.Gateway;

/// <summary>Every route there is. One that is not here does not exist.</summary>
static class GatewayRoutes
{
    public static IReadOnlyList<Route> Of(GatewayRooms rooms) =>
    [
        .. new HealthRoutes(rooms).All,
        .. new RunRoutes(rooms).All,
        .. new RunEventRoutes(rooms).All,
    ];
}
