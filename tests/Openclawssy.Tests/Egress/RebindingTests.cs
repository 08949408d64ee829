using System.Net;
using Openclawssy.Egress;
using Openclawssy.Runtime.Config;
using Openclawssy.Runtime.Toolkit;
using Xunit;

namespace Openclawssy.Tests.Egress;

/// <summary>A name is resolved once for a connection, every address is looked at, and the very address that was looked at is dialled.</summary>
public sealed class RebindingTests
{
    static readonly NetworkConfig Rules = new() { Enabled = true, AllowedDomains = ["http://a.test"], AllowLocalhosts = true };

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("93.184.216.34", "10.0.0.1")]
    [InlineData("10.0.0.1", "93.184.216.34")]
    [InlineData("93.184.216.34", "::1")]
    [InlineData("169.254.169.254")]
    [InlineData("0.0.0.0")]
    [InlineData("::ffff:127.0.0.1")]
    [InlineData("::127.0.0.1")]
    [InlineData("64:ff9b::7f00:1")]
    [InlineData("2002:7f00:1::1")]
    [InlineData("2606:4700::5efe:192.168.0.1")]
    public async Task A_name_with_one_inner_address_reaches_none_of_them(params string[] addresses)
    {
        using var server = new RawServer(_ => RawServer.Ok("inside"));
        var board = new Switchboard(server.Port);
        using var web = new Web(Rules, new FakeNames().With("a.test", addresses), board);
        var refusal = await web.RefusalAsync("http://a.test/", ToolErrorCodes.PolicyDenied);
        Assert.Contains(addresses.Select(IPAddress.Parse).First(address => AddressRules.Special(address) is not null).ToString(), refusal.Message, StringComparison.Ordinal);
        Assert.Empty(board.Dialled);
        Assert.Equal(0, server.Visitors);
    }

    [Fact]
    public async Task The_address_that_was_looked_at_is_the_one_dialled()
    {
        using var server = new RawServer(_ => RawServer.Ok("outside"));
        var board = new Switchboard(server.Port);
        // The second answer, were it ever asked for in the same connection, would lead inside.
        var names = new FakeNames().With("a.test", "93.184.216.34").With("a.test", "127.0.0.1");
        using var web = new Web(Rules, names, board);
        Assert.Equal("outside", (await web.SendAsync("http://a.test/")).Body);
        Assert.Equal(1, names.Asked);
        Assert.Equal(["93.184.216.34:80"], board.Dialled);

        // A new connection is a new question, and the name has turned.
        await web.RefusalAsync("http://a.test/", ToolErrorCodes.PolicyDenied);
        Assert.Equal(["93.184.216.34:80"], board.Dialled);
    }

    [Fact]
    public async Task A_client_that_checks_and_then_resolves_again_is_led_inside()
    {
        // The negative control: it looks at the first answer and dials the second.
        using var server = new RawServer(_ => RawServer.Ok("inside"));
        var board = new Switchboard(server.Port);
        var names = new FakeNames().With("a.test", "93.184.216.34").With("a.test", "127.0.0.1");
        Assert.All(await names.ResolveAsync("a.test", default), address => Assert.Null(AddressRules.Special(address)));
        using var naive = new HttpClient(new SocketsHttpHandler
        {
            UseProxy = false,
            ConnectCallback = async (context, cancellationToken) =>
                await board.DialAsync((await names.ResolveAsync(context.DnsEndPoint.Host, cancellationToken))[0], context.DnsEndPoint.Port, cancellationToken),
        });
        Assert.Equal("inside", await naive.GetStringAsync("http://a.test/"));
        Assert.Equal(["127.0.0.1:80"], board.Dialled);
    }

    [Fact]
    public async Task A_connection_of_a_wider_leave_is_not_found_by_a_narrower_one()
    {
        using var server = new RawServer(async (_, stream) =>
        {
            await stream.WriteAsync("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi"u8.ToArray());
            await stream.ReadAtLeastAsync(new byte[1], 1, throwOnEndOfStream: false);
        });
        var board = new Switchboard(server.Port);
        using var client = new EgressClient(new FakeNames().With("a.test", "10.0.0.1"), board);
        using (var request = new HttpRequestMessage(HttpMethod.Get, "http://a.test/"))
        using (var response = await client.SendAsync(request, EgressPolicy.Only(new("http://a.test/")).Allow(request.RequestUri!), default))
            Assert.Equal("hi", await response.Content.ReadAsStringAsync());
        using var again = new HttpRequestMessage(HttpMethod.Get, "http://a.test/");
        await Assert.ThrowsAsync<EgressDeniedException>(() => client.SendAsync(again, EgressPolicy.Of(Rules).Allow(again.RequestUri!), default));
        Assert.Equal(["10.0.0.1:80"], board.Dialled);
    }

    [Fact]
    public async Task A_request_that_is_not_for_its_destination_is_not_sent()
    {
        using var server = new RawServer(_ => RawServer.Ok("x"));
        var board = new Switchboard(server.Port);
        using var client = new EgressClient(new FakeNames().With("a.test", "93.184.216.34").With("b.test", "93.184.216.34"), board);
        var leave = EgressPolicy.Of(Rules).Allow(new("http://a.test/"));
        foreach (var elsewhere in new[] { "http://b.test/", "https://a.test/", "http://a.test:81/" })
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, elsewhere);
            await Assert.ThrowsAsync<EgressDeniedException>(() => client.SendAsync(request, leave, default));
        }
        Assert.Empty(board.Dialled);
    }
}
