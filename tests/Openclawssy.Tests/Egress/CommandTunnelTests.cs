using System.Net.Security;
using System.Net.Sockets;
using System.Text;
using Microsoft.Extensions.Time.Testing;
using Openclawssy.Egress;
using Openclawssy.Tests.Sandboxes;
using Xunit;
using static Openclawssy.Tests.Egress.ProxyWords;

namespace Openclawssy.Tests.Egress;

/// <summary>A tunnel of a command: TLS to the name it was asked for, in both directions, and nothing else.</summary>
public sealed class CommandTunnelTests
{
    [Fact]
    public async Task A_tunnel_carries_tls_to_its_name_in_both_directions()
    {
        using var certificate = SelfSigned.For("a.test");
        using var server = new RawServer((request, stream) => stream.WriteAsync(Encoding.ASCII.GetBytes(RawServer.Ok($"you said {request.Split(' ')[1]}"))).AsTask(), certificate);
        using var network = new TestNetwork(Rules, Names, new Switchboard(server.Port));
        await using var caller = await ProxyCaller.ThroughAsync(network, "a.test:443");
        await using var secure = new SslStream(caller.Stream, false, (_, shown, _, _) => shown?.GetCertHashString() == certificate.GetCertHashString());
        await secure.AuthenticateAsClientAsync("a.test");
        await secure.WriteAsync("GET /private HTTP/1.1\r\nHost: a.test\r\n\r\n"u8.ToArray());
        Assert.EndsWith("you said /private", await new StreamReader(secure).ReadToEndAsync(), StringComparison.Ordinal);
        Assert.Equal(["https://a.test:443"], network.Allowed);
        Assert.Empty(network.Denied);
    }

    public static TheoryData<string, byte[]> Foreign => new()
    {
        { "no TLS", "SSH-2.0-OpenSSH_9.2\r\n"u8.ToArray() },
        { "no TLS", "GET / HTTP/1.1\r\nHost: a.test\r\n\r\n"u8.ToArray() },
        { "another server, \"b.test\"", Greetings.For("b.test") },
        { "without naming a server", Greetings.For("93.184.216.34") },
    };

    [Theory, MemberData(nameof(Foreign))]
    public async Task A_tunnel_used_for_something_else_ends_before_the_server_hears_a_byte(string said, byte[] bytes)
    {
        var heard = new TaskCompletionSource<int>();
        using var server = new Hearing(async stream => heard.SetResult(await stream.ReadAtLeastAsync(new byte[1], 1, throwOnEndOfStream: false)));
        using var network = new TestNetwork(Rules, Names, new Switchboard(server.Port));
        await using var caller = await ProxyCaller.ThroughAsync(network, "a.test:443");
        await caller.Stream.WriteAsync(bytes);
        caller.Stream.Socket.Shutdown(SocketShutdown.Send);
        Assert.Equal("", await caller.RestAsync());
        Assert.Equal(0, await heard.Task);
        Assert.Contains(said, Assert.Single(network.Verdicts, verdict => !verdict.Allowed).Reason, StringComparison.Ordinal);
        Assert.Contains(said, Assert.Single(network.Seen), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_side_that_has_said_all_may_still_listen()
    {
        var greeting = Greetings.For("a.test");
        using var server = new Hearing(async stream =>
        {
            // Answers only once the other side's end has come through.
            using var all = new MemoryStream();
            await stream.CopyToAsync(all);
            await stream.WriteAsync(Encoding.ASCII.GetBytes($"heard {all.Length} bytes, to the end"));
        });
        using var network = new TestNetwork(Rules, Names, new Switchboard(server.Port));
        await using var caller = await ProxyCaller.ThroughAsync(network, "a.test:443");
        await caller.Stream.WriteAsync((byte[])[.. greeting, .. "and more"u8]);
        caller.Stream.Socket.Shutdown(SocketShutdown.Send);
        Assert.Equal($"heard {greeting.Length + 8} bytes, to the end", await caller.RestAsync());
    }

    [Fact]
    public async Task A_greeting_that_comes_in_crumbs_is_waited_for()
    {
        using var server = new Hearing(async stream => await stream.CopyToAsync(Stream.Null));
        using var network = new TestNetwork(Rules, Names, new Switchboard(server.Port));
        await using var caller = ProxyCaller.To(network);
        foreach (var crumb in Encoding.ASCII.GetBytes(Connect("a.test:443"))) await caller.Stream.WriteAsync((byte[])[crumb]);
        await caller.HearAsync(ProxyCaller.Established.Length);
        foreach (var crumb in Greetings.For("a.test")) await caller.Stream.WriteAsync((byte[])[crumb]);
        caller.Stream.Socket.Shutdown(SocketShutdown.Send);
        Assert.Equal("", await caller.RestAsync());
        Assert.Empty(network.Denied);
    }

    [Fact]
    public async Task A_tunnel_in_which_nobody_greets_is_not_waited_for()
    {
        var clock = new FakeTimeProvider();
        using var server = new Hearing(async stream => await stream.CopyToAsync(Stream.Null));
        using var network = new TestNetwork(Rules, Names, new Switchboard(server.Port), clock: clock);
        await using var caller = await ProxyCaller.ThroughAsync(network, "a.test:443");
        clock.Advance(new ProxyLimits().Head);
        Assert.Equal("", await caller.RestAsync());
        Assert.Contains("silent for too long", Assert.Single(network.Seen), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_tunnel_in_which_both_are_silent_ends()
    {
        var clock = new FakeTimeProvider();
        using var server = new Hearing(async stream =>
        {
            await stream.ReadAtLeastAsync(new byte[1], 1);
            await stream.WriteAsync("!"u8.ToArray());
            await stream.CopyToAsync(Stream.Null);
        });
        using var network = new TestNetwork(Rules, Names, new Switchboard(server.Port), clock: clock);
        await using var caller = await ProxyCaller.ThroughAsync(network, "a.test:443");
        await caller.Stream.WriteAsync(Greetings.For("a.test"));
        Assert.Equal("!", await caller.HearAsync(1));
        clock.Advance(new ProxyLimits().Idle);
        Assert.Equal("", await caller.RestAsync());
        Assert.Contains("silent for too long", Assert.Single(network.Seen), StringComparison.Ordinal);
    }
}
