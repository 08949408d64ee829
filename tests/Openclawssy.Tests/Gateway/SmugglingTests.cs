using System.Text;
using Xunit;

namespace Openclawssy.Tests.Gateway;

/// <summary>One request in, one handled (S25): nothing hides in the body of another, alone or behind a server that reads generously.</summary>
public sealed class SmugglingTests
{
    // What is hidden: an order that would run if it were read as a request of its own.
    static string Hidden(int port)
    {
        const string order = """{"agent_id":"default","message":"smuggled"}""";
        return $"POST /v1/runs HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nAuthorization: Bearer {GatewayHouse.Token}\r\nContent-Type: application/json\r\nContent-Length: {order.Length}\r\n\r\n{order}";
    }

    static string Carrier(int port, string lengthHeaders, string body) =>
        $"POST /v1/chat/messages HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nAuthorization: Bearer {GatewayHouse.Token}\r\nContent-Type: application/json\r\n{lengthHeaders}\r\n\r\n{body}";

    static async Task<int> RunsAsync(GatewayHouse house) => (await house.GetAsync("/v1/runs")).Body!["total"]!.GetValue<int>();

    static Task EachAsync<T>(IEnumerable<T> cases, Func<T, Task> act) =>
        Parallel.ForEachAsync(cases, new ParallelOptions { MaxDegreeOfParallelism = 64 }, async (one, _) => await act(one));

    /// <summary>Each carrier, passed on by a generous server that sees one request in it; those after which more than one was handled.</summary>
    static async Task<List<string>> SmuggledAsync(int port, IEnumerable<(string Name, string Text)> mutations)
    {
        List<string> found = [];
        await EachAsync(mutations, async mutation =>
        {
            // For the one before us the body is as long as it says; for who reads the other header it ends with the empty chunk.
            var body = "0\r\n\r\n" + Hidden(port);
            foreach (var (name, lengths) in new[] { ("cl.te", $"Content-Length: {body.Length}\r\n{mutation.Text}"), ("te.cl", $"{mutation.Text}\r\nContent-Length: {body.Length}") })
            {
                if (LenientProxy.One(Encoding.Latin1.GetBytes(Carrier(port, lengths, body))) is not { } passed) continue;
                if (await RawHttp.SendAsync(port, passed) is { Count: > 1 } answers)
                    lock (found) found.Add($"{name} {mutation.Name}: {string.Join(",", answers.Select(answer => answer.Status))}");
            }
        });
        return found;
    }

    [Fact]
    public async Task Published_ways_to_write_two_lengths_carry_no_second_request()
    {
        var mutations = RawCases.Mutations(RawCases.Folder);
        Assert.True(mutations.Count >= 1252, $"{mutations.Count} cases");
        await using var house = await GatewayHouse.OpenAsync();
        Assert.Empty(await SmuggledAsync(house.Serving.Address.Port, mutations));
        Assert.Equal(0, await RunsAsync(house));
    }

    [Fact]
    public async Task Own_ways_to_write_two_lengths_carry_no_second_request()
    {
        await using var house = await GatewayHouse.OpenAsync();
        Assert.Empty(await SmuggledAsync(house.Serving.Address.Port, ownMutations));
        Assert.Equal(0, await RunsAsync(house));
    }

    static readonly (string, string)[] ownMutations =
    [
        ("plain", "Transfer-Encoding: chunked"), ("upper", "TRANSFER-ENCODING: CHUNKED"), ("tab", "Transfer-Encoding:\tchunked"), ("blank before colon", "Transfer-Encoding : chunked"),
        ("folded", "Transfer-Encoding:\r\n chunked"), ("line feed", "X: y\nTransfer-Encoding: chunked"), ("carriage return", "X: y\rTransfer-Encoding: chunked"), ("twice", "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked"),
        ("identity", "Transfer-Encoding: identity, chunked"), ("other", "Transfer-Encoding: xchunked"), ("quoted", "Transfer-Encoding: \"chunked\""), ("zero", "Transfer-Encoding: chunked\0"),
    ];

