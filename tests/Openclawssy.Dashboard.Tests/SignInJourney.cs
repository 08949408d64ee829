using Microsoft.Playwright;
using Openclawssy.Gateway.Tokens;
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
