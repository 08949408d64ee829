using Microsoft.Playwright;
using Openclawssy.TestKit;
using Openclawssy.Tests.Gateway;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace Openclawssy.Dashboard.Tests;

/// <summary>Every page in three sizes: nothing sticks out, and a picture of each lies outside the repository to be looked at.</summary>
public sealed class Pictures(Browser browser)
{
    static readonly string folder = Environment.GetEnvironmentVariable("OPENCLAWSSY_PICTURES") ?? Path.Combine(Path.GetTempPath(), "openclawssy-dashboard");

    [Theory]
    [InlineData("wide", 1440, 900, ColorScheme.Light)]
    [InlineData("half", 768, 1024, ColorScheme.Dark)]
    [InlineData("phone", 360, 740, ColorScheme.Light)]
    public async Task Nothing_sticks_out_of_any_page(string size, int width, int height, ColorScheme scheme)
    {
        await using var house = await FilledHouse.OpenAsync();
        await using var window = await browser.OpenAsync(house.Gateway.Serving.Address, width, height, scheme);
        Directory.CreateDirectory(folder);
        await window.GoAsync("");
        await Expect(window.Page.GetByLabel("Token")).ToBeFocusedAsync();
        await SaveAsync("signin");
        await window.SignInAsync();
        foreach (var (name, place) in house.Pages)
        {
            await window.GoAsync(place);
            await window.SettledAsync();
            await SaveAsync(name);
            var wide = await window.Page.EvaluateAsync<int>("document.documentElement.scrollWidth - document.documentElement.clientWidth");
            Assert.True(wide <= 0, $"{name} is {wide} pixels wider than a window of {width}");
        }
        window.AssertClean();

        Task SaveAsync(string name) => window.Page.ScreenshotAsync(new() { Path = Path.Combine(folder, $"{name}-{size}.png") });
    }
}
