using System.Text;
using Openclawssy.Egress;
using Openclawssy.TestKit;
using Xunit;

namespace Openclawssy.Tests.Egress;

public sealed class EgressSocketTests
{
    static Destination To(Uri socket) => EgressPolicy.Only(EgressClient.AsHttp(socket)).Allow(EgressClient.AsHttp(socket));

    [Fact]
    public async Task A_socket_speaks_and_hears_and_its_end_has_a_number()
    {
        await using var discord = await FakeDiscord.StartAsync();
        using var client = EgressClient.OfSystem(TimeProvider.System);
        var address = new Uri(discord.GatewayUrl + "/?v=10&encoding=json");
        using var socket = await client.OpenSocketAsync(address, To(address), TestContext.Current.CancellationToken);
        var hello = await socket.ReceiveAsync(TestContext.Current.CancellationToken);
        Assert.Contains("heartbeat_interval", Encoding.UTF8.GetString(hello.Bytes.Span), StringComparison.Ordinal);
        await socket.SendAsync("""{"op":1,"d":null}"""u8.ToArray(), TestContext.Current.CancellationToken);
        Assert.Equal("""{"op":11}""", Encoding.UTF8.GetString((await socket.ReceiveAsync(TestContext.Current.CancellationToken)).Bytes.Span));
        await discord.CloseAsync(4321);
        Assert.Equal(4321, (await socket.ReceiveAsync(TestContext.Current.CancellationToken)).Closed);
    }

    [Fact]
    public async Task A_socket_goes_only_where_the_leave_says()
    {
        await using var discord = await FakeDiscord.StartAsync();
        using var client = EgressClient.OfSystem(TimeProvider.System);
        var leave = To(new("ws://127.0.0.1:1"));
        await Assert.ThrowsAsync<EgressDeniedException>(() => client.OpenSocketAsync(new(discord.GatewayUrl), leave, TestContext.Current.CancellationToken));
        await Assert.ThrowsAsync<EgressDeniedException>(() => client.OpenSocketAsync(new("wss://127.0.0.1:1"), leave, TestContext.Current.CancellationToken));
        await Assert.ThrowsAsync<IOException>(() => client.OpenSocketAsync(new("ws://127.0.0.1:1"), leave, TestContext.Current.CancellationToken));
        discord.AssertClean();
    }

    // A name that leads into the house is refused for a socket as for every request.
    [Fact]
    public async Task A_sockets_name_is_resolved_and_checked_by_the_same_door()
    {
        using var client = new EgressClient(new FakeNames().With("public.test", "127.0.0.1"), new TcpDialer());
        var leave = EgressPolicy.Of(new() { Enabled = true, AllowedDomains = ["public.test"] }).Allow(new("https://public.test"));
        var denied = await Assert.ThrowsAsync<EgressDeniedException>(() => client.OpenSocketAsync(new("wss://public.test"), leave, TestContext.Current.CancellationToken));
        Assert.Contains("127.0.0.1", denied.Message, StringComparison.Ordinal);
    }
}
