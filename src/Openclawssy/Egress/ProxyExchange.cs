using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace Openclawssy.Egress;

/// <summary>
/// One plain request of a command and its answer. Both are framed anew by the client that sends it, so a server hears exactly one request,
/// for the host that was allowed, whatever the command put behind it.
/// </summary>
sealed class ProxyExchange(EgressClient client, ProxyTraffic traffic, Silence silence)
{
    public async Task RunAsync(ProxyRequest asked, Destination to, ProxyInput input, Stream output)
    {
        using var request = Request(asked);
        silence.Start();
        if (asked.WaitsForGo && asked.Length > 0) await output.WriteAsync("HTTP/1.1 100 Continue\r\n\r\n"u8.ToArray(), silence.Token);
        if (asked.Length > 0) request.Content = BodyOf(asked, input);
        HttpResponseMessage response;
        try { response = await client.SendAsync(request, to, silence.Token); }
        catch (HttpRequestException failed) { throw new ProxyRefusal(502, failed.InnerException is SocketException socket ? CommandProxy.What(socket, to) : $"{to.Host} gave no answer that could be read"); }
        catch (OperationCanceledException) when (silence.HasFired) { throw new ProxyRefusal(504, $"{to.Host} said nothing for too long"); }
        catch (OperationCanceledException) when (!silence.Token.IsCancellationRequested) { throw new ProxyRefusal(504, $"no connection to {to.Host} within {EgressClient.ConnectTimeout.TotalSeconds:0} s"); }
        using (response) await AnswerAsync(asked, response, output);
    }

    static HttpRequestMessage Request(ProxyRequest asked)
    {
        var request = new HttpRequestMessage(new HttpMethod(asked.Method), asked.Target);
        foreach (var (name, value) in asked.Headers) request.Headers.TryAddWithoutValidation(name, value);
        return request;
    }

    StreamContent BodyOf(ProxyRequest asked, ProxyInput input)
    {
        var content = new StreamContent(new Part(input, asked.Length, traffic, silence));
        content.Headers.ContentLength = asked.Length;
        foreach (var (name, value) in asked.Headers)
            if (name.StartsWith("Content-", StringComparison.OrdinalIgnoreCase)) content.Headers.TryAddWithoutValidation(name, value);
        return content;
    }

    async Task AnswerAsync(ProxyRequest asked, HttpResponseMessage response, Stream output)
    {
        var hasBody = asked.Method != "HEAD" && (int)response.StatusCode is not (204 or 304);
        var length = response.Content.Headers.ContentLength;
        var inChunks = hasBody && length is null && !asked.IsOld;
        var head = new StringBuilder($"HTTP/1.1 {(int)response.StatusCode} {Phrase(response)}\r\n");
        var own = response.Headers.NonValidated.TryGetValues("Connection", out var connection) ? connection.SelectMany(value => value.Split(',', StringSplitOptions.TrimEntries)).ToHashSet(StringComparer.OrdinalIgnoreCase) : [];
        foreach (var (name, values) in response.Headers.NonValidated.Concat(response.Content.Headers.NonValidated))
            if (!ProxyRequest.OfTheConnection.Contains(name) && !own.Contains(name) && !name.Equals("Content-Length", StringComparison.OrdinalIgnoreCase))
                foreach (var value in values) head.Append(name).Append(": ").Append(value).Append("\r\n");
        if (length is { } known) head.Append(CultureInfo.InvariantCulture, $"Content-Length: {known}\r\n");
        else if (inChunks) head.Append("Transfer-Encoding: chunked\r\n");
        head.Append("Connection: close\r\n\r\n");
        await output.WriteAsync(Encoding.Latin1.GetBytes(head.ToString()), silence.Token);
        if (hasBody) await BodyAsync(response, output, inChunks);
        ProxyTraffic.EndOf(output);
    }

    async Task BodyAsync(HttpResponseMessage response, Stream output, bool inChunks)
    {
        await using var body = await response.Content.ReadAsStreamAsync(silence.Token);
        var buffer = new byte[16 * 1024];
        while (true)
        {
            silence.Start();
            // A body that breaks off throws here, and the command sees an answer without its end.
            var length = await body.ReadAsync(buffer, silence.Token);
            if (inChunks) await output.WriteAsync(Encoding.ASCII.GetBytes($"{length:x}\r\n"), silence.Token);
            await output.WriteAsync(buffer.AsMemory(0, length), silence.Token);
            if (inChunks) await output.WriteAsync("\r\n"u8.ToArray(), silence.Token);
            if (length == 0) return;
            traffic.CountReceived(length);
        }
    }

    static string Phrase(HttpResponseMessage response) => response.ReasonPhrase is { } said && !said.AsSpan().ContainsAnyExceptInRange(' ', '~') ? said : "";

    /// <summary>So many bytes of what the command sends, and then the end.</summary>
    sealed class Part(ProxyInput input, long length, ProxyTraffic traffic, Silence silence) : ReadingStream
    {
        long left = length;

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            if (left == 0 || buffer.Length == 0) return 0;
            silence.Start();
            var read = await input.ReadAsync(buffer[..(int)Math.Min(buffer.Length, left)], silence.Token);
            if (read == 0) throw new IOException("the command sent less than it said");
            left -= read;
            traffic.CountSent(read);
            return read;
        }
    }
}
