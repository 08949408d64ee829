using System.Text.Json.Nodes;
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

    [Fact]
    public async Task Stop_really_cancels_and_Retry_asks_again()
    {
        await using var house = await GatewayHouse.OpenAsync(Admitted);
        await using var window = await browser.OpenAsync(house.Serving.Address);
        var asked = new TaskCompletionSource();
        house.Model.Responds(_ => asked.TrySetResult() ? FakeAnswer.Says("never").After(new TaskCompletionSource().Task) : FakeAnswer.Says("This time it came."));
        await window.SignInAsync("#/chat");
        var page = window.Page;
        await SayAsync(page, "count to a million");
        // Stopped before the model was asked, it would be the second run that gets the first answer.
        await asked.Task;
        await window.Button("Stop").ClickAsync();
        await Expect(page.Locator(".ended .badge")).ToHaveTextAsync("cancelled");
        var runs = (await house.GetAsync("/v1/runs")).Body!;
        Assert.Equal("cancelled", runs["runs"]![0]!["status"]!.GetValue<string>());
        await window.Button("Retry").First.ClickAsync();
        await Expect(page.GetByText("This time it came.")).ToBeVisibleAsync();
        window.AssertClean();
    }

    [Fact]
    public async Task A_reload_in_the_middle_takes_the_run_up_again_from_its_first_event()
    {
        await using var house = await GatewayHouse.OpenAsync(Admitted);
        await using var window = await browser.OpenAsync(house.Serving.Address);
        var more = new TaskCompletionSource();
        house.Model.Answers(FakeAnswer.Calls(("time.now", "{}")), FakeAnswer.Says("Here is the end.").After(more.Task));
        await window.SignInAsync("#/chat", remember: true);
        var page = window.Page;
        await SayAsync(page, "begin");
        await Expect(page.Locator(".live .tool-name")).ToHaveTextAsync("time.now");
        await page.ReloadAsync();
        await Expect(page.Locator(".live .tool-name")).ToHaveTextAsync("time.now");
        await Expect(page.Locator(".live .progress")).ToContainTextAsync("1 tool call");
        more.SetResult();
        await Expect(page.GetByText("Here is the end.")).ToHaveCountAsync(1);
        await Expect(page.Locator(".mine")).ToHaveCountAsync(1);
        await Expect(page.Locator(".tool-name")).ToHaveCountAsync(1);
        window.AssertClean();
    }

    [Fact]
    public async Task A_fresh_installation_says_why_nobody_may_chat_and_lets_the_operator_change_it()
    {
        await using var house = await GatewayHouse.OpenAsync();
        await using var window = await browser.OpenAsync(house.Serving.Address);
        house.Model.Says("Welcome.");
        await window.SignInAsync("#/chat");
        var page = window.Page;
        await SayAsync(page, "hello");
        await Expect(page.GetByRole(AriaRole.Alert)).ToContainTextAsync("not allowlisted");
        await Expect(page.GetByLabel("Message to default")).ToHaveValueAsync("hello");
        await window.Button("Allow chat from this page").ClickAsync();
        await Expect(page.GetByText("is not on the chat’s list")).ToHaveCountAsync(0);
        await page.GetByLabel("Message to default").PressAsync("Enter");
        await Expect(page.GetByText("Welcome.")).ToBeVisibleAsync();
        window.AssertClean();
    }

    [Fact]
    public async Task Chats_are_begun_listed_resumed_and_closed()
    {
        await using var house = await GatewayHouse.OpenAsync(Admitted);
        await using var window = await browser.OpenAsync(house.Serving.Address);
        house.Model.Answers(FakeAnswer.Says("first answer"), FakeAnswer.Says("second answer"), FakeAnswer.Says("third answer"));
        await window.SignInAsync("#/chat");
        var page = window.Page;
        await SayAsync(page, "question one");
        await Expect(page.GetByText("first answer")).ToBeVisibleAsync();
        var first = new Uri(page.Url).Fragment;
        await window.Button("New chat").ClickAsync();
        await Expect(page.GetByText("What shall be done?")).ToBeVisibleAsync();
        Assert.NotEqual(first, new Uri(page.Url).Fragment);
        await SayAsync(page, "question two");
        await Expect(page.GetByText("second answer")).ToBeVisibleAsync();
        await Expect(page.Locator(".chat-list .session-list a")).ToHaveCountAsync(2);
        await window.Button("Resume").ClickAsync();
        await page.GetByRole(AriaRole.Dialog).GetByRole(AriaRole.Link, new() { Name = "question one" }).ClickAsync();
        await Expect(page.GetByText("first answer")).ToBeVisibleAsync();
        await SayAsync(page, "question three");
        await Expect(page.GetByText("third answer")).ToBeVisibleAsync();
        Assert.Equal(first, new Uri(page.Url).Fragment);
        await window.Button("Close chat").ClickAsync();
        await page.GetByRole(AriaRole.Dialog).GetByRole(AriaRole.Button, new() { Name = "Close chat" }).ClickAsync();
        await Expect(page.GetByText("This chat is closed.")).ToBeVisibleAsync();
        window.AssertClean();
    }

    [Fact]
    public async Task Two_tabs_and_another_device_each_stay_in_their_own_conversation()
    {
        await using var house = await GatewayHouse.OpenAsync(Admitted);
        await using var left = await browser.OpenAsync(house.Serving.Address);
        house.Model.Responds(request => FakeAnswer.Says($"heard {JsonNode.Parse(request.Text)!["messages"]!.AsArray()[^1]!["content"]}"));
        await left.SignInAsync("#/chat", remember: true);
        await TalkAsync(left, "left one");
        await using var right = await left.OpenTabAsync();
        // An empty page is a new conversation, whatever goes on in the other tab.
        await right.GoAsync("#/chat");
        await TalkAsync(right, "right one");
        await TalkAsync(left, "left two");
        await TalkAsync(right, "right two");
        // Somebody begins another one elsewhere under the same name; no tab follows.
        var device = (await house.PostAsync("/v1/chat/messages", """{"user_id":"dashboard_user","room_id":"dashboard","message":"/new"}""")).Body!["session_id"]!.GetValue<string>();
        await TalkAsync(left, "left three");
        await TalkAsync(right, "right three");
        Assert.Equal(["left one", "left two", "left three"], await SaidAsync(left));
        Assert.Equal(["right one", "right two", "right three"], await SaidAsync(right));
        Assert.Empty((await house.GetAsync($"/api/admin/chat/sessions/{device}/messages")).Body!["messages"]!.AsArray());
        left.AssertClean();
        right.AssertClean();

        static async Task TalkAsync(Window tab, string text)
        {
            await SayAsync(tab.Page, text);
            await Expect(tab.Page.GetByText($"heard {text}", new() { Exact = true })).ToBeVisibleAsync();
        }

        async Task<IEnumerable<string>> SaidAsync(Window tab)
        {
            var session = new Uri(tab.Page.Url).Fragment.Split('/')[^1];
            var kept = (await house.GetAsync($"/api/admin/chat/sessions/{session}/messages")).Body!["messages"]!.AsArray();
            return kept.Where(message => message!["role"]!.GetValue<string>() == "user").Select(message => message!["content"]!.GetValue<string>());
        }
    }

    [Fact]
    public async Task A_conversation_of_another_channel_is_shown_and_not_written_in()
    {
        await using var house = await GatewayHouse.OpenAsync(Admitted);
        var session = house.Installation.Sessions.Create(Runtime.Text.AgentId.Parse("default"), new("discord", "ann", "lobby")).Id;
        await using var window = await browser.OpenAsync(house.Serving.Address);
        await window.SignInAsync($"#/chat/{session}");
        await Expect(window.Page.GetByText("belongs to another channel or user")).ToBeVisibleAsync();
        await Expect(window.Page.GetByLabel("Message to default")).ToHaveCountAsync(0);
        window.AssertClean();
    }

    [Fact]
    public async Task The_layout_is_set_with_the_keyboard_and_kept()
    {
        await using var house = await GatewayHouse.OpenAsync(Admitted);
        await using var window = await browser.OpenAsync(house.Serving.Address);
        await window.SignInAsync("#/chat", remember: true);
        var page = window.Page;
        var box = page.GetByLabel("Message to default");
        await box.FillAsync("one");
        await box.PressAsync("Shift+Enter");
        await box.PressSequentiallyAsync("two");
        await Expect(box).ToHaveValueAsync("one\ntwo");
        var height = page.GetByRole(AriaRole.Separator, new() { Name = "Height of the conversation" });
        await height.FocusAsync();
        await page.Keyboard.PressAsync("Home");
        await Expect(height).ToHaveAttributeAsync("aria-valuenow", "220");
        var frame = (await height.BoundingBoxAsync())!;
        await page.Mouse.MoveAsync(frame.X + frame.Width / 2, frame.Y + frame.Height / 2);
        await page.Mouse.DownAsync();
        await page.Mouse.MoveAsync(frame.X + frame.Width / 2, frame.Y + frame.Height / 2 + 80);
        await page.Mouse.UpAsync();
        await Expect(height).ToHaveAttributeAsync("aria-valuenow", "300");
        await page.GetByLabel("Height", new() { Exact = true }).FillAsync("400");
        await Expect(height).ToHaveAttributeAsync("aria-valuenow", "400");
        await page.GetByRole(AriaRole.Separator, new() { Name = "Width of the list of chats" }).FocusAsync();
        await page.Keyboard.PressAsync("ArrowRight");
        await page.ReloadAsync();
        await Expect(height).ToHaveAttributeAsync("aria-valuenow", "400");
        await Expect(page.GetByRole(AriaRole.Separator, new() { Name = "Width of the list of chats" })).ToHaveAttributeAsync("aria-valuenow", "276");
        await window.Button("List chats").ClickAsync();
        await Expect(page.GetByRole(AriaRole.Complementary, new() { Name = "Chats" })).ToHaveCountAsync(0);
        await window.Button("Focus").ClickAsync();
        await Expect(page.GetByRole(AriaRole.Navigation, new() { Name = "Pages" })).ToHaveCountAsync(0);
        await page.Keyboard.PressAsync("Escape");
        await Expect(page.GetByRole(AriaRole.Navigation, new() { Name = "Pages" })).ToBeVisibleAsync();
        window.AssertClean();
    }

    static async Task SayAsync(IPage page, string text)
    {
        await page.GetByLabel("Message to default").FillAsync(text);
        await page.GetByLabel("Message to default").PressAsync("Enter");
    }
}
