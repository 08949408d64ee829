using System.Security.Cryptography.X509Certificates;
using Microsoft.Playwright;
using Openclawssy.Gateway.Tokens;
using Openclawssy.TestKit;
using Openclawssy.Tests.Gateway;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace Openclawssy.Dashboard.Tests;

public sealed class SignInJourney(Browser browser)
{
    [Fact]
    public async Task The_token_is_asked_for_first_held_by_the_page_alone_and_gone_after_a_reload()
    {
        await using var house = await GatewayHouse.OpenAsync();
        await using var window = await browser.OpenAsync(house.Serving.Address);
        await window.GoAsync("#/runs");
        var page = window.Page;
        await page.GetByLabel("Token").FillAsync("oc_wrong_token_0123456789abcdefg");
        await window.Button("Sign in").ClickAsync();
        await Expect(page.GetByRole(AriaRole.Alert)).ToHaveTextAsync("That is not the gateway's token.");
        await window.SignInAsync("#/runs");
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Runs" })).ToBeVisibleAsync();
        Assert.DoesNotContain(GatewayHouse.Token, await KeptAsync(page), StringComparison.Ordinal);
        Assert.Empty(await page.Context.CookiesAsync());
        Assert.DoesNotContain(GatewayHouse.Token, page.Url, StringComparison.Ordinal);
        await page.ReloadAsync();
        await Expect(page.GetByLabel("Token")).ToBeVisibleAsync();
        window.AssertClean();
    }

    [Fact]
    public async Task Remembered_it_outlasts_a_reload_by_two_halves_that_open_nothing_alone()
    {
        await using var house = await GatewayHouse.OpenAsync();
        await using var window = await browser.OpenAsync(house.Serving.Address);
        await window.SignInAsync("#/runs", remember: true);
        var page = window.Page;
        await page.ReloadAsync();
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Runs" })).ToBeVisibleAsync();
        var cookie = Assert.Single(await page.Context.CookiesAsync());
        Assert.Equal((true, SameSiteAttribute.Strict, "/"), (cookie.HttpOnly, cookie.SameSite, cookie.Path));
        var kept = await KeptAsync(page) + cookie.Value;
        Assert.DoesNotContain(GatewayHouse.Token, kept, StringComparison.Ordinal);
        // The browser sends the cookie by itself; without the page's key that is nobody.
        Assert.Equal(401, await page.EvaluateAsync<int>("fetch('/api/admin/status').then(answer => answer.status)"));
        await window.Button("Sign out").ClickAsync();
        await Expect(page.GetByLabel("Token")).ToBeVisibleAsync();
        Assert.Empty(await page.Context.CookiesAsync());
        Assert.DoesNotContain("openclawssy.key", await KeptAsync(page), StringComparison.Ordinal);
        window.AssertClean();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    [System.Runtime.Versioning.SupportedOSPlatform("linux")]
    public async Task Its_cookie_is_bound_as_tightly_as_the_line_allows_and_signing_out_ends_both_halves(bool tls)
    {
        using var folder = new TempFolder();
        using var certificate = tls ? Made(folder) : null;
        await using var house = await GatewayHouse.OpenAsync(certificate: certificate);
        await using var window = await browser.OpenAsync(house.Serving.Address);
        await window.GoAsync("#/runs");
        var page = window.Page;
        await page.GetByLabel("Token").FillAsync(GatewayHouse.Token);
        await page.GetByLabel("Remember me in this browser").CheckAsync();
        var begun = await page.RunAndWaitForResponseAsync(() => window.Button("Sign in").ClickAsync(), answer => answer.Url.EndsWith("/api/session", StringComparison.Ordinal));
        await page.ReloadAsync();
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Runs" })).ToBeVisibleAsync();
        var cookie = Assert.Single(await page.Context.CookiesAsync());
        // Under the prefix the browser takes it only with Secure, with Path=/ and without a Domain. Plain HTTP, which is for this machine alone, could not set it.
        Assert.Equal(($"{(tls ? "__Host-" : "")}openclawssy-{house.Serving.Address.Port}", tls), (cookie.Name, cookie.Secure));
        Assert.Equal((true, SameSiteAttribute.Strict, "/", "127.0.0.1"), (cookie.HttpOnly, cookie.SameSite, cookie.Path, cookie.Domain));
        Assert.DoesNotContain("domain=", await begun.HeaderValueAsync("set-cookie") ?? "domain=", StringComparison.OrdinalIgnoreCase);
        Assert.Equal("", await page.EvaluateAsync<string>("document.cookie"));
        var key = await page.EvaluateAsync<string>("localStorage.getItem('openclawssy.key')");
        Assert.Equal(200, await StatusAsync());
        await window.Button("Sign out").ClickAsync();
        await Expect(page.GetByLabel("Token")).ToBeVisibleAsync();
        Assert.Empty(await page.Context.CookiesAsync());
        Assert.Null(await page.EvaluateAsync<string?>("localStorage.getItem('openclawssy.key')"));
        // Whoever copied both halves before has nothing of them now.
        Assert.Equal(401, await StatusAsync());
        window.AssertClean();

        async Task<int> StatusAsync()
        {
            using var client = new HttpClient(new SocketsHttpHandler { UseProxy = false, UseCookies = false, SslOptions = new() { RemoteCertificateValidationCallback = (_, shown, _, _) => shown?.GetCertHashString() == certificate?.GetCertHashString() } });
            using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(house.Serving.Address, "/api/admin/status"));
            request.Headers.Add("Cookie", $"{cookie.Name}={cookie.Value}");
            request.Headers.Add(PageSessions.KeyHeader, key);
            using var answer = await client.SendAsync(request);
            return (int)answer.StatusCode;
        }
    }

