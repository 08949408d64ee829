using System.Net;
using Microsoft.Extensions.Time.Testing;
using Openclawssy.Egress;
using Openclawssy.Runtime.Config;
using Openclawssy.TestKit;
using Openclawssy.Tests.Sandboxes;
using Xunit;
using static Openclawssy.Tests.Egress.ProxyWords;

namespace Openclawssy.Tests.Egress;

/// <summary>What a command may say to its proxy, and what comes of it. Every server here is real; names and the dialer are the test's.</summary>
public sealed class CommandProxyTests
{
    [Theory]
    // A host that ends where another begins: cut at NUL by a resolver, at a line end by a parser.
    [InlineData("CONNECT evil.test\0.a.test:443 HTTP/1.1\r\n\r\n")]
    [InlineData("CONNECT a.test\0:443 HTTP/1.1\r\n\r\n")]
    [InlineData("CONNECT a.test:443\r\n.evil.test HTTP/1.1\r\n\r\n")]
    [InlineData("CONNECT a.test:443 HTTP/1.1\nHost: evil.test\r\n\r\n")]
    [InlineData("CONNECT a.test:443 HTTP/1.1\r\nX: a\rHost: evil.test\r\n\r\n")]
    [InlineData("CONNECT a.test:443\tHTTP/1.1\r\n\r\n")]
    [InlineData("CONNECT  a.test:443 HTTP/1.1\r\n\r\n")]
    [InlineData("CONNECT a.test:443 evil.test HTTP/1.1\r\n\r\n")]
    [InlineData("CONNECT a.test HTTP/1.1\r\n\r\n")]
    [InlineData("CONNECT :443 HTTP/1.1\r\n\r\n")]
    [InlineData("CONNECT a.test: HTTP/1.1\r\n\r\n")]
    [InlineData("CONNECT a.test:0 HTTP/1.1\r\n\r\n")]
    [InlineData("CONNECT a.test:65536 HTTP/1.1\r\n\r\n")]
    [InlineData("CONNECT a.test:+443 HTTP/1.1\r\n\r\n")]
    [InlineData("CONNECT a.test:443x HTTP/1.1\r\n\r\n")]
    [InlineData("CONNECT a.test:443/ HTTP/1.1\r\n\r\n")]
    [InlineData("CONNECT user@a.test:443 HTTP/1.1\r\n\r\n")]
    [InlineData("CONNECT evil.test/a.test:443 HTTP/1.1\r\n\r\n")]
    [InlineData("CONNECT evil.test#a.test:443 HTTP/1.1\r\n\r\n")]
    [InlineData("CONNECT a%2etest:443 HTTP/1.1\r\n\r\n")]
    [InlineData("CONNECT ::1:443 HTTP/1.1\r\n\r\n")]
    [InlineData("CONNECT [::1:443 HTTP/1.1\r\n\r\n")]
    [InlineData("CONNECT [fe80::1%25lo]:443 HTTP/1.1\r\n\r\n")]
    [InlineData("CONNECT a.test..:443 HTTP/1.1\r\n\r\n")]
    [InlineData("CONNECT \u00e4.test:443 HTTP/1.1\r\n\r\n")]
    [InlineData("CONNECT https://a.test:443 HTTP/1.1\r\n\r\n")]
    [InlineData("CONNECT a.test:443 HTTP/1.1\r\nContent-Length: 5\r\n\r\nhello")]
    [InlineData("connect a.test:443 HTTP/1.1\r\n\r\n")]
    [InlineData("CONNECT a.test:443 HTTP/2.0\r\n\r\n")]
    [InlineData("CONNECT a.test:443\r\n\r\n")]
    // Other ways to ask a proxy, and other proxies.
    [InlineData("GET / HTTP/1.1\r\nHost: a.test\r\n\r\n")]
    [InlineData("GET //a.test/ HTTP/1.1\r\nHost: a.test\r\n\r\n")]
    [InlineData("OPTIONS * HTTP/1.1\r\nHost: a.test\r\n\r\n")]
    [InlineData("GET https://a.test/ HTTP/1.1\r\n\r\n")]
    [InlineData("GET ftp://a.test/ HTTP/1.1\r\n\r\n")]
    [InlineData("GET file:///etc/passwd HTTP/1.1\r\n\r\n")]
    [InlineData("GET http://user:word@a.test/ HTTP/1.1\r\n\r\n")]
    [InlineData("GET http://a.test\\@evil.test/ HTTP/1.1\r\n\r\n")]
    [InlineData("GET http://evil.test\0.a.test/ HTTP/1.1\r\n\r\n")]
    [InlineData("TRACE http://a.test/ HTTP/1.1\r\n\r\n")]
    [InlineData("PROPFIND http://a.test/ HTTP/1.1\r\n\r\n")]
    [InlineData("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n")]
    [InlineData("\u0005\u0001\u0000")]
    [InlineData("\u0004\u0001\u0001\u00bb\u0000\u0000\u0000\u0001\u0000a.test\u0000")]
    [InlineData("\u0016\u0003\u0001\u0002\u0000")]
    // A second request inside the first, for whoever reads the length another way.
    [InlineData("POST http://a.test/ HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n")]
    [InlineData("POST http://a.test/ HTTP/1.1\r\nTransfer-Encoding : chunked\r\n\r\n0\r\n\r\n")]
    [InlineData("POST http://a.test/ HTTP/1.1\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n")]
    [InlineData("POST http://a.test/ HTTP/1.1\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabcd")]
    [InlineData("POST http://a.test/ HTTP/1.1\r\nContent-Length: 3\r\nContent-Length: 3\r\n\r\nabc")]
    [InlineData("POST http://a.test/ HTTP/1.1\r\nContent-Length: 3, 3\r\n\r\nabc")]
    [InlineData("POST http://a.test/ HTTP/1.1\r\nContent-Length: +3\r\n\r\nabc")]
    [InlineData("POST http://a.test/ HTTP/1.1\r\nContent-Length: -1\r\n\r\n")]
    [InlineData("POST http://a.test/ HTTP/1.1\r\nContent-Length: 0x3\r\n\r\nabc")]
    [InlineData("GET http://a.test/ HTTP/1.1\r\nExpect: tea\r\n\r\n")]
    [InlineData("GET http://a.test/ HTTP/1.1\r\n folded: x\r\n\r\n")]
    [InlineData("GET http://a.test/ HTTP/1.1\r\nX: a\r\n b\r\n\r\n")]
    [InlineData("GET http://a.test/ HTTP/1.1\r\nno colon\r\n\r\n")]
    [InlineData("GET http://a.test/ HTTP/1.1\r\n: nameless\r\n\r\n")]
    [InlineData("GET http://a.test/ HTTP/1.1\r\nX: \u0001\r\n\r\n")]
    [InlineData("GET http://a.test/ HTTP/1.1")]
    public async Task What_is_no_clear_request_is_refused_and_recorded_and_nobody_is_dialled(string request)
    {
        using var server = new RawServer(_ => RawServer.Ok("reached"));
        var board = new Switchboard(server.Port);
        using var network = new TestNetwork(Rules, Names, board);
        Assert.StartsWith("HTTP/1.1 4", await ProxyCaller.AskAsync(network, request), StringComparison.Ordinal);
        Assert.Single(network.Denied);
        Assert.Empty(network.Allowed);
        Assert.Empty(board.Dialled);
    }

