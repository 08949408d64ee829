using System.Net.Sockets;
using System.Text;
using Xunit;

namespace Openclawssy.Tests.Gateway;

/// <summary>Too much of something (S26): refused before it is read, and everybody else is answered meanwhile.</summary>
public sealed class OversizeTests
{
    static string Head(int port, string method, string path, string headers) =>
        $"{method} {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nAuthorization: Bearer {GatewayHouse.Token}\r\nContent-Type: application/json\r\n{headers}\r\n";

    [Fact]
    public async Task Two_hundred_connections_that_never_finish_a_request_hold_nobody_up()
    {
        await using var house = await GatewayHouse.OpenAsync();
        var port = house.Serving.Address.Port;
        await using var naive = await NaiveGateway.StartAsync();
        var slow = new List<Socket>();
        try
        {
            for (var i = 0; i < 200; i++) slow.Add(await UnfinishedAsync(port, i));
            var (ours, held) = (slow.Count, new List<Task<int>>());
            for (var i = 0; i < 3; i++)
            {
                slow.Add(await UnfinishedAsync(naive.Port, i));
                held.Add(slow[^1].ReceiveAsync(new byte[1]));
            }
            for (var i = 0; i < 100; i++) Assert.Equal(200, (await house.GetAsync("/v1/runs")).Status);
            house.Model.Answers(Openclawssy.TestKit.FakeAnswer.Says("still here"));
            Assert.Equal("still here", (await house.EndOfAsync(await house.AskAsync("hi")))["output"]!.GetValue<string>());
            // Each is ended by the server, without another byte from us; the answer, if there is one, is a refusal.
            foreach (var socket in slow.Take(ours))
            {
                var buffer = new byte[4096];
                int count;
                try { count = await socket.ReceiveAsync(buffer); }
                catch (SocketException) { continue; }
                if (count > 0) Assert.Matches("^HTTP/1.1 4(00|08)", Encoding.Latin1.GetString(buffer, 0, count));
            }
            // The control holds on to each of them, whatever it has not got.
            Assert.All(held, one => Assert.False(one.IsCompleted));
        }
        finally { slow.ForEach(socket => socket.Dispose()); }
        Assert.Equal(1, (await house.GetAsync("/v1/runs")).Body!["total"]!.GetValue<int>());
    }

    // A third stop in the request line, a third in the headers, a third in the body.
    static async Task<Socket> UnfinishedAsync(int port, int which)
    {
        var socket = await RawHttp.ConnectAsync(port);
        await socket.SendAsync(Encoding.Latin1.GetBytes((which % 3) switch
        {
            0 => "GET /v1/ru",
            1 => $"POST /v1/runs HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nX-A: ",
            _ => Head(port, "POST", "/v1/runs", "Content-Length: 60000\r\n") + "{",
        }));
        return socket;
    }

    // What is too long by our measure is taken in by a gateway that has the framework's, or none.
    [Fact]
    public async Task A_gateway_that_takes_in_too_much_is_caught()
    {
        await using var naive = await NaiveGateway.StartAsync();
        var route = new KnownRoute("POST", "/v1/runs", IsPublic: false, TakesBody: true, new System.Text.Json.Nodes.JsonObject());
        Assert.Equal(0, await AnnouncedAsync(naive.Port, route));
        Assert.Equal(200, (await RawHttp.AskAsync(naive.Port, Head(naive.Port, "POST", "/v1/runs", $"Content-Length: {TooLong.Length}\r\n") + TooLong)).Status);
        Assert.NotEmpty(await NotRefusedAsync(naive.Port));
        foreach (var deep in Deep)
            Assert.Equal(200, (await RawHttp.AskAsync(naive.Port, Head(naive.Port, "POST", "/v1/runs", $"Content-Length: {deep.Length}\r\n") + deep)).Status);
    }

    [Fact]
    public async Task A_body_longer_than_its_route_takes_is_refused_by_its_announcement_or_when_it_gets_too_long()
    {
        await using var house = await GatewayHouse.OpenAsync();
        var port = house.Serving.Address.Port;
        foreach (var route in (await KnownRoute.AllAsync(house)).Where(route => route.TakesBody))
        {
            // Announced: not a byte of it is sent.
            Assert.Equal(413, await AnnouncedAsync(port, route));
            // Not announced, and without end.
            Assert.Equal(413, await EndlessAsync(port, route));
        }
        Assert.Equal((413, "request.too_large"), Of(await house.PostAsync("/api/admin/agents", TooLong)));

        static (int, string?) Of((int Status, System.Text.Json.Nodes.JsonNode? Body) answer) => (answer.Status, answer.Body?["error"]?["code"]?.GetValue<string>());
    }

