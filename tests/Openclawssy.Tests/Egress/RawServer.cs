using System.Collections.Concurrent;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Openclawssy.Tests.Egress;

/// <summary>A server that answers each connection's one request with the bytes it is told to, well-formed or not.</summary>
sealed class RawServer : IDisposable
{
    readonly TcpListener listener;
    readonly Func<string, Stream, Task> answer;
    readonly X509Certificate2? certificate;
    readonly ConcurrentQueue<string> requests = new();
    int visitors;

    public RawServer(Func<string, Stream, Task> answer, IPAddress? address = null, int port = 0)
    {
        this.answer = answer;
        listener = new(address ?? IPAddress.Loopback, port);
        listener.Start();
        _ = AcceptAsync();
    }

    /// <summary>The same behind TLS.</summary>
    public RawServer(Func<string, Stream, Task> answer, X509Certificate2 certificate) : this(answer) => this.certificate = certificate;

    public RawServer(Func<string, string> answer) : this((request, stream) => stream.WriteAsync(Encoding.Latin1.GetBytes(answer(request))).AsTask()) { }

    public int Port => ((IPEndPoint)listener.LocalEndpoint).Port;

    public int Visitors => Volatile.Read(ref visitors);

    /// <summary>Head of each request, as it came.</summary>
    public IReadOnlyList<string> Requests => [.. requests];

    public static string Ok(string body, string headers = "") => $"HTTP/1.1 200 OK\r\nContent-Length: {body.Length}\r\nConnection: close\r\n{headers}\r\n{body}";

    public static string Redirect(int status, string location) => $"HTTP/1.1 {status} Moved\r\nLocation: {location}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";

    public void Dispose() => listener.Dispose();

    async Task AcceptAsync()
    {
        try
        {
            while (true) _ = ServeAsync(await listener.AcceptTcpClientAsync());
        }
        catch (Exception error) when (error is SocketException or ObjectDisposedException)
        {
            // The test is over.
        }
    }

    async Task ServeAsync(TcpClient client)
    {
        using var _ = client;
        Interlocked.Increment(ref visitors);
        try
        {
            Stream stream = client.GetStream();
            if (certificate is not null)
            {
                var secure = new SslStream(stream);
                stream = secure;
                // Offline: a server, too, would fetch issuers, and the test is about the visitor.
                await secure.AuthenticateAsServerAsync(new SslServerAuthenticationOptions { ServerCertificateContext = SslStreamCertificateContext.Create(certificate, null, offline: true) });
            }
            var head = new StringBuilder();
            var one = new byte[1];
            while (!head.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal) && await stream.ReadAsync(one) == 1) head.Append((char)one[0]);
            requests.Enqueue(head.ToString());
            await answer(head.ToString(), stream);
        }
        catch (Exception error) when (error is IOException or SocketException or ObjectDisposedException or AuthenticationException)
        {
            // The visitor hung up, as many of these tests expect.
        }
    }
}
