using System.Net;
using System.Net.WebSockets;

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

    /// <summary>A connection to a destination that was handed over, on which the caller lets somebody else speak. Whoever that is, nothing is added to what he says.</summary>
    /// <exception cref="EgressDeniedException">Its name stands for an address that is not allowed.</exception>
    /// <exception cref="System.Net.Sockets.SocketException">The network failed.</exception>
    /// <exception cref="TimeoutException">It did not stand within <see cref="ConnectTimeout"/>.</exception>
    public async Task<Stream> OpenTunnelAsync(Destination to, CancellationToken cancellationToken)
    {
        using var limited = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limited.CancelAfter(ConnectTimeout);
        try { return await connections.Value.ConnectAsync(to, limited.Token); }
        catch (OperationCanceledException late) when (!cancellationToken.IsCancellationRequested) { throw new TimeoutException($"no connection within {ConnectTimeout.TotalSeconds:0} s", late); }
    }

    /// <summary>Opens a web socket: through the same door, with the same checks, to a destination that was handed over.</summary>
    /// <param name="address">With <c>wss</c> where the destination says <c>https</c>, and <c>ws</c> where it says <c>http</c>.</param>
    /// <exception cref="EgressDeniedException">The address is not this destination's, or its name stands for an address that is not allowed.</exception>
    /// <exception cref="IOException">The network or the server failed.</exception>
    public async Task<EgressSocket> OpenSocketAsync(Uri address, Destination to, CancellationToken cancellationToken)
    {
        if (!to.Fits(AsHttp(address))) throw new EgressDeniedException($"refused to connect to {address.Host}: this leave is for {to.Host}");
        var socket = new ClientWebSocket();
        try
        {
            using var invoker = new HttpMessageInvoker(new OneDestination(connections.Value, to), disposeHandler: false);
            await socket.ConnectAsync(address, invoker, cancellationToken);
            return new(socket);
        }
        catch (WebSocketException broken)
        {
            socket.Dispose();
            for (Exception? inner = broken; inner is not null; inner = inner.InnerException)
                if (inner is EgressDeniedException denied) throw new EgressDeniedException(denied.Message);
            throw new IOException($"no connection to {address.Host}: {broken.GetBaseException().Message}", broken);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>The address a policy is asked about for a socket's.</summary>
    public static Uri AsHttp(Uri socket) => new UriBuilder(socket) { Scheme = socket.Scheme == "wss" ? "https" : socket.Scheme == "ws" ? "http" : socket.Scheme, Port = socket.Port }.Uri;

    /// <summary>What a socket's first request goes through.</summary>
    sealed class OneDestination(Connections connections, Destination to) : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
            to.Fits(AsHttp(request.RequestUri!)) ? connections.SendAsync(request, to, cancellationToken) : throw new EgressDeniedException($"refused to send to {request.RequestUri!.Host}: this leave is for {to.Host}");
    }

    public void Dispose()
    {
        if (connections.IsValueCreated) connections.Value.Dispose();
    }
}