    [Theory]
    [InlineData("b.test:443", "\"b.test\" to that list")]
    [InlineData("a.test.evil.test:443", "network.allowed_domains")]
    [InlineData("evila.test:443", "network.allowed_domains")]
    [InlineData("www.a.test:443", "network.allowed_domains")]
    [InlineData("a.test:80", "not allowed on port 80")]
    [InlineData("a.test:22", "not allowed on port 22")]
    [InlineData("127.0.0.1:443", "network.allow_localhosts")]
    [InlineData("localhost:443", "network.allow_localhosts")]
    [InlineData("a.localhost:443", "network.allow_localhosts")]
    [InlineData("[::1]:443", "network.allow_localhosts")]
    [InlineData("[::ffff:127.0.0.1]:443", "network.allow_localhosts")]
    [InlineData("[0:0:0:0:0:ffff:7f00:1]:443", "network.allow_localhosts")]
    [InlineData("0x7f.1:443", "network.allow_localhosts")]
    [InlineData("2130706433:443", "network.allow_localhosts")]
    [InlineData("0177.0.0.1:443", "network.allow_localhosts")]
    [InlineData("127.1:443", "network.allow_localhosts")]
    [InlineData("0.0.0.0:443", "network.allow_localhosts")]
    [InlineData("169.254.169.254:443", "metadata")]
    [InlineData("10.0.0.1:443", "private network")]
    public async Task A_tunnel_goes_where_a_tool_may_go_and_nowhere_else(string target, string said)
    {
        using var server = new RawServer(_ => RawServer.Ok("reached"));
        var board = new Switchboard(server.Port);
        using var network = new TestNetwork(Rules, Names, board);
        var answer = await ProxyCaller.AskAsync(network, Connect(target));
        Assert.StartsWith("HTTP/1.1 403 Forbidden\r\n", answer, StringComparison.Ordinal);
        Assert.Contains(said, answer, StringComparison.Ordinal);
        Assert.Contains(said, Assert.Single(network.Verdicts).Reason, StringComparison.Ordinal);
        Assert.Contains("refused", Assert.Single(network.Seen), StringComparison.Ordinal);
        Assert.Empty(board.Dialled);
    }

