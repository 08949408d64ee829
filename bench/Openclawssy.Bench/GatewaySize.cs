using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Openclawssy.Index;
using Openclawssy.Runtime.Records;
using Openclawssy.Runtime.Storage;
using Openclawssy.Runtime.Text;
using Openclawssy.Runtime.Toolkit;

namespace Openclawssy.Bench;

/// <summary>The gateway with much to hold: a list of very many runs, very many streams that are open at once.</summary>
static class GatewaySize
{
    /// <summary>Lines of an index alone, without journals: it takes the machine's present start for one at which they were looked for.</summary>
    public static async Task FillIndexAsync(string place, int runs)
    {
        var world = new World(TimeProvider.System, static _ => null, (where, problem) => throw new InvalidOperationException(where, problem), _ => null);
        var state = StateFolder.Open(place);
        using var index = new RunIndex(new(state, null), new RunArchive(state.Path), world.Boot(), world.Clock, problem => throw new InvalidOperationException("the index", problem));
        await index.ListAsync(new(), 1, 0, default);
        var (agent, began) = (AgentId.Parse("default"), DateTimeOffset.UnixEpoch.AddDays(20_000));
        for (var i = 0; i < runs; i++)
        {
            var at = began.AddSeconds(i);
            index.Put(new(RunId.Parse($"run_{at.ToUnixTimeMilliseconds()}_{i:x10}"), agent, "http", null, i % 10 == 0 ? "failed" : "completed", null, at, at, 20, 1, 2, 100, 20, 120, null,
                "generic", "instant", $"message {i}", null, "gone", 6));
        }
        await index.ListAsync(new(), 1, 0, default);
    }

    /// <summary>A page of the list, as a client on an open connection gets it: milliseconds, the median.</summary>
    public static double Page(int port, string token, string query)
    {
        using var socket = Connected(port);
        var request = Encoding.ASCII.GetBytes($"GET /v1/runs?{query} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nAuthorization: Bearer {token}\r\n\r\n");
        var buffer = new byte[1024 * 1024];
        return Child.Median(51, () =>
        {
            var asked = Stopwatch.GetTimestamp();
            socket.Send(request);
            var have = 0;
            do have += socket.Receive(buffer, have, buffer.Length - have, SocketFlags.None);
            while (Raw.HeadEnd(buffer.AsSpan(0, have)) is var end && (end <= 0 || have < end + Raw.ContentLength(buffer.AsSpan(0, end))));
            return Stopwatch.GetElapsedTime(asked);
        }).TotalMilliseconds;
    }

    /// <summary>Streams of one run's events, each with its first events received and nothing more to come.</summary>
    public static List<Socket> OpenStreams(int port, string token, int streams)
    {
        using var asking = Connected(port);
        const string body = """{"agent_id":"default","message":"wait"}""";
        asking.Send(Encoding.ASCII.GetBytes($"POST /v1/runs HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nAuthorization: Bearer {token}\r\nContent-Type: application/json\r\nContent-Length: {body.Length}\r\n\r\n{body}"));
        var buffer = new byte[64 * 1024];
        var answer = Encoding.ASCII.GetString(buffer, 0, asking.Receive(buffer));
        var run = answer[(answer.IndexOf("\"id\":\"", StringComparison.Ordinal) + 6)..].Split('"')[0];
        var request = Encoding.ASCII.GetBytes($"GET /v1/runs/events/{run} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nAuthorization: Bearer {token}\r\n\r\n");
        var open = Enumerable.Range(0, streams).Select(_ => Connected(port)).ToList();
        foreach (var stream in open) stream.Send(request);
        foreach (var stream in open)
            for (var text = ""; !text.Contains("event: status", StringComparison.Ordinal);) text += Encoding.ASCII.GetString(buffer, 0, stream.Receive(buffer));
        return open;
    }

    static Socket Connected(int port)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        socket.Connect(IPAddress.Loopback, port);
        return socket;
    }
}
