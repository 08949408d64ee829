using System.Text;
using Openclawssy.Tests.Sandboxes;
using Xunit;
using static Openclawssy.Tests.Egress.ProxyWords;

namespace Openclawssy.Tests.Egress;

/// <summary>Plain requests of a command: one each, framed anew in both directions.</summary>
public sealed class ProxyExchangeTests
{
    [Fact]
    public async Task A_server_hears_one_request_for_its_own_name_and_nothing_of_the_proxy()
    {
        using var server = new RawServer(_ => RawServer.Ok("answer", "Set-Cookie: a=b\r\nProxy-Authenticate: Basic\r\nX-Own: 1\r\n"));
        using var network = new TestNetwork(Rules, Names, new Switchboard(server.Port));
        var answer = await ProxyCaller.AskAsync(network,
            "GET http://a.test/page?q=%20x HTTP/1.1\r\nHost: evil.test\r\nAuthorization: Bearer mine\r\nProxy-Authorization: Basic eA==\r\nProxy-Connection: keep-alive\r\nConnection: keep-alive, X-Hop\r\nX-Hop: secret\r\n"
            + "X-Kept: yes\r\nUpgrade: h2c\r\n\r\nGET http://a.test/second HTTP/1.1\r\nHost: evil.test\r\n\r\n");
        var heard = Assert.Single(server.Requests);
        Assert.Equal(["GET /page?q=%20x HTTP/1.1", "Authorization: Bearer mine", "X-Kept: yes", "Host: a.test"], heard.Split("\r\n", StringSplitOptions.RemoveEmptyEntries).OrderBy(line => line[0] is 'G' ? 0 : line[0] is 'A' ? 1 : line[0] is 'X' ? 2 : 3));
        Assert.StartsWith("HTTP/1.1 200 OK\r\n", answer, StringComparison.Ordinal);
        Assert.Contains("X-Own: 1\r\n", answer, StringComparison.Ordinal);
        Assert.Contains("Set-Cookie: a=b\r\n", answer, StringComparison.Ordinal);
        Assert.DoesNotContain("Proxy-Authenticate", answer, StringComparison.Ordinal);
        Assert.EndsWith("Content-Length: 6\r\nConnection: close\r\n\r\nanswer", answer, StringComparison.Ordinal);
        Assert.Equal(1, server.Visitors);
    }

    [Fact]
    public async Task A_body_is_carried_both_ways_and_counted()
    {
        using var server = new RawServer(async (_, stream) =>
        {
            var body = new byte[5];
            await stream.ReadExactlyAsync(body);
            await stream.WriteAsync(Encoding.ASCII.GetBytes($"HTTP/1.1 201 Made\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n3\r\ngot\r\n6\r\n {Encoding.ASCII.GetString(body)}\r\n0\r\n\r\n"));
        });
        using var network = new TestNetwork(Rules, Names, new Switchboard(server.Port));
        await using var caller = ProxyCaller.To(network);
        await caller.SayAsync("POST http://a.test/ HTTP/1.1\r\nContent-Type: text/plain\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n");
        Assert.Equal("HTTP/1.1 100 Continue\r\n\r\n", await caller.HearAsync(25));
        await caller.SayAsync("hello");
        var answer = await caller.RestAsync();
        Assert.StartsWith("HTTP/1.1 201 Made\r\nTransfer-Encoding: chunked\r\n", answer, StringComparison.Ordinal);
        Assert.EndsWith("\r\n0\r\n\r\n", answer, StringComparison.Ordinal);
        Assert.Contains("Content-Length: 5", Assert.Single(server.Requests), StringComparison.Ordinal);
        Assert.Contains("Content-Type: text/plain", server.Requests[0], StringComparison.Ordinal);
        await caller.Served;
        Assert.Equal("http://a.test:80: ended (sent 5 bytes, received 9)", Assert.Single(network.Seen));
    }

    [Theory]
    [InlineData("HEAD http://a.test/ HTTP/1.1\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 9\r\nConnection: close\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 9\r\nConnection: close\r\n\r\n")]
    [InlineData("GET http://a.test/ HTTP/1.1\r\n\r\n", "HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n", "HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n")]
    [InlineData("GET http://a.test/ HTTP/1.0\r\n\r\n", "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nto the end", "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nto the end")]
    [InlineData("GET http://a.test/ HTTP/1.1\r\n\r\n", "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nto the end", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\na\r\nto the end\r\n0\r\n\r\n")]
    [InlineData("GET http://a.test/ HTTP/1.1\r\n\r\n", "HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1/\r\nContent-Length: 0\r\nConnection: close\r\n\r\n", "HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1/\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")]
    [InlineData("GET http://a.test/ HTTP/1.1\r\n\r\n", "not HTTP at all\r\n\r\n", "HTTP/1.1 502 Bad Gateway\r\n")]
    public async Task Answers_are_framed_anew(string request, string answer, string expected)
    {
        using var server = new RawServer(_ => answer);
        using var network = new TestNetwork(Rules, Names, new Switchboard(server.Port));
        var got = await ProxyCaller.AskAsync(network, request);
        if (expected.EndsWith("Gateway\r\n", StringComparison.Ordinal)) Assert.StartsWith(expected, got, StringComparison.Ordinal);
        else Assert.Equal(expected, got);
    }

    [Fact]
    public async Task An_answer_that_breaks_off_is_not_passed_on_as_whole()
    {
        using var server = new RawServer(_ => "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n");
        using var network = new TestNetwork(Rules, Names, new Switchboard(server.Port));
        Assert.DoesNotContain("0\r\n\r\n", await ProxyCaller.AskAsync(network, Get("http://a.test/")), StringComparison.Ordinal);
        Assert.Contains("cut", Assert.Single(network.Seen), StringComparison.Ordinal);
    }
}
