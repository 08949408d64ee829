using System.Net;

namespace Openclawssy.Egress;

/// <summary>
/// The one client of the program: it sends a request to a destination it was handed, resolves the name once, checks every address and
/// dials only what it checked. No proxy, no redirect, no cookie, no decompression, no HTTP/3, no download of certificates.
/// </summary>
sealed class EgressClient(IResolver resolver, IDialer dialer) : IDisposable
{
    /// <summary>How long a connection may take to stand, name and TLS included.</summary>
    public static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(10);

    // Made with the first request: a command that sends none does not load any of it.
    readonly Lazy<Connections> connections = new(() => new(resolver, dialer));

    /// <summary>The client of a running program.</summary>
    public static EgressClient OfSystem(TimeProvider clock) => new(new SystemResolver(clock), new TcpDialer());

    /// <summary>One exchange; a redirect is an answer like any other. The body is read by the caller.</summary>
    /// <exception cref="EgressDeniedException">The request is not for this destination, or its name stands for an address that is not allowed.</exception>
    /// <exception cref="HttpRequestException">The network or the server failed.</exception>
    public async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, Destination to, CancellationToken cancellationToken)
    {
        if (!to.Fits(request.RequestUri)) throw new EgressDeniedException($"refused to send to {request.RequestUri?.Host ?? "nowhere"}: this leave is for {to.Host}");
        if (request.Version > HttpVersion.Version20 || request.VersionPolicy == HttpVersionPolicy.RequestVersionOrHigher)
            throw new ArgumentException("HTTP/3 does not come past the door that checks addresses", nameof(request));
        try { return await connections.Value.SendAsync(request, to, cancellationToken); }
        catch (HttpRequestException wrapped) when (wrapped.InnerException is EgressDeniedException denied) { throw new EgressDeniedException(denied.Message); }
    }

    public void Dispose()
    {
        if (connections.IsValueCreated) connections.Value.Dispose();
    }
}
