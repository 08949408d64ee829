using System.IO.Compression;
using System.Text;
using Microsoft.Extensions.Time.Testing;
using Openclawssy.Runtime.Toolkit;
using Xunit;

namespace Openclawssy.Tests.Egress;

/// <summary>A server cannot take more of our memory or time than the call allows.</summary>
public sealed class BoundsTests
{
    const int Cap = 10_000;

    [Theory]
    [InlineData("gzip")]
    [InlineData("deflate")]
    [InlineData("br")]
    public async Task A_compressed_bomb_is_read_to_the_limit_and_no_further(string encoding)
    {
        var bomb = Compressed(encoding, 64 * 1024 * 1024);
        using var server = new RawServer((_, stream) => SendAsync(stream, $"Content-Encoding: {encoding}\r\nContent-Length: {bomb.Length}\r\n", bomb));
        using var web = Web.Before(server);
        var before = GC.GetTotalAllocatedBytes(precise: true);
        var answer = await web.SendAsync("http://a.test/", maxBytes: Cap);
        Assert.Equal((Cap, true), (answer.BytesRead, answer.Truncated));
        Assert.True(GC.GetTotalAllocatedBytes(precise: true) - before < 32 * 1024 * 1024);

        // The negative control: the framework's own decompression takes it all.
        using var naive = new HttpClient(new SocketsHttpHandler { UseProxy = false, AutomaticDecompression = System.Net.DecompressionMethods.All });
        Assert.Equal(64 * 1024 * 1024, (await naive.GetByteArrayAsync($"http://127.0.0.1:{server.Port}/")).Length);
    }

    [Fact]
    public async Task A_body_that_swells_to_nothing_ends_too()
    {
        // Empty stored blocks without end: bytes go in and none come out.
        var block = Enumerable.Repeat<byte[]>([0x00, 0x00, 0x00, 0xff, 0xff], 4000).SelectMany(bytes => bytes).ToArray();
        using var server = new RawServer(async (_, stream) =>
        {
            await stream.WriteAsync("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n"u8.ToArray());
            await stream.WriteAsync(new byte[] { 0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff });
            while (true) await stream.WriteAsync(block);
        });
        using var web = Web.Before(server);
        try { Assert.Equal((0, true), await web.SendAsync("http://a.test/", maxBytes: Cap) is var answer ? (answer.BytesRead, answer.Truncated) : default); }
        // The framework may also call a stream that ends inside damaged; what counts is that it ends.
        catch (ToolException refusal) { Assert.Equal(ToolErrorCodes.InternalError, refusal.Code); }
    }

    [Fact]
    public async Task Endless_chunks_are_cut()
    {
        using var server = new RawServer(async (_, stream) =>
        {
            await stream.WriteAsync("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"u8.ToArray());
            while (true) await stream.WriteAsync(Encoding.ASCII.GetBytes($"400\r\n{new string('x', 1024)}\r\n"));
        });
        using var web = Web.Before(server);
        var answer = await web.SendAsync("http://a.test/", maxBytes: Cap);
        Assert.Equal((new string('x', Cap), true), (answer.Body, answer.Truncated));

        // The negative control takes what comes: it is far beyond the limit and nothing has ended.
        using var naive = Naive();
        using var response = await naive.GetAsync($"http://127.0.0.1:{server.Port}/", HttpCompletionOption.ResponseHeadersRead);
        var body = await response.Content.ReadAsStreamAsync();
        await body.ReadExactlyAsync(new byte[50 * Cap]);
        Assert.NotEqual(0, await body.ReadAsync(new byte[1]));
    }

