using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Openclawssy.Tests.Gateway;

/// <summary>
/// A gateway as it is written quickly: what is public goes by the beginning of the address as it was sent, whoever has the token is
/// believed wherever the request comes from, lengths are the framework's matter, and who is slow is waited for. The tests of the real one must catch it.
/// </summary>
sealed class NaiveGateway : IAsyncDisposable
{
    readonly WebApplication app;
    int handled;

    NaiveGateway(WebApplication app) => this.app = app;

    public int Port { get; private set; }

    /// <summary>Requests that got as far as a route that acts.</summary>
    public int Handled => Volatile.Read(ref handled);

    /// <param name="lets">Lets requests in without the token.</param>
    public static async Task<NaiveGateway> StartAsync(Func<string, bool>? lets = null)
    {
        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.Limits.RequestHeadersTimeout = kestrel.Limits.KeepAliveTimeout = TimeSpan.FromHours(1);
            kestrel.Limits.MinRequestBodyDataRate = null;
            kestrel.Listen(IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http1);
        });
        var app = builder.Build();
        var naive = new NaiveGateway(app);
        app.Run(async context =>
        {
            var sent = context.Features.Get<IHttpRequestFeature>()!.RawTarget;
            if (lets?.Invoke(sent) != true && context.Request.Headers.Authorization != "Bearer " + GatewayHouse.Token)
            {
                context.Response.StatusCode = 401;
                return;
            }
            if (context.Request.Path.Value is not ("/healthz" or "/readyz")) Interlocked.Increment(ref naive.handled);
            using var body = new StreamReader(context.Request.Body);
            await body.ReadToEndAsync();
            context.Response.ContentLength = 11;
            await context.Response.WriteAsync("""{"runs":[]}""");
        });
        await app.StartAsync();
        naive.Port = new Uri(app.Urls.First()).Port;
        return naive;
    }

    public ValueTask DisposeAsync() => app.DisposeAsync();
}
