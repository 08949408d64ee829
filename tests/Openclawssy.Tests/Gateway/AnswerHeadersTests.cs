using Xunit;

namespace Openclawssy.Tests.Gateway;

/// <summary>
/// What every answer carries. The server's own refusals of what is no request at all (400, 408, 431) come before any of ours and have
/// no body a page could be made of; they say nothing of the server.
/// </summary>
public sealed class AnswerHeadersTests
{
    [Fact]
    public async Task Every_answer_carries_them_good_or_bad()
    {
        await using var house = await GatewayHouse.OpenAsync();
        var port = house.Serving.Address.Port;
        var targets = (await KnownRoute.AllAsync(house)).Select(route => (route.Method, route.Path)).Concat([("GET", "/nothing"), ("PUT", "/v1/runs"), ("GET", "/v1//runs"), ("HEAD", "/healthz")]);
        foreach (var (method, path) in targets)
            foreach (var head in new[] { $"Host: 127.0.0.1:{port}\r\nAuthorization: Bearer {GatewayHouse.Token}\r\n", $"Host: 127.0.0.1:{port}\r\n", "Host: evil.test\r\n", $"Host: 127.0.0.1:{port}\r\nOrigin: null\r\n" })
            {
                var answer = await RawHttp.AskAsync(port, $"{method} {path} HTTP/1.1\r\n{head}Connection: close\r\n\r\n");
                var what = $"{method} {path} {head} {answer.Head}";
                Assert.True(answer.Header("Content-Security-Policy")?.StartsWith("default-src 'none'", StringComparison.Ordinal), what);
                Assert.True((answer.Header("X-Content-Type-Options"), answer.Header("X-Frame-Options"), answer.Header("Referrer-Policy")) == ("nosniff", "DENY", "no-referrer"), what);
                Assert.True((answer.Header("Cross-Origin-Opener-Policy"), answer.Header("Cross-Origin-Resource-Policy")) == ("same-origin", "same-origin"), what);
                Assert.True(answer.Header("Cache-Control")?.Contains("no-store", StringComparison.Ordinal), what);
                Assert.True(answer.Header("Server") is null && answer.Header("X-Powered-By") is null && answer.Header("Access-Control-Allow-Origin") is null, what);
            }
    }

    [Theory]
    [InlineData("nonsense\r\n\r\n")]
    [InlineData("GET /v1/runs HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n")]
    [InlineData("GET /v1/runs HTTP/1.1\r\nHost: a\r\nContent-Length: +3\r\n\r\nabc")]
    public async Task The_server_itself_refuses_without_a_body_and_without_its_name(string text)
    {
        await using var house = await GatewayHouse.OpenAsync();
        var answer = await RawHttp.AskAsync(house.Serving.Address.Port, text);
        Assert.Equal((400, "", "close"), (answer.Status, answer.Body, answer.Header("Connection")));
        Assert.Null(answer.Header("Server"));
    }
}
