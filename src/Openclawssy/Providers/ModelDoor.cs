using System.Net;
using Openclawssy.Runtime.Models;

namespace Openclawssy.Providers;

/// <summary>
/// The one door to a model server: it makes the connection, sets <c>Authorization</c>, and goes to its own origin and nowhere else.
/// No proxy, no redirect, no cookie, no decompression.
/// </summary>
sealed class Egress(Uri origin) : IDisposable
{
    /// <summary>How long a connection may take to stand, TLS included.</summary>
    public static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(10);

    // Made with the first request: a command that never asks a model does not load any of it.
    readonly Lazy<HttpMessageInvoker> connections = new(Connect);

    /// <exception cref="ModelException"><c>model.misconfigured</c> for any other destination.</exception>
    public Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, ApiKey key, CancellationToken cancellationToken)
    {
        var to = request.RequestUri;
        if (to is null || to.Scheme != origin.Scheme || !string.Equals(to.IdnHost, origin.IdnHost, StringComparison.OrdinalIgnoreCase) || to.Port != origin.Port)
            throw new ModelException(ModelErrorCodes.Misconfigured, $"refused to send to {to?.Host ?? "nowhere"}: this connection goes to {origin.Host} only");
        key.Authorize(request);
        return connections.Value.SendAsync(request, cancellationToken);
    }

    public void Dispose()
    {
        if (connections.IsValueCreated) connections.Value.Dispose();
    }

    static HttpMessageInvoker Connect() => new(new SocketsHttpHandler
    {
        UseProxy = false,
        AllowAutoRedirect = false,
        UseCookies = false,
        AutomaticDecompression = DecompressionMethods.None,
        ConnectTimeout = ConnectTimeout,
        MaxResponseHeadersLength = 32, // KiB
        PooledConnectionLifetime = TimeSpan.FromMinutes(10),
        // No trace headers to strangers.
        ActivityHeadersPropagator = null,
    });
}
