using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Openclawssy.Egress;

/// <summary>The connections of the egress client, and the one place where they are made.</summary>
sealed class Connections(IResolver resolver, IDialer dialer) : IDisposable
{
    /// <summary>After this long a name is resolved and checked again.</summary>
    static readonly TimeSpan lifetime = TimeSpan.FromMinutes(1);

    static readonly HttpRequestOptionsKey<Destination> leave = new("openclawssy.destination");

    static readonly IReadOnlyList<IPAddress> localhost = [IPAddress.Loopback, IPAddress.IPv6Loopback];

    // One pool for each scope and certificate: a connection made under a wider one is never found again under a narrower.
    readonly ConcurrentDictionary<(AddressScope, string?), Lazy<HttpMessageInvoker>> pools = new();

    public Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, Destination to, CancellationToken cancellationToken)
    {
        request.Options.Set(leave, to);
        return pools.GetOrAdd((to.Scope, to.Certificate), key => new(() => Pool(key.Item2))).Value.SendAsync(request, cancellationToken);
    }

    public void Dispose()
    {
        foreach (var pool in pools.Values)
            if (pool.IsValueCreated) pool.Value.Dispose();
    }

    HttpMessageInvoker Pool(string? certificate) => new(new SocketsHttpHandler
    {
        UseProxy = false,
        AllowAutoRedirect = false,
        UseCookies = false,
        PreAuthenticate = false,
        AutomaticDecompression = DecompressionMethods.None,
        ConnectTimeout = EgressClient.ConnectTimeout,
        ConnectCallback = ConnectAsync,
        MaxResponseHeadersLength = 32, // KiB
        MaxResponseDrainSize = 64 * 1024,
        ResponseDrainTimeout = TimeSpan.FromSeconds(1),
        PooledConnectionLifetime = lifetime,
        // No trace headers to strangers.
        ActivityHeadersPropagator = null,
        // A server's certificate may name an address to fetch its issuer from, and the framework would go there past this door.
        SslOptions = certificate is not null ? new() { RemoteCertificateValidationCallback = (_, shown, _, _) => shown?.GetCertHashString(HashAlgorithmName.SHA256) == certificate }
            : new() { CertificateChainPolicy = new X509ChainPolicy { DisableCertificateDownloads = true, RevocationMode = X509RevocationMode.NoCheck } },
    });

    async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellationToken)
    {
        if (!context.InitialRequestMessage.Options.TryGetValue(leave, out var to) || context.DnsEndPoint.Port != to.Port)
            throw new EgressDeniedException($"refused to connect to {context.DnsEndPoint.Host}: no leave was given");
        return await ConnectAsync(to, cancellationToken);
    }

    /// <summary>One connection as it is, with nothing spoken on it yet.</summary>
    public async Task<Stream> ConnectAsync(Destination to, CancellationToken cancellationToken)
    {
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
