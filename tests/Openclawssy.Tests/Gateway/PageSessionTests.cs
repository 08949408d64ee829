using System.Net;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Time.Testing;
using Openclawssy.Gateway.Tokens;
using Xunit;

namespace Openclawssy.Tests.Gateway;

public sealed class PageSessionTests
{
    [Fact]
    public async Task Both_halves_stand_for_the_token_and_neither_is_the_token()
    {
        await using var house = await GatewayHouse.OpenAsync();
        var (cookie, key, header) = await BeginAsync(house);
        Assert.Equal(200, await StatusAsync(house, cookie, key));
        Assert.DoesNotContain(GatewayHouse.Token, cookie + key, StringComparison.Ordinal);
        var port = house.Serving.Address.Port;
        Assert.StartsWith($"openclawssy-{port}=", header, StringComparison.Ordinal);
        foreach (var word in new[] { "httponly", "samesite=strict", "path=/" }) Assert.Contains(word, header, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("domain", header, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public void Under_TLS_the_browser_holds_the_cookie_to_this_host()
    {
        var context = new DefaultHttpContext();
        context.Request.Scheme = "https";
        Assert.StartsWith("__Host-", PageSessions.CookieName(context), StringComparison.Ordinal);
    }

    [Fact]
    public void One_half_opens_nothing()
    {
        var sessions = new PageSessions(TimeProvider.System);
        Assert.Null(FirstHole(sessions.Begin, sessions.Admit));
    }

    // What most pages do: the cookie alone says who somebody is.
    [Fact]
    public void The_same_look_sees_a_door_that_goes_by_the_cookie_alone()
    {
        Dictionary<string, TokenHolder> naive = [];
        Assert.Equal("the cookie with a key made up", FirstHole(
            holder =>
            {
                naive["c1"] = holder;
                return ("c1", "k1", DateTimeOffset.MaxValue);
            },
            (cookie, _) => cookie is null ? null : naive.GetValueOrDefault(cookie)));
    }

    static string? FirstHole(Func<TokenHolder, (string Cookie, string Key, DateTimeOffset)> begin, Func<string?, string, TokenHolder?> admit)
    {
        var (cookie, key, _) = begin(new("token:1", CancellationToken.None));
        Assert.NotNull(admit(cookie, key));
        var (_, otherKey, _) = begin(new("token:1", CancellationToken.None));
        foreach (var (what, half, other) in new (string, string?, string)[]
                 { ("the cookie with a key made up", cookie, "0"), ("the key alone", null, key), ("the key with a cookie made up", "0", key), ("both the wrong way round", key, cookie), ("the cookie with another one's key", cookie, otherKey) })
            if (admit(half, other) is not null) return what;
        return null;
    }

    [Fact]
    public async Task Over_HTTP_one_half_is_401_and_a_wrong_token_beside_both_is_too()
    {
        await using var house = await GatewayHouse.OpenAsync();
        var (cookie, key, _) = await BeginAsync(house);
        Assert.Equal(401, await StatusAsync(house, cookie, null));
        Assert.Equal(401, await StatusAsync(house, null, key));
        Assert.Equal(401, await StatusAsync(house, cookie, key + "0"));
        Assert.Equal(401, await StatusAsync(house, cookie, key, bearer: "oc_wrong_token_0123456789abcdefg"));
    }

    [Fact]
    public async Task A_page_of_another_site_gets_nowhere_with_it()
    {
        await using var house = await GatewayHouse.OpenAsync();
        var (cookie, key, _) = await BeginAsync(house);
        foreach (var (name, value) in new[] { ("Origin", "http://evil.test"), ("Origin", "null"), ("Sec-Fetch-Site", "cross-site"), ("Sec-Fetch-Site", "same-site") })
            Assert.Equal(403, await StatusAsync(house, cookie, key, headers: (name, value)));
        Assert.Equal(421, await StatusAsync(house, cookie, key, headers: ("Host", "evil.test")));
    }

    [Fact]
    public async Task It_cannot_beget_another_one_so_it_ends_when_it_ends()
    {
        await using var house = await GatewayHouse.OpenAsync();
        var (cookie, key, _) = await BeginAsync(house);
        Assert.Equal(403, await StatusAsync(house, cookie, key, HttpMethod.Post, "/api/session"));
        Assert.Equal(200, await StatusAsync(house, cookie, key, HttpMethod.Delete, "/api/session"));
        Assert.Equal(401, await StatusAsync(house, cookie, key));
    }

    // Again and again: the sign-out goes on under the sign-in it ends, and what goes on under it is broken off.
    [Fact]
    public async Task Its_end_is_always_answered_and_ends_the_streams_that_it_opened()
    {
        await using var house = await GatewayHouse.OpenAsync();
        var hold = new TaskCompletionSource();
        house.Model.Answers(TestKit.FakeAnswer.Says("late").After(hold.Task));
        var run = await house.AskAsync("go on");
        for (var i = 0; i < 40; i++)
        {
            var (cookie, key, _) = await BeginAsync(house);
            using var client = new HttpClient(new SocketsHttpHandler { UseProxy = false, UseCookies = false }) { BaseAddress = house.Serving.Address };
            using var stream = await client.SendAsync(Request(HttpMethod.Get, $"/v1/runs/events/{run}", cookie, key), HttpCompletionOption.ResponseHeadersRead);
            using var answer = await client.SendAsync(Request(HttpMethod.Delete, "/api/session", cookie, key));
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
            Assert.StartsWith($"openclawssy-{house.Serving.Address.Port}=;", Assert.Single(answer.Headers.GetValues("Set-Cookie")), StringComparison.Ordinal);
            await Assert.ThrowsAnyAsync<Exception>(() => stream.Content.ReadAsStringAsync());
            Assert.Equal(401, await StatusAsync(house, cookie, key));
        }
        hold.SetResult();
    }

    [Fact]
    public async Task Without_the_token_none_is_begun_and_none_is_ended()
    {
        await using var house = await GatewayHouse.OpenAsync();
        house.Client.DefaultRequestHeaders.Authorization = null;
        Assert.Equal(401, await StatusAsync(house, null, null, HttpMethod.Post, "/api/session"));
        Assert.Equal(401, await StatusAsync(house, null, null, HttpMethod.Delete, "/api/session"));
    }

    [Fact]
    public async Task It_goes_with_the_token_that_opened_it_and_its_streams_go_too()
    {
        var clock = new FakeTimeProvider(DateTimeOffset.UtcNow);
        await using var house = await GatewayHouse.OpenAsync(clock: clock);
        var (cookie, key, _) = await BeginAsync(house);
        var hold = new TaskCompletionSource();
        house.Model.Answers(TestKit.FakeAnswer.Says("late").After(hold.Task));
        var run = await house.AskAsync("go on");
        house.Client.DefaultRequestHeaders.Authorization = null;
        using var stream = await house.Client.SendAsync(Request(HttpMethod.Get, $"/v1/runs/events/{run}", cookie, key), HttpCompletionOption.ResponseHeadersRead);
        Assert.Equal(HttpStatusCode.OK, stream.StatusCode);
        house.Held = BearerToken.Of("oc_another_token_0123456789abcdef");
        clock.Advance(TokenWatch.Interval);
        Assert.Equal(401, await StatusAsync(house, cookie, key));
        await Assert.ThrowsAnyAsync<Exception>(() => stream.Content.ReadAsStringAsync());
        hold.SetResult();
    }

    [Fact]
    public void It_lasts_its_time_and_no_longer_and_the_oldest_goes_when_there_are_too_many()
    {
        var clock = new FakeTimeProvider(DateTimeOffset.UtcNow);
        var sessions = new PageSessions(clock);
        var holder = new TokenHolder("token:1", CancellationToken.None);
        var (cookie, key, _) = sessions.Begin(holder);
        clock.Advance(PageSessions.Lifetime - TimeSpan.FromSeconds(1));
        Assert.NotNull(sessions.Admit(cookie, key));
        clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Null(sessions.Admit(cookie, key));
        var first = sessions.Begin(holder);
        clock.Advance(TimeSpan.FromSeconds(1));
        for (var i = 0; i < PageSessions.Most - 1; i++) sessions.Begin(holder);
        Assert.NotNull(sessions.Admit(first.Cookie, first.Key));
        sessions.Begin(holder);
        Assert.Null(sessions.Admit(first.Cookie, first.Key));
    }

    static async Task<(string Cookie, string Key, string Header)> BeginAsync(GatewayHouse house)
    {
        using var answer = await house.Client.PostAsync("/api/session", null);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        var header = Assert.Single(answer.Headers.GetValues("Set-Cookie"));
        return (header.Split(';')[0], JsonNode.Parse(await answer.Content.ReadAsStringAsync())!["key"]!.GetValue<string>(), header);
    }

    static HttpRequestMessage Request(HttpMethod method, string path, string? cookie, string? key)
    {
        var request = new HttpRequestMessage(method, path);
        if (cookie is not null) request.Headers.Add("Cookie", cookie);
        if (key is not null) request.Headers.Add(PageSessions.KeyHeader, key);
        return request;
    }

    static async Task<int> StatusAsync(GatewayHouse house, string? cookie, string? key, HttpMethod? method = null, string path = "/api/admin/status", string? bearer = null, params (string Name, string Value)[] headers)
    {
        using var client = new HttpClient(new SocketsHttpHandler { UseProxy = false, UseCookies = false }) { BaseAddress = house.Serving.Address };
        using var request = Request(method ?? HttpMethod.Get, path, cookie, key);
        if (bearer is not null) request.Headers.Authorization = new("Bearer", bearer);
        foreach (var (name, value) in headers) request.Headers.TryAddWithoutValidation(name, value);
        using var answer = await client.SendAsync(request);
        return (int)answer.StatusCode;
    }
}