    // The control reads Transfer-Encoding, in whatever form, where the one before it read a length.
    [Fact]
    public async Task Who_reads_requests_generously_is_caught()
    {
        using var naive = new NaiveReader();
        var found = await SmuggledAsync(naive.Port, ownMutations);
        Assert.True(found.Count >= 8, $"{found.Count} found");
        Assert.True(naive.Handled > found.Count);
    }

    [Fact]
    public async Task The_cases_of_llhttp_are_refused_or_are_one_request_each_and_the_next_one_is_right()
    {
        var cases = RawCases.Llhttp(RawCases.Folder);
        Assert.True(cases.Count >= 251, $"{cases.Count} cases");
        await using var house = await GatewayHouse.OpenAsync();
        var port = house.Serving.Address.Port;
        List<string> wrong = [];
        await EachAsync(cases, async one =>
        {
            var passed = LenientProxy.One(Encoding.Latin1.GetBytes(one.Text));
            foreach (var bytes in new[] { Encoding.Latin1.GetBytes(one.Text), passed })
                if (bytes is not null)
                    foreach (var answer in await RawHttp.SendAsync(port, bytes))
                        // None of them has the token and our name: nothing but refusals is right.
                        if (answer.Status is not (>= 400 and < 500 or 505)) lock (wrong) wrong.Add($"{one.Name}: {answer.Status}");
        });
        Assert.Empty(wrong);
        Assert.Equal(0, await RunsAsync(house));
        Assert.Empty(house.Reported);
    }

    // With the token and our name in them: what is read as one request is one, whatever else stands there.
    [Fact]
    public async Task The_cases_of_llhttp_with_the_token_hide_nothing()
    {
        var cases = RawCases.Llhttp(RawCases.Folder);
        await using var house = await GatewayHouse.OpenAsync();
        var port = house.Serving.Address.Port;
        await EachAsync(cases, async one =>
        {
            if (one.Text.IndexOf("\r\n", StringComparison.Ordinal) is not (> 0 and var line)) return;
            var armed = one.Text[..(line + 2)] + $"Host: 127.0.0.1:{port}\r\nAuthorization: Bearer {GatewayHouse.Token}\r\nContent-Type: application/json\r\n" + one.Text[(line + 2)..];
            if (LenientProxy.One(Encoding.Latin1.GetBytes(armed)) is { } passed) await RawHttp.SendAsync(port, passed);
        });
        Assert.Equal(0, await RunsAsync(house));
        Assert.Empty(house.Reported);
    }

    [Theory]
    [InlineData("Content-Length: +2")]
    [InlineData("Content-Length: -0")]
    [InlineData("content-length:+2")]
    [InlineData("Content-Length: \t +2")]
    [InlineData("Content-Length: 2, 2")]
    [InlineData("Content-Length: 0x2")]
    [InlineData("Content-Length: 2 2")]
    [InlineData("Content-Length: ")]
    [InlineData("Content-Length: 2\r\nContent-Length: 2")]
    [InlineData("Content-Length: 2\r\nTransfer-Encoding: chunked")]
    [InlineData("Transfer-Encoding: chunked\r\nContent-Length: 2")]
    [InlineData("X-Content-Length: 2\r\nTransfer-Encoding: chunked")]
    [InlineData("Content-Length: 2\nX: y")]
    [InlineData("X: y\rContent-Length: 2")]
    [InlineData("Content-Length : 2")]
    [InlineData("Content-Length: 2\r\n folded")]
    [InlineData("Content-Length: 99999999999999999999")]
    public async Task Lengths_that_can_be_read_in_two_ways_are_refused_and_the_connection_ends(string header)
    {
        await using var house = await GatewayHouse.OpenAsync();
        var port = house.Serving.Address.Port;
        var answers = await RawHttp.SendAsync(port, Carrier(port, header, "{}") + Carrier(port, "Content-Length: 2", "{}"));
        Assert.Equal(400, Assert.Single(answers).Status);
    }

    // The control is the framework alone.
    [Fact]
    public async Task The_framework_alone_reads_a_length_with_a_sign()
    {
        await using var naive = await NaiveGateway.StartAsync();
        Assert.Equal(200, (await RawHttp.AskAsync(naive.Port, Carrier(naive.Port, "Content-Length: +2", "{}"))).Status);
    }

