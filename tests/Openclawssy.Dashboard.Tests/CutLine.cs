using System.Globalization;
using Microsoft.Playwright;
using Openclawssy.TestKit;
using Openclawssy.Tests.Gateway;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace Openclawssy.Dashboard.Tests;

/// <summary>The line between page and gateway is cut, and goes on, while something happens and while somebody types.</summary>
public sealed class CutLine(Browser browser)
{
    static readonly string first = Begun("One half is here, ");
    static readonly string second = FakeAnswer.Chunk("""{"content":"and here is the other."}""");

    [Fact]
    public async Task A_cut_is_said_and_afterwards_nothing_is_missing_nothing_doubled_and_no_typed_word_lost()
    {
        await using var line = Line.Open();
        await using var house = await HouseAsync(line);
        await using var window = await browser.OpenAsync(line.Address);
        var (inTheText, atTheTool, toTheEnd) = (new TaskCompletionSource(), new TaskCompletionSource(), new TaskCompletionSource());
        house.Model.Answers(
            FakeAnswer.Calls(("time.now", "{}")), FakeAnswer.Calls(("fs.list", """{"path":"."}""")).After(atTheTool.Task),
            FakeAnswer.Stream(first).Waits(inTheText.Task).Sends($"data: {second}\n\n").Waits(toTheEnd.Task).Sends(Ended));
        var asked = new List<int>();
        window.Page.Request += (_, request) =>
        {
            if (request.Url.Contains("/v1/runs/events/", StringComparison.Ordinal))
                lock (asked) asked.Add(request.Headers.TryGetValue("last-event-id", out var id) ? int.Parse(id, CultureInfo.InvariantCulture) : 0);
        };
        await window.SignInAsync("#/chat", remember: true);
        var page = window.Page;
        var box = page.GetByLabel("Message to default");
        await box.FillAsync("begin");
        await box.PressAsync("Enter");
        await Expect(page.Locator(".live .tool-name")).ToHaveTextAsync("time.now");
        await box.FillAsync("not sent");
        var run = (await house.GetAsync("/v1/runs")).Body!["runs"]![0]!["id"]!.GetValue<string>();

        // Between two events.
        line.Cut();
        await Expect(page.Locator(".cut")).ToContainTextAsync("The connection to the gateway is lost");
        await Expect(page.Locator(".live .progress")).ToContainTextAsync("reconnecting");
        atTheTool.SetResult();
        await HappensAsync(house, run, (type, data) => type == "tool_end" && data.Contains("fs.list", StringComparison.Ordinal));
        await box.PressAsync("Enter");
        await Expect(page.GetByText("The gateway did not answer. Your text is still below")).ToBeVisibleAsync();
        await Expect(box).ToHaveValueAsync("not sent");
        line.Mend();
        await Expect(page.Locator(".cut")).ToHaveCountAsync(0);
        await Expect(page.Locator(".live .tool-name")).ToHaveTextAsync(["time.now", "fs.list"]);
        await Expect(page.Locator(".live .progress")).ToContainTextAsync("2 tool calls");

        // In the middle of an answer's text.
        await Expect(page.Locator(".live .markdown")).ToHaveTextAsync("One half is here,");
        line.Cut();
        await Expect(page.Locator(".cut")).ToBeVisibleAsync();
        inTheText.SetResult();
        await HappensAsync(house, run, (type, data) => type == "model_text" && data.Contains("and here", StringComparison.Ordinal));
        line.Mend();
        // The last word waits until it is known whether it goes on.
        await Expect(page.Locator(".live .markdown")).ToContainTextAsync("One half is here, and here is");
        toTheEnd.SetResult();
        await Expect(page.Locator(".progress")).ToHaveCountAsync(0);
        await Expect(page.GetByText("One half is here, and here is the other.", new() { Exact = true })).ToHaveCountAsync(1);
        await Expect(page.Locator(".tool-name")).ToHaveCountAsync(2);
        await Expect(page.Locator(".mine")).ToHaveTextAsync(["begin"]);
        await Expect(box).ToHaveValueAsync("not sent");
        // It asked for the rest each time, and never for what it had.
        List<int> froms;
        lock (asked) froms = [.. asked];
        Assert.Equal(0, froms[0]);
        Assert.True(froms.Count >= 3 && froms.Skip(1).All(from => from > 0) && froms.SequenceEqual(froms.Order()), string.Join(' ', froms));
        window.AssertClean();
    }

