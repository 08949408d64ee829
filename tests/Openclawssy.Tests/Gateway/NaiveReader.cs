using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Openclawssy.Tests.Gateway;

/// <summary>A server that reads requests itself and means well: any line end, any header that looks like one, Transfer-Encoding before Content-Length, and the connection goes on.</summary>
sealed class NaiveReader : IDisposable
{
    readonly TcpListener listener = new(IPAddress.Loopback, 0);
    int handled;

    public NaiveReader()
    {
        listener.Start();
        _ = AcceptAsync();
    }

    public int Port => ((IPEndPoint)listener.LocalEndpoint).Port;
    public int Handled => Volatile.Read(ref handled);

    async Task AcceptAsync()
    {
        try
        {
            while (true) _ = ServeAsync(await listener.AcceptSocketAsync());
        }
        catch (Exception ended) when (ended is SocketException or ObjectDisposedException) { }
    }

    async Task ServeAsync(Socket socket)
    {
        using var connection = socket;
        using var reader = new StreamReader(new NetworkStream(connection), Encoding.Latin1);
        try
        {
            while (await reader.ReadLineAsync() is { Length: > 0 })
            {
                var (length, chunked) = (0, false);
                while (await reader.ReadLineAsync() is { Length: > 0 } line)
                {
                    if (line.Split(':', 2) is not [var name, var value]) continue;
                    if (name.Trim().Equals("Content-Length", StringComparison.OrdinalIgnoreCase)) length = int.Parse(value, NumberStyles.Integer, CultureInfo.InvariantCulture);
                    if (name.Trim().Equals("Transfer-Encoding", StringComparison.OrdinalIgnoreCase) && value.Contains("chunked", StringComparison.OrdinalIgnoreCase)) chunked = true;
                }
                if (chunked)
                {
                    while (await reader.ReadLineAsync() is { } size && int.Parse(size, NumberStyles.HexNumber, CultureInfo.InvariantCulture) is > 0 and var more) await reader.ReadBlockAsync(new char[more + 2]);
                    await reader.ReadLineAsync();
                }
                else await reader.ReadBlockAsync(new char[length]);
                Interlocked.Increment(ref handled);
                await connection.SendAsync("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"u8.ToArray());
            }
        }
        catch (Exception ended) when (ended is IOException or FormatException or OverflowException) { }
    }

    public void Dispose() => listener.Dispose();
}
