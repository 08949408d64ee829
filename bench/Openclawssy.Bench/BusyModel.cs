using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Openclawssy.Bench;

/// <summary>A model server for many connections at once that says one word at once, with bytes prepared beforehand.</summary>
sealed class BusyModel : IDisposable
{
    static readonly byte[] answer = Prepare();

    readonly TcpListener listener = new(IPAddress.Loopback, 0);
    readonly CancellationTokenSource over = new();

    public string BaseUrl => $"http://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}/v1";

    public BusyModel Start()
    {
        listener.Start(512);
        _ = AcceptAsync();
        return this;
    }

    async Task AcceptAsync()
    {
        try
        {
            while (true) _ = ServeAsync(await listener.AcceptSocketAsync(over.Token));
        }
        catch (Exception ended) when (ended is OperationCanceledException or SocketException or ObjectDisposedException) { }
    }

    async Task ServeAsync(Socket client)
    {
        using var _ = client;
        client.NoDelay = true;
        var buffer = new byte[256 * 1024];
        try
        {
            while (await ReadRequestAsync(client, buffer)) await client.SendAsync(answer, over.Token);
        }
        catch (Exception ended) when (ended is OperationCanceledException or SocketException) { }
    }

    async Task<bool> ReadRequestAsync(Socket client, byte[] buffer)
    {
        var (have, need) = (0, int.MaxValue);
        while (have < need)
        {
            var read = await client.ReceiveAsync(buffer.AsMemory(have), over.Token);
            if (read == 0) return false;
            have += read;
            if (need == int.MaxValue && Raw.HeadEnd(buffer.AsSpan(0, have)) is > 0 and var head) need = head + Raw.ContentLength(buffer.AsSpan(0, head));
        }
        return true;
    }

    static byte[] Prepare()
    {
        const string body = """
            data: {"id":"x","object":"chat.completion.chunk","model":"instant","choices":[{"index":0,"delta":{"role":"assistant","content":"done"},"finish_reason":null}]}

            data: {"id":"x","object":"chat.completion.chunk","model":"instant","choices":[{"index":0,"delta":{},"finish_reason":"stop"}],"usage":{"prompt_tokens":1,"completion_tokens":1,"total_tokens":2}}

            data: [DONE]


            """;
        var bytes = Encoding.UTF8.GetBytes(body.ReplaceLineEndings("\n"));
        return [.. Encoding.ASCII.GetBytes($"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nContent-Length: {bytes.Length}\r\n\r\n"), .. bytes];
    }

    public void Dispose()
    {
        over.Cancel();
        listener.Dispose();
    }
}

/// <summary>As much of HTTP/1.1 as a measuring client needs.</summary>
static class Raw
{
    /// <summary>Where the body begins; 0 while the head is not whole.</summary>
    public static int HeadEnd(ReadOnlySpan<byte> bytes) => bytes.IndexOf("\r\n\r\n"u8) is >= 0 and var at ? at + 4 : 0;

    public static int ContentLength(ReadOnlySpan<byte> head)
    {
        var text = Encoding.ASCII.GetString(head);
        var at = text.IndexOf("content-length:", StringComparison.OrdinalIgnoreCase);
        return at < 0 ? 0 : int.Parse(text[(at + 15)..].Split('\r')[0], System.Globalization.CultureInfo.InvariantCulture);
    }
}
