using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Openclawssy.Tests.Gateway;

/// <summary>Bytes to a server and bytes back, as somebody sends them who follows no rules.</summary>
static class RawHttp
{
    /// <summary>How long nothing may come before it is taken that nothing will: only who sent half a request meets it.</summary>
    static readonly TimeSpan patience = TimeSpan.FromSeconds(2);

    /// <summary>Sends it all and reads until the server closes, or has given so many whole answers.</summary>
    public static async Task<IReadOnlyList<RawAnswer>> SendAsync(int port, ReadOnlyMemory<byte> bytes, int answers = int.MaxValue)
    {
        using var socket = await ConnectAsync(port);
        try { await socket.SendAsync(bytes); }
        // Refused while it was still sent; the answer may have come before.
        catch (SocketException) { }
        return await ReadAsync(socket, answers);
    }

    public static Task<IReadOnlyList<RawAnswer>> SendAsync(int port, string text, int answers = int.MaxValue) => SendAsync(port, Encoding.Latin1.GetBytes(text), answers);

    /// <summary>The one answer to one request.</summary>
    public static async Task<RawAnswer> AskAsync(int port, string text) =>
        await SendAsync(port, text, 1) is [var answer] ? answer : throw new InvalidOperationException($"no answer to {text}");

    public static async Task<Socket> ConnectAsync(int port)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(IPAddress.Loopback, port);
        return socket;
    }

    public static async Task<IReadOnlyList<RawAnswer>> ReadAsync(Socket socket, int answers = int.MaxValue)
    {
        var all = new MemoryStream();
        var buffer = new byte[16 * 1024];
        try
        {
            while (await socket.ReceiveAsync(buffer).WaitAsync(patience) is > 0 and var count)
            {
                all.Write(buffer, 0, count);
                if (answers < int.MaxValue && Answers(Text()) is var so && so.Count >= answers && so[^1].IsWhole) break;
            }
        }
        catch (Exception ended) when (ended is SocketException or TimeoutException) { }
        return Answers(Text());

        string Text() => Encoding.Latin1.GetString(all.ToArray());
    }

    /// <summary>The answers in it, one after the other.</summary>
    public static IReadOnlyList<RawAnswer> Answers(string text)
    {
        List<RawAnswer> answers = [];
        while (text.StartsWith("HTTP/1.1 ", StringComparison.Ordinal) && text.IndexOf("\r\n\r\n", StringComparison.Ordinal) is >= 0 and var end)
        {
            var head = text[..end];
            var rest = text[(end + 4)..];
            var length = head.Split("\r\n").Select(line => line.Split(": ", 2)).Where(line => line[0].Equals("Content-Length", StringComparison.OrdinalIgnoreCase)).Select(line => int.Parse(line[1], System.Globalization.CultureInfo.InvariantCulture)).FirstOrDefault();
            var status = int.Parse(head.AsSpan(9, 3), System.Globalization.CultureInfo.InvariantCulture);
            answers.Add(new(status, head, rest[..Math.Min(length, rest.Length)]) { IsWhole = rest.Length >= length });
            text = rest[Math.Min(length, rest.Length)..];
        }
        return answers;
    }
}

/// <summary>One answer as it came.</summary>
sealed record RawAnswer(int Status, string Head, string Body)
{
    public bool IsWhole { get; init; } = true;

    public string? Header(string name) => Head.Split("\r\n").Skip(1).Select(line => line.Split(": ", 2)).Where(line => line[0].Equals(name, StringComparison.OrdinalIgnoreCase)).Select(line => line[1]).FirstOrDefault();
}
