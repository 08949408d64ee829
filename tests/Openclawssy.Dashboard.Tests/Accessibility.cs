using System.Text.Json;
using Microsoft.Playwright;
using Openclawssy.TestKit;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace Openclawssy.Dashboard.Tests;

/// <summary>axe on every page in both themes, every page at 200 %, and the pages by keyboard alone.</summary>
public sealed class Accessibility(Browser browser)
{
    [Theory]
    [InlineData(ColorScheme.Light)]
    [InlineData(ColorScheme.Dark)]
    public async Task Axe_finds_nothing_on_any_page(ColorScheme scheme)
    {
        var axe = Path.Combine(Repository.Root, "dashboard", "node_modules", "axe-core", "axe.min.js");
        Assert.SkipUnless(File.Exists(axe), "axe-core is not installed (npm ci --prefix dashboard)");
        var script = await File.ReadAllTextAsync(axe);
        await using var house = await FilledHouse.OpenAsync();
        await house.Gateway.PostAsync("/api/admin/scheduler/jobs", """{"id":"nightly","schedule":"@every 24h","message":"tidy up"}""");
        await using var window = await browser.OpenAsync(house.Gateway.Serving.Address, scheme: scheme);
        await window.GoAsync("");
        await Expect(window.Page.GetByLabel("Token")).ToBeVisibleAsync();
        var found = await FindAsync("signin");
        await window.SignInAsync();
        foreach (var (name, place) in house.Pages)
        {
            await window.GoAsync(place);
            await window.SettledAsync();
            if (name == "chat") await window.Page.Locator(".tool summary").First.ClickAsync();
            if (name == "run") await window.Page.Locator(".virtual-row").First.ClickAsync();
            if (name == "audit") await window.Page.Locator(".record summary").First.ClickAsync();
            if (name == "scheduler") await window.Button("New job").ClickAsync();
            found.AddRange(await FindAsync(name));
        }
        Assert.Empty(found);

        // Handed over by the test as DevTools would; the page's policy binds the page.
        async Task<List<string>> FindAsync(string name)
        {
            await window.Page.EvaluateAsync(script);
            var violations = await window.Page.EvaluateAsync<JsonElement>("axe.run(document, { resultTypes: ['violations'] }).then(result => result.violations.map(one => `${one.id}: ${one.nodes.map(node => node.html).slice(0, 3).join(' | ')}`))");
            return [.. violations.EnumerateArray().Select(one => $"{name}: {one.GetString()}")];
        }
    }

    [Fact]
    public async Task At_200_percent_nothing_sticks_out()
    {
        await using var house = await FilledHouse.OpenAsync();
        await using var window = await browser.OpenAsync(house.Gateway.Serving.Address, 640, 400);
        await window.SignInAsync();
        foreach (var (name, place) in house.Pages)
        {
            await window.GoAsync(place);
            await window.SettledAsync();
            Assert.True(await window.Page.EvaluateAsync<int>("document.documentElement.scrollWidth - document.documentElement.clientWidth") <= 0, name);
        }
    }

    [Fact]
    public async Task Every_page_is_reached_with_two_keys_and_the_keys_are_explained()
    {
        await using var house = await FilledHouse.OpenAsync();
        await using var window = await browser.OpenAsync(house.Gateway.Serving.Address);
        await window.SignInAsync("#/runs");
        var page = window.Page;
        await page.Locator("main").FocusAsync();
        await page.Keyboard.PressAsync("?");
        await Expect(page.GetByRole(AriaRole.Dialog, new() { Name = "Keys" })).ToBeVisibleAsync();
        await page.Keyboard.PressAsync("Escape");
        foreach (var (key, title) in new[] { ("o", "Overview"), ("s", "Scheduler"), ("a", "Agents"), ("t", "Settings"), ("k", "Secrets"), ("u", "Audit"), ("r", "Runs") })
        {
            await page.Keyboard.PressAsync("g");
            await page.Keyboard.PressAsync(key);
            await Expect(page.GetByRole(AriaRole.Heading, new() { Level = 1, Name = title })).ToBeVisibleAsync();
        }
        await page.GotoAsync(new Uri(window.Gateway, "/dashboard#/settings").ToString());
        await page.Locator("main").FocusAsync();
        await page.Keyboard.PressAsync("/");
        await Expect(page.GetByLabel("Search settings")).ToBeFocusedAsync();
    }
}
