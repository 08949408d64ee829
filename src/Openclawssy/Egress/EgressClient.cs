using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;

namespace Openclawssy.Egress;

/// <summary>
/// The one client of the program: it sends a request to a destination it was handed, resolves the name once, checks every address and
/// dials only what it checked. No proxy, no redirect, no cookie, no decompression, no HTTP/3, no download of certificates.
/// </summary>
sealed class EgressClient(IResolver resolver, IDialer dialer) : IDisposable
{
    /// <summary>How long a connection may take to stand, name and TLS included.</summary>
    public static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(10);

    /// <summary>After this long a name is resolved and checked again.</summary>
    static readonly TimeSpan connectionLifetime = TimeSpan.FromMinutes(1);

    static readonly HttpRequestOptionsKey<Destination> leave = new("openclawssy.destination");

    static readonly IReadOnlyList<IPAddress> localhost = [IPAddress.Loopback, IPAddress.IPv6Loopback];

    // Made with the first request: a command that sends none does not load any of it. One pool for each scope, so that a
    // connection made under a wider one is never found again under a narrower.
    readonly ConcurrentDictionary<AddressScope, Lazy<HttpMessageInvoker>> pools = new();

    /// <summary>The client of a running program.</summary>
    public static EgressClient OfSystem(TimeProvider clock) => new(new SystemResolver(clock), new TcpDialer());

    /// <summary>One exchange; a redirect is an answer like any other. The body is read by the caller.</summary>
    /// <exception cref="EgressDeniedException">The request is not for this destination, or its name stands for an address that is not allowed.</exception>
    /// <exception cref="HttpRequestException">The network or the server failed.</exception>
    public async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, Destination to, CancellationToken cancellationToken)
    {
        if (!to.Fits(request.RequestUri)) throw new EgressDeniedException($"refused to send to {request.RequestUri?.Host ?? "nowhere"}: this leave is for {to.Host}");
        if (request.Version > HttpVersion.Version20 || request.VersionPolicy == HttpVersionPolicy.RequestVersionOrHigher) throw new ArgumentException("HTTP/3 does not come past the door that checks addresses", nameof(request));
        request.Options.Set(leave, to);
        try { return await pools.GetOrAdd(to.Scope, _ => new(Connections)).Value.SendAsync(request, cancellationToken); }
        catch (HttpRequestException wrapped) when (wrapped.InnerException is EgressDeniedException denied) { throw new EgressDeniedException(denied.Message); }
    }

    public void Dispose()
    {
        foreach (var pool in pools.Values)
            if (pool.IsValueCreated) pool.Value.Dispose();
    }

    HttpMessageInvoker Connections() => new(new SocketsHttpHandler
    {
        UseProxy = false,
        AllowAutoRedirect = false,
        UseCookies = false,
        PreAuthenticate = false,
        AutomaticDecompression = DecompressionMethods.None,
        ConnectTimeout = ConnectTimeout,
        ConnectCallback = ConnectAsync,
        MaxResponseHeadersLength = 32, // KiB
        MaxResponseDrainSize = 64 * 1024,
        ResponseDrainTimeout = TimeSpan.FromSeconds(1),
        PooledConnectionLifetime = connectionLifetime,
        // No trace headers to strangers.
        ActivityHeadersPropagator = null,
        // A server's certificate may name an address to fetch its issuer from, and the framework would go there past this door.
        SslOptions = new() { CertificateChainPolicy = new X509ChainPolicy { DisableCertificateDownloads = true, RevocationMode = X509RevocationMode.NoCheck } },
    });

    async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellationToken)
    {
        if (!context.InitialRequestMessage.Options.TryGetValue(leave, out var to) || context.DnsEndPoint.Port != to.Port)
            throw new EgressDeniedException($"refused to connect to {context.DnsEndPoint.Host}: no leave was given");
        var addresses = to.Host.Address is { } literal ? [literal] : to.Host.IsLocalhost ? localhost : await resolver.ResolveAsync(to.Host.Text, cancellationToken);
        if (addresses.Count == 0) throw new SocketException((int)SocketError.HostNotFound);
        // Every one, before any is dialled: a name that mixes good and bad addresses is refused as a whole.
        foreach (var address in addresses) to.Demand(address);
        return await DialAsync(addresses, to.Port, cancellationToken);
    }

    async Task<Stream> DialAsync(IReadOnlyList<IPAddress> addresses, int port, CancellationToken cancellationToken)
    {
        for (var i = 0; ; i++)
        {
            try { return await dialer.DialAsync(addresses[i], port, cancellationToken); }
            catch (SocketException) when (i + 1 < addresses.Count)
            {
                // The next address may answer.
            }
        }
    }
}