    [Fact]
    public async Task A_flood_of_headers_is_cut()
    {
        using var server = new RawServer(async (_, stream) =>
        {
            await stream.WriteAsync("HTTP/1.1 200 OK\r\n"u8.ToArray());
            for (var sent = 0; sent < Flood; sent += 4000) await stream.WriteAsync(Encoding.ASCII.GetBytes($"X-Flood: {new string('x', 4000)}\r\n"));
            await stream.WriteAsync("Content-Length: 0\r\n\r\n"u8.ToArray());
        });
        using var web = Web.Before(server);
        Assert.Contains("headers are too long", (await web.RefusalAsync("http://a.test/", ToolErrorCodes.InternalError)).Message, StringComparison.Ordinal);

        // The negative control sets no bound that counts, and keeps all of it.
        var kilobytes = 2 * Flood / 1024;
        using var naive = Naive(new() { UseProxy = false, MaxResponseHeadersLength = kilobytes });
        using var response = await naive.GetAsync($"http://127.0.0.1:{server.Port}/");
        Assert.True(response.Headers.GetValues("X-Flood").Sum(value => value.Length) >= Flood);
    }

    const int Flood = 16 * 1024 * 1024;

    /// <summary>What one writes first.</summary>
    static HttpClient Naive(SocketsHttpHandler? handler = null) => new(handler ?? new() { UseProxy = false }) { Timeout = Timeout.InfiniteTimeSpan };

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_drip_ends_with_the_call_s_time(bool answers)
    {
        var clock = new FakeTimeProvider();
        var dripping = new TaskCompletionSource();
        using var server = new RawServer(async (_, stream) =>
        {
            if (answers) await stream.WriteAsync("HTTP/1.1 200 OK\r\n\r\nx"u8.ToArray());
            dripping.TrySetResult();
            await stream.ReadAtLeastAsync(new byte[1], 1, throwOnEndOfStream: false);
        });
        using var web = Web.Before(server);
        web.Clock = clock;
        var sending = web.SendAsync("http://a.test/", timeout: TimeSpan.FromSeconds(5));
        // The negative control waits for an end of its own accord; a limit for the headers alone would not help it once they are there.
        using var naive = Naive();
        using var hangUp = new CancellationTokenSource();
        var waiting = naive.GetStringAsync($"http://127.0.0.1:{server.Port}/", hangUp.Token);
        await dripping.Task;
        clock.Advance(TimeSpan.FromSeconds(6));
        var refusal = await Assert.ThrowsAsync<ToolException>(() => sending);
        Assert.Equal((ToolErrorCodes.Timeout, true), (refusal.Code, refusal.Retryable));
        Assert.Contains("timeout_ms", refusal.Message, StringComparison.Ordinal);
        Assert.False(waiting.IsCompleted);
        await hangUp.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
    }

    [Fact]
    public async Task A_silent_server_ends_before_a_long_call_does()
    {
        var clock = new FakeTimeProvider();
        var asked = new TaskCompletionSource();
        using var server = new RawServer(async (_, stream) =>
        {
            asked.TrySetResult();
            await stream.ReadAtLeastAsync(new byte[1], 1, throwOnEndOfStream: false);
        });
        using var web = Web.Before(server);
        web.Clock = clock;
        var sending = web.SendAsync("http://a.test/", timeout: TimeSpan.FromMinutes(5));
        await asked.Task;
        clock.Advance(web.Limits.Idle);
        Assert.Contains("sent nothing", (await Assert.ThrowsAsync<ToolException>(() => sending)).Message, StringComparison.Ordinal);
    }

    static byte[] Compressed(string encoding, int zeros)
    {
        using var bytes = new MemoryStream();
        using (Stream stream = encoding switch
        {
            "gzip" => new GZipStream(bytes, CompressionLevel.Fastest),
            "deflate" => new ZLibStream(bytes, CompressionLevel.Fastest),
            _ => new BrotliStream(bytes, CompressionLevel.Fastest),
        })
        {
            var block = new byte[1024 * 1024];
            for (var i = 0; i < zeros; i += block.Length) stream.Write(block);
        }
        return bytes.ToArray();
    }

    static async Task SendAsync(Stream stream, string headers, byte[] body)
    {
        await stream.WriteAsync(Encoding.ASCII.GetBytes($"HTTP/1.1 200 OK\r\nConnection: close\r\n{headers}\r\n"));
        await stream.WriteAsync(body);
    }
}
