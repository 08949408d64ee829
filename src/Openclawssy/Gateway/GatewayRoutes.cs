using Openclawssy.Gateway.Dashboard;
using Openclawssy.Gateway.OpenApi;
using Openclawssy.Gateway.Routes;
using Openclawssy.Gateway.Routes.Admin;
using Openclawssy.Gateway.Tokens;
using Openclawssy.Gateway.Wire;

namespace Openclawssy.Gateway;

/// <summary>Every route there is. One that is not here does not exist.</summary>
static class GatewayRoutes
{
    public static IReadOnlyList<Route> Of(GatewayRooms rooms, PageSessions sessions)
    {
        List<Route> all = [];
        var document = new Lazy<byte[]>(() => OpenApiDocument.Of(all.Where(route => !route.IsPage), Cli.VersionText.Number));
        all.AddRange(Everything(rooms, sessions));
        all.Add(new("GET", "/openapi.json", "Describes every route: this document.", call => JsonAnswer.SendAsync(call.Http.Response, 200, document.Value.AsMemory(..^1))) { Gives = GatewayJson.Default.JsonElement });
        return all;
    }

    static IEnumerable<Route> Everything(GatewayRooms rooms, PageSessions sessions) =>
    [
        .. new HealthRoutes(rooms).All,
        .. new MetricsRoutes(rooms).All,
        .. new RunRoutes(rooms).All,
        .. new RunEventRoutes(rooms).All,
        .. new ChatRoutes(rooms).All,
        .. rooms.Installation.Config.Server.DashboardEnabled ? Admin(rooms, sessions) : [],
    ];

    // What the dashboard is made of; without it they have nothing to do.
    static IEnumerable<Route> Admin(GatewayRooms rooms, PageSessions sessions) =>
    [
        .. new DashboardRoutes().All,
        .. new PageSessionRoutes(rooms, sessions).All,
        .. new StatusRoutes(rooms).All,
        .. new ConfigRoutes(rooms).All,
        .. new SecretRoutes(rooms).All,
        .. new SchedulerRoutes(rooms).All,
        .. new SessionRoutes(rooms).All,
        .. new AgentRoutes(rooms).All,
        .. new GrantRoutes(rooms).All,
        .. new TraceRoutes(rooms).All,
        .. new AuditRoutes(rooms).All,
    ];
}
