using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Openclawssy.Acceptance;

/// <summary>A server on loopback that answers every request with one text.</summary>
sealed class LocalPage : IDisposable
{
    readonly TcpListener listener = new(IPAddress.Loopback, 0);

    public LocalPage()
    {
        listener.Start();
        _ = AcceptAsync();
    }

    public string Url => $"http://{listener.LocalEndpoint}";

    public string Text { get; set; } = "";

    public void Dispose() => listener.Dispose();

    async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                using var visitor = await listener.AcceptTcpClientAsync();
                var stream = visitor.GetStream();
                using var head = new StreamReader(stream, leaveOpen: true);
                while (!string.IsNullOrEmpty(await head.ReadLineAsync()))
                {
                    // The story is about who may ask, not about what was asked.
                }
                var body = Encoding.UTF8.GetBytes(Text);
                await stream.WriteAsync(Encoding.ASCII.GetBytes($"HTTP/1.1 200 OK\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: {body.Length}\r\nConnection: close\r\n\r\n"));
                await stream.WriteAsync(body);
            }
        }
        catch (Exception error) when (error is SocketException or ObjectDisposedException or IOException)
        {
            // The story is over.
        }
    }
}