    /// <summary>The pair `setup` makes, read as `serve` reads it.</summary>
    static X509Certificate2 Made(TempFolder folder)
    {
        Assert.True(ServerCertificate.Ensure(folder["server.crt"], folder["server.key"], DateTimeOffset.UtcNow));
        return X509Certificate2.CreateFromPemFile(folder["server.crt"], folder["server.key"]);
    }

    [Fact]
    public async Task A_request_that_is_refused_while_somebody_signs_out_is_no_lost_sign_in()
    {
        await using var house = await GatewayHouse.OpenAsync();
        await using var window = await browser.OpenAsync(house.Serving.Address);
        await window.SignInAsync("#/runs", remember: true);
        var page = window.Page;
        await window.SettledAsync();
        await page.RouteAsync("**/api/session", async route =>
        {
            // The gateway has ended it, and the page does not know yet.
            var answer = await route.FetchAsync();
            var refused = page.WaitForResponseAsync(other => other.Status == 401);
            await page.EvaluateAsync("document.dispatchEvent(new Event('visibilitychange'))");
            await (await refused).FinishedAsync();
            await route.FulfillAsync(new() { Response = answer });
        });
        await window.Button("Sign out").ClickAsync();
        await Expect(page.GetByLabel("Token")).ToBeVisibleAsync();
        await Expect(page.GetByText("The sign-in no longer holds.")).ToHaveCountAsync(0);
        Assert.Empty(await page.Context.CookiesAsync());
        window.AssertClean();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_token_that_is_taken_away_brings_the_prompt_back(bool remember)
    {
        await using var house = await GatewayHouse.OpenAsync();
        await using var window = await browser.OpenAsync(house.Serving.Address);
        await window.SignInAsync("#/runs", remember);
        house.Held = BearerToken.Of("oc_another_token_0123456789abcdef");
        await Expect(window.Page.GetByLabel("Token")).ToBeVisibleAsync();
        await Expect(window.Page.GetByText("The sign-in no longer holds.")).ToBeVisibleAsync();
        window.AssertClean();
    }

    static Task<string> KeptAsync(IPage page) => page.EvaluateAsync<string>("JSON.stringify({ ...localStorage }) + JSON.stringify({ ...sessionStorage })");
}
