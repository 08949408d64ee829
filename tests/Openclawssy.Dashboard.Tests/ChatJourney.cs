using Microsoft.Playwright;
using Openclawssy.TestKit;
using Openclawssy.Tests.Gateway;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace Openclawssy.Dashboard.Tests;

public sealed class ChatJourney(Browser browser)
{
    const string Admitted = """ "chat": {"allow_users": ["dashboard_user"]} """;

    [Fact]
    public async Task An_answer_streams_in_with_its_tool_calls_and_stays_after_a_reload()
    {
        await using var house = await GatewayHouse.OpenAsync(Admitted);
        await using var window = await browser.OpenAsync(house.Serving.Address);
        var more = new TaskCompletionSource();
        house.Model.Answers(FakeAnswer.Calls(("time.now", "{}")), FakeAnswer.Says("It is **late**. The rest of it follows here.").After(more.Task));
        await window.SignInAsync("#/chat", remember: true);
        var page = window.Page;
        await page.GetByLabel("Message to default").FillAsync("what time is it?");
        await page.GetByLabel("Message to default").PressAsync("Enter");
        await Expect(page.Locator(".mine")).ToHaveTextAsync("what time is it?");
        await Expect(page.Locator(".tool-name")).ToHaveTextAsync("time.now");
        await Expect(page.Locator(".live .progress")).ToContainTextAsync("1 tool call");
        more.SetResult();
        await Expect(page.Locator(".said strong")).ToHaveTextAsync("late");
        await Expect(page.Locator(".progress")).ToHaveCountAsync(0);
        await page.Locator(".tool summary").ClickAsync();
        await Expect(page.Locator(".tool-body")).ToContainTextAsync("Arguments");
        await page.ReloadAsync();
        await Expect(page.Locator(".said strong")).ToHaveTextAsync("late");
        await Expect(page.Locator(".mine")).ToHaveCountAsync(1);
        window.AssertClean();
    }
}