    [Fact]
    public async Task While_the_network_is_off_every_request_is_refused_with_the_key_that_would_change_it()
    {
        using var network = new TestNetwork(Rules with { Enabled = false }, Names);
        foreach (var request in new[] { Connect("a.test:443"), Get("http://a.test/") })
        {
            var answer = await ProxyCaller.AskAsync(network, request);
            Assert.StartsWith("HTTP/1.1 403", answer, StringComparison.Ordinal);
            Assert.Contains("network.enabled is false", answer, StringComparison.Ordinal);
        }
        Assert.Equal(["https://a.test:443", "http://a.test:80"], network.Denied);
    }

    [Fact]
    public async Task Published_spellings_of_inner_addresses_reach_nobody()
    {
        var corpus = Corpora.Find("ssrf");
        if (corpus is null) Assert.Skip(Corpora.Absent);
        var hosts = Directory.GetFiles(corpus, "ip-variants-*.txt").Order(StringComparer.Ordinal).SelectMany(File.ReadLines).Select(line => line.Trim()).Where(line => line.Length > 0).ToList();
        using var canaries = new Canaries();
        var board = new Refusing();
        using var network = new TestNetwork(new() { Enabled = true, AllowedDomains = ["http://www.example.com", "*.example.com", "example.org"] }, new FakeNames().With("www.example.com", "93.184.216.34"), board,
            limits: new() { Connections = int.MaxValue });
        foreach (var url in hosts)
        {
            var authority = url[(url.IndexOf("//", StringComparison.Ordinal) is >= 0 and var slashes ? slashes + 2 : 0)..].Split('/')[0];
            foreach (var request in new[] { Connect($"{authority}:{canaries.Port}"), Connect(authority), Get(url), Get(url.Replace(":80", $":{canaries.Port}", StringComparison.Ordinal)) })
                Assert.False((await ProxyCaller.AskAsync(network, request)).StartsWith("HTTP/1.1 2", StringComparison.Ordinal), request);
        }
        Assert.DoesNotContain(board.Dialled, address => AddressRules.Special(address) is not null);
        Assert.Equal(0, canaries.Visitors);
    }

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("93.184.216.34", "10.0.0.1")]
    [InlineData("93.184.216.34", "::1")]
    [InlineData("169.254.169.254")]
    [InlineData("::ffff:127.0.0.1")]
    [InlineData("64:ff9b::7f00:1")]
    public async Task A_name_with_one_inner_address_reaches_none_of_them(params string[] addresses)
    {
        using var server = new RawServer(_ => RawServer.Ok("inside"));
        var board = new Switchboard(server.Port);
        using var network = new TestNetwork(Rules, new FakeNames().With("a.test", addresses), board);
        foreach (var request in new[] { Connect("a.test:443"), Get("http://a.test/") })
        {
            var answer = await ProxyCaller.AskAsync(network, request);
            Assert.StartsWith("HTTP/1.1 403", answer, StringComparison.Ordinal);
            Assert.Contains("host \"a.test\" stands for", answer, StringComparison.Ordinal);
        }
        // Allowed by its name before it was resolved, denied by what it stands for: both are told.
        Assert.Equal(["https://a.test:443", "http://a.test:80"], network.Allowed);
        Assert.Equal(["https://a.test:443", "http://a.test:80"], network.Denied);
        Assert.Empty(board.Dialled);
    }

    [Fact]
    public async Task A_name_that_turns_inside_is_refused_at_the_next_connection_and_dialled_where_it_was_looked_at()
    {
        using var server = new RawServer((_, _) => Task.CompletedTask);
        var board = new Switchboard(server.Port);
        using var network = new TestNetwork(Rules, new FakeNames().With("a.test", "93.184.216.34").With("a.test", "127.0.0.1"), board);
        await using (await ProxyCaller.ThroughAsync(network, "a.test:443")) { }
        Assert.StartsWith("HTTP/1.1 403", await ProxyCaller.AskAsync(network, Connect("a.test:443")), StringComparison.Ordinal);
        Assert.Equal(["93.184.216.34:443"], board.Dialled);
    }

    /// <summary>What the same attacks do to a proxy that compares texts and resolves twice.</summary>
    [Fact]
    public async Task A_naive_proxy_is_led_wherever_these_attacks_want()
    {
        using var server = new RawServer((_, _) => Task.CompletedTask);
        var board = new Switchboard(server.Port);
        foreach (var target in new[] { "evil.test\0.a.test:443", "evila.test:443" })
        {
            await using var led = await ProxyCaller.ThroughAsync(new NaiveProxy("a.test", Names, board), target);
            await led.SayAsync("SSH-2.0-whatever\r\n");
        }
        Assert.Equal(["93.184.216.66:443", "93.184.216.66:443"], board.Dialled);
        var turning = new NaiveProxy("a.test", new FakeNames().With("a.test", "93.184.216.34").With("a.test", "127.0.0.1"), board);
        await using (await ProxyCaller.ThroughAsync(turning, "a.test:443")) { }
        Assert.Equal("127.0.0.1:443", board.Dialled[^1]);
    }

    [Fact]
    public async Task A_server_that_is_not_there_is_told_as_such()
    {
        using var network = new TestNetwork(new() { Enabled = true, AllowLocalhosts = true, AllowedDomains = ["nowhere.test"] }, Names);
        var free = new System.Net.Sockets.TcpListener(IPAddress.Loopback, 0);
        free.Start();
        var port = ((IPEndPoint)free.LocalEndpoint).Port;
        free.Stop();
        Assert.StartsWith("HTTP/1.1 502", await ProxyCaller.AskAsync(network, Connect($"127.0.0.1:{port}")), StringComparison.Ordinal);
        Assert.StartsWith("HTTP/1.1 502", await ProxyCaller.AskAsync(network, Get($"http://127.0.0.1:{port}/")), StringComparison.Ordinal);
        Assert.Contains("does not resolve", await ProxyCaller.AskAsync(network, Connect("nowhere.test:443")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_head_without_end_is_cut_at_its_limit()
    {
        using var network = new TestNetwork(Rules, Names, limits: new() { HeadBytes = 1024 });
        Assert.StartsWith("HTTP/1.1 431", await ProxyCaller.AskAsync(network, $"GET http://a.test/ HTTP/1.1\r\nX: {new string('x', 4096)}"), StringComparison.Ordinal);
        using var counted = new TestNetwork(Rules, Names);
        Assert.StartsWith("HTTP/1.1 431", await ProxyCaller.AskAsync(counted, Get("http://a.test/", string.Concat(Enumerable.Repeat("X: y\r\n", 101)))), StringComparison.Ordinal);
        Assert.Single(network.Denied);
        Assert.Single(counted.Denied);
    }

    [Fact]
    public async Task Who_does_not_finish_asking_is_not_waited_for()
    {
        var clock = new FakeTimeProvider();
        using var network = new TestNetwork(Rules, Names, clock: clock);
        await using var caller = ProxyCaller.To(network);
        await caller.SayAsync("CONNECT a.test:443 HTTP/1.1\r\n");
        clock.Advance(new ProxyLimits().Head);
        Assert.StartsWith("HTTP/1.1 408", await caller.HearAsync(12), StringComparison.Ordinal);
        Assert.Single(network.Denied);
    }

    [Fact]
    public async Task A_command_that_asks_without_end_is_told_so_and_costs_one_record_more()
    {
        using var network = new TestNetwork(Rules, Names, limits: new() { Connections = 2 });
        for (var i = 0; i < 5; i++) Assert.StartsWith("HTTP/1.1 403", await ProxyCaller.AskAsync(network, Connect("b.test:443")), StringComparison.Ordinal);
        Assert.Equal(["https://b.test:443", "https://b.test:443", "every further connection"], network.Denied);
    }

    [Fact]
    public async Task What_cannot_be_recorded_is_not_done()
    {
        using var server = new RawServer(_ => RawServer.Ok("reached"));
        var board = new Switchboard(server.Port);
        using var network = new TestNetwork(Rules, Names, board, record: _ => throw new Openclawssy.Runtime.Journal.AuditLostException(new IOException("the disk is full")));
        foreach (var request in new[] { Connect("a.test:443"), Get("http://a.test/") })
        {
            await using var caller = ProxyCaller.To(network);
            await caller.SayAsync(request);
            Assert.Equal("", await caller.RestAsync());
            await Assert.ThrowsAsync<Openclawssy.Runtime.Journal.AuditLostException>(() => caller.Served);
        }
        Assert.Empty(board.Dialled);
    }

    [Fact]
    public async Task A_record_is_made_before_anybody_is_asked_or_dialled()
    {
        using var server = new RawServer(_ => RawServer.Ok("reached"));
        var (board, names) = (new Switchboard(server.Port), Names);
        var before = new List<(int, int)>();
        using var network = new TestNetwork(Rules, names, board, record: _ =>
        {
            before.Add((names.Asked, board.Dialled.Count));
            return default;
        });
        Assert.StartsWith("HTTP/1.1 200", await ProxyCaller.AskAsync(network, Get("http://a.test/")), StringComparison.Ordinal);
        Assert.Equal([(0, 0)], before);
    }
}
