using System.Net;
using Microsoft.Extensions.Time.Testing;
using Openclawssy.Gateway.Tokens;
using Openclawssy.TestKit;
using Xunit;

namespace Openclawssy.Tests.Gateway;

/// <summary>Streams and tokens (S28): a stream lasts as long as the token it was opened with, and no other way opens one.</summary>
public sealed class StreamsTests
{
    [Theory]
    [InlineData("token")]
    [InlineData("access_token")]
    [InlineData("authorization")]
    [InlineData("api_key")]
    public async Task A_token_in_the_address_opens_nothing_and_is_refused_beside_the_right_header(string name)
    {
        await using var house = await GatewayHouse.OpenAsync();
        foreach (var path in new[] { "/v1/runs/events/run_1", "/v1/runs", "/nothing" })
        {
            using var without = new HttpRequestMessage(HttpMethod.Get, $"{path}?{name}={GatewayHouse.Token}");
            using var client = new HttpClient(new SocketsHttpHandler { UseProxy = false }) { BaseAddress = house.Serving.Address };
            using var answer = await client.SendAsync(without);
            Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
            Assert.DoesNotContain(GatewayHouse.Token, await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        }
        Assert.Equal(400, (await house.GetAsync($"/v1/runs?{name}={GatewayHouse.Token}")).Status);
    }

    /// <summary>Opens a stream of a run that goes on and takes its first events.</summary>
    static async Task<(StreamReader Reader, HttpResponseMessage Answer)> OpenAsync(GatewayHouse house, string run)
    {
        var answer = await house.Client.GetAsync($"/v1/runs/events/{run}", HttpCompletionOption.ResponseHeadersRead);
        answer.EnsureSuccessStatusCode();
        var reader = new StreamReader(await answer.Content.ReadAsStreamAsync());
        while (await reader.ReadLineAsync() is { } line && !line.StartsWith("data: ", StringComparison.Ordinal)) { }
        return (reader, answer);
    }

    /// <returns>Everything that still came, to the end of the stream however it ended.</returns>
    static async Task<string> RestAsync(StreamReader reader)
    {
        var rest = new System.Text.StringBuilder();
        try
        {
            while (await reader.ReadLineAsync() is { } line) rest.AppendLine(line);
        }
        catch (Exception ended) when (ended is IOException or HttpRequestException) { rest.AppendLine("(cut)"); }
        return rest.ToString();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_token_that_is_taken_away_or_replaced_closes_its_streams_and_nothing_later_is_sent(bool replaced)
    {
        var clock = new FakeTimeProvider(DateTimeOffset.UtcNow);
        await using var house = await GatewayHouse.OpenAsync(clock: clock);
        var hold = new TaskCompletionSource();
        house.Model.Answers(FakeAnswer.Says("what must not be told").After(hold.Task));
        var run = await house.AskAsync("hi");
        var streams = new List<(StreamReader Reader, HttpResponseMessage Answer)>();
        for (var i = 0; i < 5; i++) streams.Add(await OpenAsync(house, run));

        house.Held = replaced ? BearerToken.Of("oc_another_token_0123456789abcdefghij") : null;
        // The look comes once a second; 5 s are allowed.
        clock.Advance(TokenWatch.Interval);
        var rests = await Task.WhenAll(streams.Select(stream => RestAsync(stream.Reader)));
        hold.SetResult();
        Assert.All(rests, rest =>
        {
            Assert.Contains("(cut)", rest, StringComparison.Ordinal);
            Assert.DoesNotContain("must not be told", rest, StringComparison.Ordinal);
        });
        Assert.Equal(401, (await house.GetAsync($"/v1/runs/events/{run}")).Status);
        Assert.Equal(401, (await house.GetAsync("/v1/runs")).Status);
        foreach (var (reader, answer) in streams) { reader.Dispose(); answer.Dispose(); }

        // The run itself goes on: it was asked for while the token held.
        house.Held = BearerToken.Of(GatewayHouse.Token);
        clock.Advance(TokenWatch.Interval);
        Assert.Equal("completed", (await house.EndOfAsync(run))["status"]!.GetValue<string>());
    }

    [Fact]
    public async Task A_request_that_is_still_being_sent_when_its_token_goes_does_nothing()
    {
        var clock = new FakeTimeProvider(DateTimeOffset.UtcNow);
        await using var house = await GatewayHouse.OpenAsync(clock: clock);
        var port = house.Serving.Address.Port;
        const string order = """{"agent_id":"default","message":"hi"}""";
        using var socket = await RawHttp.ConnectAsync(port);
        await socket.SendAsync(System.Text.Encoding.Latin1.GetBytes(
            $"POST /v1/runs HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nAuthorization: Bearer {GatewayHouse.Token}\r\nExpect: 100-continue\r\nContent-Type: application/json\r\nContent-Length: {order.Length}\r\n\r\n"));
        // It asks for the body: so the token was looked at.
        var buffer = new byte[1024];
        var count = await socket.ReceiveAsync(buffer);
        Assert.StartsWith("HTTP/1.1 100", System.Text.Encoding.Latin1.GetString(buffer, 0, count), StringComparison.Ordinal);
        house.Held = null;
        clock.Advance(TokenWatch.Interval);
        try { await socket.SendAsync(System.Text.Encoding.Latin1.GetBytes(order)); }
        catch (System.Net.Sockets.SocketException) { }
        Assert.DoesNotContain(await RawHttp.ReadAsync(socket), answer => answer.Status < 400);
        house.Held = BearerToken.Of(GatewayHouse.Token);
        clock.Advance(TokenWatch.Interval);
        Assert.Equal(0, (await house.GetAsync("/v1/runs")).Body!["total"]!.GetValue<int>());
    }

    [Fact]
    public async Task The_key_of_the_command_line_opens_its_one_route_and_no_stream()
    {
        await using var house = await GatewayHouse.OpenAsync();
        var before = Traces.Of(house);
        using var client = new HttpClient(new SocketsHttpHandler { UseProxy = false }) { BaseAddress = house.Serving.Address };
        // The same wrong key each time is one guess.
        client.DefaultRequestHeaders.Authorization = new("Bearer", house.Serving.Handover.Text);
        foreach (var route in (await KnownRoute.AllAsync(house)).Where(route => !route.IsPublic && (route.Method, route.Pattern) != (HandoverKey.Method, HandoverKey.Path)))
        {
            using var request = new HttpRequestMessage(new(route.Method), route.Path);
            if (route.TakesBody) request.Content = new StringContent("{}", null, "application/json");
            using var answer = await client.SendAsync(request);
            Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
        }
        Assert.Equal(before, Traces.Of(house));
        Assert.Equal(0, (await house.GetAsync("/v1/runs")).Body!["total"]!.GetValue<int>());
    }

    // The control looks at the token when a stream is opened and never again.
    [Fact]
    public async Task Who_looks_at_the_token_only_once_is_caught()
    {
        var clock = new FakeTimeProvider(DateTimeOffset.UtcNow);
        BearerToken? held = BearerToken.Of(GatewayHouse.Token);
        using var watch = new TokenWatch(() => held, clock);
        var holder = watch.Admit(GatewayHouse.Token)!;
        var naive = new TokenHolder(holder.Credential, CancellationToken.None);
        held = null;
        clock.Advance(TokenWatch.Interval);
        var gone = new TaskCompletionSource();
        using var registered = holder.TakenAway.Register(gone.SetResult);
        await gone.Task;
        Assert.False(naive.TakenAway.IsCancellationRequested);
        Assert.Null(watch.Admit(GatewayHouse.Token));
    }
}