    [Fact]
    public async Task A_line_that_died_without_a_word_is_noticed_by_its_silence()
    {
        await using var line = Line.Open();
        await using var house = await HouseAsync(line);
        await using var window = await browser.OpenAsync(line.Address);
        var more = new TaskCompletionSource();
        house.Model.Answers(FakeAnswer.Calls(("time.now", "{}")), FakeAnswer.Says("It went on.").After(more.Task));
        await window.Page.Clock.InstallAsync();
        await window.SignInAsync("#/chat", remember: true);
        var page = window.Page;
        await page.GetByLabel("Message to default").FillAsync("begin");
        await page.GetByLabel("Message to default").PressAsync("Enter");
        await Expect(page.Locator(".live .tool-name")).ToHaveTextAsync("time.now");
        line.Silence();
        more.SetResult();
        var run = (await house.GetAsync("/v1/runs")).Body!["runs"]![0]!["id"]!.GetValue<string>();
        await HappensAsync(house, run, (type, _) => type == "completed");
        var again = page.WaitForRequestAsync(request => request.Url.Contains("/v1/runs/events/", StringComparison.Ordinal));
        await page.Clock.FastForwardAsync("00:41");
        await again;
        await Expect(page.GetByText("It went on.", new() { Exact = true })).ToHaveCountAsync(1);
        await Expect(page.Locator(".progress")).ToHaveCountAsync(0);
        window.AssertClean();
    }

    [Fact]
    public async Task What_was_typed_stays_with_its_conversation_over_other_pages_a_reload_and_a_lost_sign_in()
    {
        await using var house = await GatewayHouse.OpenAsync(""" "chat": {"allow_users": ["dashboard_user"]} """);
        await using var window = await browser.OpenAsync(house.Serving.Address);
        house.Model.Says("heard");
        await window.SignInAsync("#/chat");
        var page = window.Page;
        var box = page.GetByLabel("Message to default");
        await box.FillAsync("one");
        await box.PressAsync("Enter");
        await Expect(page.GetByText("heard")).ToBeVisibleAsync();
        await box.FillAsync("half a sentence");
        await page.GetByRole(AriaRole.Link, new() { Name = "Runs", Exact = true }).ClickAsync();
        await page.GoBackAsync();
        await Expect(box).ToHaveValueAsync("half a sentence");
        await window.Button("New chat").ClickAsync();
        await Expect(page.GetByText("What shall be done?")).ToBeVisibleAsync();
        await Expect(box).ToHaveValueAsync("");
        await page.GoBackAsync();
        await Expect(box).ToHaveValueAsync("half a sentence");
        await page.ReloadAsync();
        await page.GetByLabel("Token").FillAsync(GatewayHouse.Token);
        await window.Button("Sign in").ClickAsync();
        await Expect(box).ToHaveValueAsync("half a sentence");
        // Who signs out leaves nothing.
        await window.Button("Sign out").ClickAsync();
        await Expect(page.GetByLabel("Token")).ToBeVisibleAsync();
        Assert.Equal("{}", await page.EvaluateAsync<string>("JSON.stringify({ ...sessionStorage })"));
        window.AssertClean();
    }

    static async Task<GatewayHouse> HouseAsync(Line line)
    {
        var house = await GatewayHouse.OpenAsync($$""" "chat": {"allow_users": ["dashboard_user"]}, "server": {"allowed_hosts": ["127.0.0.1:{{line.Port}}"]} """);
        line.Target = house.Serving.Address.Port;
        return house;
    }

    /// <summary>Follows a run beside the line until something has happened in it.</summary>
    static async Task HappensAsync(GatewayHouse house, string run, Func<string, string, bool> what)
    {
        await foreach (var (_, type, data) in house.EventsAsync(run))
            if (what(type, data.ToJsonString())) return;
        Assert.Fail("the run ended before");
    }

    static string Begun(string text) => $"data: {FakeAnswer.Chunk("""{"role":"assistant","content":""}""")}\n\ndata: {FakeAnswer.Chunk($$"""{"content":{{FakeAnswer.Quote(text)}}}""")}\n\n";

    static string Ended => $"data: {FakeAnswer.Chunk("{}", "stop")}\n\ndata: {FakeAnswer.Usage()}\n\ndata: [DONE]\n\n";
}