    [Fact]
    public async Task A_length_is_looked_at_however_the_bytes_arrive_and_in_every_request_of_a_connection()
    {
        await using var house = await GatewayHouse.OpenAsync();
        var port = house.Serving.Address.Port;
        using var socket = await RawHttp.ConnectAsync(port);
        // One byte at a time: no two packets hold the name together.
        foreach (var one in Encoding.Latin1.GetBytes(Carrier(port, "Content-Length: +2", "{}"))) await socket.SendAsync(new[] { one });
        Assert.Equal(400, Assert.Single(await RawHttp.ReadAsync(socket)).Status);

        const string order = """{"user_id":"me","message":"hi"}""";
        var answers = await RawHttp.SendAsync(port, Carrier(port, $"Content-Length: {order.Length}", order) + Carrier(port, $"Content-Length: +{order.Length}", order));
        Assert.Equal(2, answers.Count);
        Assert.NotEqual(400, answers[0].Status);
        Assert.Equal(400, answers[1].Status);
    }

    [Fact]
    public async Task Text_in_a_body_that_looks_like_a_length_is_left_alone()
    {
        await using var house = await GatewayHouse.OpenAsync();
        house.Model.Answers(Openclawssy.TestKit.FakeAnswer.Says("ok"));
        var run = await house.AskAsync("how do I write\nContent-Length: +3\r\nin a message?");
        Assert.Equal("how do I write\nContent-Length: +3\r\nin a message?", (await house.EndOfAsync(run))["message"]!.GetValue<string>());
    }

    [Theory]
    [InlineData("GET /v1/runs HTTP/1.1\nHost: 127.0.0.1:PORT\r\n\r\n")]
    [InlineData("GET /v1/runs HTTP/1.1\r\nHost: 127.0.0.1:PORT\nAuthorization: Bearer TOKEN\r\n\r\n")]
    [InlineData("GET /v1/runs HTTP/1.1\r\nHost: 127.0.0.1:PORT\r\nAuthorization: Bearer TOKEN\n\n")]
    [InlineData("GET  /v1/runs HTTP/1.1\r\nHost: 127.0.0.1:PORT\r\nAuthorization: Bearer TOKEN\r\n\r\n")]
    [InlineData("GET /v1/runs HTTP/1.1\r\nHost: 127.0.0.1:PORT\r\nHost: 127.0.0.1:PORT\r\nAuthorization: Bearer TOKEN\r\n\r\n")]
    [InlineData("GET /v1/runs HTTP/0.9\r\nHost: 127.0.0.1:PORT\r\nAuthorization: Bearer TOKEN\r\n\r\n")]
    [InlineData("GET /v1/runs\r\n\r\n")]
    [InlineData("GET http://127.0.0.1:PORT/v1/runs HTTP/1.1\r\nHost: 127.0.0.1:PORT\r\nAuthorization: Bearer TOKEN\r\n\r\n")]
    [InlineData("GET /v1/runs HTTP/1.1\r\nAuthorization: Bearer TOKEN\r\n\r\n")]
    [InlineData("GET /v1/runs HTTP/1.1\r\nHost: 127.0.0.1:PORT\r\nX\0: y\r\nAuthorization: Bearer TOKEN\r\n\r\n")]
    [InlineData("GET /v1/runs HTTP/1.1\r\nHost: 127.0.0.1:PORT\r\nAuthorization: Bearer TOKEN\r\nTransfer-Encoding: chunked\r\n\r\n2;\nxx\r\n{}\r\n0\r\n\r\n")]
    [InlineData("GET /v1/runs HTTP/1.1\r\nHost: 127.0.0.1:PORT\r\nAuthorization: Bearer TOKEN\r\nContent-Length: 2\r\n\r\n{}")]
    public async Task Requests_that_are_not_written_as_the_protocol_says_are_refused(string text)
    {
        await using var house = await GatewayHouse.OpenAsync();
        var port = house.Serving.Address.Port;
        Assert.Contains((await RawHttp.AskAsync(port, text.Replace("PORT", $"{port}", StringComparison.Ordinal).Replace("TOKEN", GatewayHouse.Token, StringComparison.Ordinal))).Status, new[] { 400, 421, 505 });
    }
}
