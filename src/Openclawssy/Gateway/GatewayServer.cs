using System.Net;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Openclawssy.Gateway.Doors;
using Openclawssy.Gateway.Tokens;
using Openclawssy.Gateway.Wire;

namespace Openclawssy.Gateway;

/// <summary>What the gateway listens with.</summary>
/// <param name="Certificate">Null for plain HTTP.</param>
/// <param name="AllowedHosts">Names beside its own address.</param>
sealed record GatewaySettings(IPAddress Address, int Port, X509Certificate2? Certificate, IReadOnlyList<string> AllowedHosts);

/// <summary>
/// The HTTP server. Every request comes through the same doors in the same order: shape, host and origin, token, route. Nothing of
/// the framework's own configuration is read: no variable and no file moves it.
/// </summary>
sealed class GatewayServer : IAsyncDisposable
{
    /// <summary>Connections at a time, streams among them.</summary>
    const int MaxConnections = 4096;

    readonly WebApplication app;

    GatewayServer(WebApplication app) => this.app = app;

    public static GatewayServer Build(GatewaySettings settings, IReadOnlyList<Route> routes, TokenWatch tokens, PageSessions sessions, HandoverKey handover, Logins logins, AccessLog? log, TimeProvider clock, Action<string, Exception> report)
    {
        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = GatewayCall.MaxBody;
            kestrel.Limits.MaxRequestHeadersTotalSize = 16 * 1024;
            kestrel.Limits.MaxRequestHeaderCount = 50;
            kestrel.Limits.MaxRequestLineSize = 4096;
            kestrel.Limits.RequestHeadersTimeout = TimeSpan.FromSeconds(5);
            kestrel.Limits.KeepAliveTimeout = TimeSpan.FromSeconds(60);
            kestrel.Limits.MinRequestBodyDataRate = new(bytesPerSecond: 240, gracePeriod: TimeSpan.FromSeconds(5));
            kestrel.Limits.MaxConcurrentConnections = MaxConnections;
            kestrel.Listen(settings.Address, settings.Port, listen =>
            {
                // Version 2 only where TLS agrees on it: without, a client would have to be told.
                listen.Protocols = settings.Certificate is null ? HttpProtocols.Http1 : HttpProtocols.Http1AndHttp2;
                if (settings.Certificate is { } certificate) listen.UseHttps(certificate);
                listen.Use(StrictLengths.Watch);
            });
        });
        if (settings.Certificate is not null) builder.WebHost.UseKestrelHttpsConfiguration();
        builder.Services.AddRoutingCore();
        builder.Services.AddSingleton<Microsoft.Extensions.Hosting.IHostLifetime, NoSignalsOfItsOwn>();
        // Lines of a request end as the protocol says. Kestrel reads this once, before its first connection.
        AppContext.SetSwitch("Microsoft.AspNetCore.Server.Kestrel.DisableHttp1LineFeedTerminators", true);
        var app = builder.Build();

        var publicOnes = routes.Where(route => route.IsPublic).Select(route => (route.Method, route.Pattern)).ToHashSet();
        var door = new TokenDoor(tokens, sessions, handover, new(clock), logins, context => publicOnes.Contains((Asked(context), context.Request.Path.Value ?? "")));
        OwnHosts? hosts = null;
        app.Use(next => context => EnterAsync(context, next));
        app.UseRouting();
        app.Use(next => context => context.GetEndpoint() is null ? throw RequestRefused.NotFound("route.not_found", "there is no such route") : next(context));
        app.UseEndpoints(endpoints =>
        {
            foreach (var route in routes)
                endpoints.MapMethods(route.Pattern, route is { Method: "GET", IsPublic: true } ? ["GET", "HEAD"] : [route.Method], context =>
                {
                    var call = new GatewayCall(context, route);
                    call.DemandKnownQuery();
                    call.DemandKnownBody();
                    return route.Act(call);
                });
        });
        return new(app);

        static string Asked(HttpContext context) => HttpMethods.IsHead(context.Request.Method) ? "GET" : context.Request.Method;

        async Task EnterAsync(HttpContext context, RequestDelegate next)
        {
            var began = clock.GetTimestamp();
            SecurityHeaders.Set(context.Response);
            try
            {
                RequestShape.Demand(context);
                // The port may have been the system's choice, so it is known only now.
                (hosts ??= new(settings.Address, context.Connection.LocalPort, settings.Certificate is not null, settings.AllowedHosts)).Demand(context);
                door.Demand(context);
                // What goes on under a token ends with it, whatever it is and however slowly it is sent or read.
                using var ends = context.Features.Get<TokenHolder>()?.TakenAway.UnsafeRegister(static request => ((HttpContext)request!).Abort(), context);
                await next(context);
                if (context.Response is { HasStarted: false, StatusCode: StatusCodes.Status405MethodNotAllowed })
                {
                    var allow = context.Response.Headers.Allow;
                    await ErrorBody.SendAsync(context, new(405, "route.method", $"this route takes {allow}"), allow);
                }
            }
            catch (FieldsRefused refused) { await ErrorBody.SendAsync(context, refused.Whole, fields: refused.Fields); }
            catch (Exception failure) { await ErrorBody.SendAsync(context, Faults.Of(failure, context, report)); }
            finally { log?.Write(context, clock.GetElapsedTime(began)); }
        }
    }

    /// <exception cref="IOException">The address cannot be listened on.</exception>
    public Task StartAsync(CancellationToken cancellationToken) => app.StartAsync(cancellationToken);

    /// <summary>Where it listens, once it was started; with the port the system chose, where that was asked for.</summary>
    public Uri Address => new(app.Urls.First());

    /// <summary>Takes no new connections and closes those that are open.</summary>
    public Task StopAsync(CancellationToken cancellationToken) => app.StopAsync(cancellationToken);

    public ValueTask DisposeAsync() => app.DisposeAsync();
}
