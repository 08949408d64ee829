using Xunit;

namespace Openclawssy.Tests.Gateway;

/// <summary>
/// What a page of another site, or a name that was made to stand for our address, can send (S23). All of it carries the right
/// token, which such a page does not have: so what refuses is the origin alone.
/// </summary>
public sealed class CrossSiteTests
{
    const string Json = """{"agent_id":"default","message":"hi","user_id":"me","name":"a.b","value":"12345678","content":"x","capability":"time.now","action":"grant"}""";

    /// <summary>A request another site could cause, by name.</summary>
    /// <param name="Statuses">What refuses it.</param>
    sealed record Attempt(string Name, string Host, string Headers, string ContentType, int[] Statuses, bool OnlyWhereItActs = false);

    static IEnumerable<Attempt> Attempts(int port)
    {
        var own = $"127.0.0.1:{port}";
        foreach (var host in new[] { "evil.test", $"evil.test:{port}", "127.0.0.1", $"127.0.0.1:{port + 1}", $"127.0.0.1.evil.test:{port}", $"localhost.:{port}", $"0.0.0.0:{port}", $"127.1:{port}", $"2130706433:{port}", $"evil@127.0.0.1:{port}" })
            yield return new($"host {host}", host, "", "application/json", [400, 421]);
        foreach (var origin in new[] { "null", "http://evil.test", $"https://{own}", "http://127.0.0.1", $"http://127.0.0.1:{port + 1}", $"http://{own}.evil.test", $"http://{own}/", "file://", "" })
            yield return new($"origin {origin}", own, $"Origin: {origin}\r\n", "application/json", [403]);
        yield return new("two origins", own, $"Origin: http://{own}\r\nOrigin: http://evil.test\r\n", "application/json", [400, 403]);
        foreach (var site in new[] { "cross-site", "same-site", "", "Same-Origin" })
        {
            yield return new($"site {site}", own, $"Sec-Fetch-Site: {site}\r\n", "application/json", [403]);
            yield return new($"embedded by {site}", own, $"Sec-Fetch-Site: {site}\r\nSec-Fetch-Mode: navigate\r\nSec-Fetch-Dest: iframe\r\n", "application/json", [403]);
            yield return new($"fetched by {site}", own, $"Sec-Fetch-Site: {site}\r\nSec-Fetch-Mode: no-cors\r\nSec-Fetch-Dest: empty\r\n", "application/json", [403]);
        }
        foreach (var type in new[] { "text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "text/plain; a=application/json", "application/jsonp", "application/json, text/plain" })
            yield return new($"type {type}", own, "", type, [415], OnlyWhereItActs: true);
        yield return new("a socket", own, "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n", "application/json", [400, 403]);
        yield return new("a socket of a page", own, "Origin: http://evil.test\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n", "application/json", [400, 403]);
        yield return new("a stream of a page", own, "Origin: http://evil.test\r\nAccept: text/event-stream\r\nSec-Fetch-Site: cross-site\r\nSec-Fetch-Mode: cors\r\n", "application/json", [403]);
        yield return new("a question before", own, "Origin: http://evil.test\r\nAccess-Control-Request-Method: POST\r\nAccess-Control-Request-Headers: authorization\r\n", "application/json", [403]);
    }

    static async Task<List<string>> LetThroughAsync(int port, IEnumerable<(string Method, string Path)> routes)
    {
        List<string> found = [];
        foreach (var (method, path) in routes)
            foreach (var attempt in Attempts(port))
            {
                if (attempt.OnlyWhereItActs && method is "GET" or "OPTIONS" or "CONNECT") continue;
                var answers = await RawHttp.SendAsync(port,
                    $"{method} {path} HTTP/1.1\r\nHost: {attempt.Host}\r\nAuthorization: Bearer {GatewayHouse.Token}\r\n{attempt.Headers}Content-Type: {attempt.ContentType}\r\nContent-Length: {Json.Length}\r\n\r\n{Json}", 1);
                if (answers is not [var answer] || !attempt.Statuses.Contains(answer.Status)) found.Add($"{method} {path}: {attempt.Name}: {string.Join(",", answers.Select(one => one.Status))}");
                else if (answer.Header("Access-Control-Allow-Origin") is not null) found.Add($"{method} {path}: {attempt.Name} may read the answer");
            }
        return found;
    }

    [Fact]
    public async Task Every_route_refuses_what_comes_from_elsewhere_and_nothing_happens()
    {
        await using var house = await GatewayHouse.OpenAsync(""" "chat": {"allow_users": ["me"]} """);
        var routes = (await KnownRoute.AllAsync(house)).Select(route => (route.Method, route.Path)).ToList();
        var before = Traces.Of(house);
        Assert.Empty(await LetThroughAsync(house.Serving.Address.Port, [.. routes, ("OPTIONS", "/v1/runs"), ("CONNECT", "/v1/runs"), ("POST", "/v1/runs/run_1/cancel")]));
        Assert.Equal(before, Traces.Of(house));
        Assert.Equal(0, (await house.GetAsync("/v1/runs")).Body!["total"]!.GetValue<int>());
    }

    [Fact]
    public async Task Who_believes_the_token_wherever_it_comes_from_is_caught()
    {
        await using var naive = await NaiveGateway.StartAsync();
        var found = await LetThroughAsync(naive.Port, [("POST", "/v1/runs")]);
        foreach (var kind in new[] { "host evil.test", "origin null", "site cross-site", "type text/plain", "a socket" }) Assert.Contains(found, one => one.Contains(kind, StringComparison.Ordinal));
        Assert.True(naive.Handled > 0);
    }

    // The same doors let in whom they should: else a server that refuses everything would pass.
    [Theory]
    [InlineData("")]
    [InlineData("Origin: http://127.0.0.1:PORT\r\n")]
    [InlineData("Origin: http://localhost:PORT\r\n")]
    [InlineData("Sec-Fetch-Site: same-origin\r\nOrigin: http://127.0.0.1:PORT\r\n")]
    [InlineData("Sec-Fetch-Site: none\r\n")]
    [InlineData("Sec-Fetch-Site: cross-site\r\nSec-Fetch-Mode: navigate\r\nSec-Fetch-Dest: document\r\n")]
    [InlineData("Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAAP__\r\n")]
    public async Task Its_own_pages_and_programs_come_in(string headers)
    {
        await using var house = await GatewayHouse.OpenAsync();
        var port = house.Serving.Address.Port;
        foreach (var host in new[] { "127.0.0.1", "localhost", "LOCALHOST", "[::1]" })
            Assert.Equal(200, (await RawHttp.AskAsync(port,
                $"GET /v1/runs HTTP/1.1\r\nHost: {host}:{port}\r\nAuthorization: Bearer {GatewayHouse.Token}\r\n{headers.Replace("PORT", $"{port}", StringComparison.Ordinal)}\r\n")).Status);
    }
}