    static readonly string TooLong = "{\"agent_id\":\"" + new string('a', 70 * 1024) + "\"}";

    /// <returns>0 where the body is waited for.</returns>
    static async Task<int> AnnouncedAsync(int port, KnownRoute route) =>
        await RawHttp.SendAsync(port, Head(port, route.Method, route.Path, "Content-Length: 2000000\r\n"), 1) is [var answer] ? answer.Status : 0;

    static async Task<int> EndlessAsync(int port, KnownRoute route)
    {
        using var socket = await RawHttp.ConnectAsync(port);
        await socket.SendAsync(Encoding.Latin1.GetBytes(Head(port, route.Method, route.Path, "Transfer-Encoding: chunked\r\n")));
        var chunk = Encoding.Latin1.GetBytes("8000\r\n" + new string(' ', 0x8000) + "\r\n");
        // Sent until nobody takes it any more; a server that takes it all is found by the bound.
        var sending = Task.Run(async () =>
        {
            try
            {
                for (var i = 0; i < 1000; i++) await socket.SendAsync(chunk);
                return 1000;
            }
            catch (SocketException) { return 0; }
        });
        var answers = await RawHttp.ReadAsync(socket, 1);
        var status = answers is [var answer, ..] ? answer.Status : 0;
        socket.Dispose();
        try { await sending; }
        catch (ObjectDisposedException) { }
        return status;
    }

    [Fact]
    public async Task Too_many_headers_too_long_ones_and_too_long_addresses_are_refused()
    {
        await using var house = await GatewayHouse.OpenAsync();
        Assert.Empty(await NotRefusedAsync(house.Serving.Address.Port));
        Assert.Equal(200, (await house.GetAsync("/v1/runs")).Status);
    }

    /// <returns>What each of them was answered that was not refused as it must be.</returns>
    static async Task<IReadOnlyList<(int Due, int Status)>> NotRefusedAsync(int port)
    {
        var wrong = new List<(int, int)>();
        foreach (var (request, status) in new[]
        {
            (Head(port, "GET", "/v1/runs", string.Concat(Enumerable.Range(0, 10_000).Select(i => $"X-{i}: y\r\n"))), 431),
            (Head(port, "GET", "/v1/runs", string.Concat(Enumerable.Range(0, 51).Select(i => $"X-{i}: y\r\n"))), 431),
            (Head(port, "GET", "/v1/runs", $"X: {new string('y', 17 * 1024)}\r\n"), 431),
            (Head(port, "GET", "/v1/runs?status=" + new string('y', 3000), ""), 414),
            (Head(port, "GET", "/" + new string('y', 5000), ""), 414),
            ("GET /v1/runs HTTP/1.1\r\nHost: 127.0.0.1:" + port + "\r\nAuthorization: Bearer " + new string('y', 600) + "\r\n\r\n", 401),
        })
            if ((await RawHttp.AskAsync(port, request)).Status is var answered && answered != status) wrong.Add((status, answered));
        return wrong;
    }

    static readonly string[] Deep =
    [
        string.Concat(Enumerable.Repeat("[", 10_000)), string.Concat(Enumerable.Repeat("{\"a\":", 10_000)),
        "{\"model\":" + string.Concat(Enumerable.Repeat("[", 10_000)) + string.Concat(Enumerable.Repeat("]", 10_000)) + "}",
    ];

    [Fact]
    public async Task Deep_JSON_is_refused_on_every_route()
    {
        await using var house = await GatewayHouse.OpenAsync();
        foreach (var deep in Deep)
            foreach (var route in (await KnownRoute.AllAsync(house)).Where(route => route.TakesBody))
            {
                var (status, body) = await house.SendAsync(new(route.Method), route.Path, deep);
                Assert.Equal((400, "request.invalid_json"), (status, body!["error"]!["code"]!.GetValue<string>()));
            }
        Assert.Empty(house.Reported);
    }
}
