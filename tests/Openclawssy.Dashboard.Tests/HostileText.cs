using System.Text.Json.Nodes;
using Microsoft.Playwright;
using Openclawssy.Runtime.Sessions;
using Openclawssy.Runtime.Text;
using Openclawssy.TestKit;
using Openclawssy.Tests.Gateway;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace Openclawssy.Dashboard.Tests;

/// <summary>Text that tries to run, in every place that shows text somebody else wrote: nothing runs, nothing is fetched.</summary>
public sealed class HostileText(Browser browser)
{
    static readonly string[] few =
    [
        "<script>window.hit=1</script>", "<img src=x onerror=window.hit=1>", "<svg/onload=window.hit=1>", "[a](javascript:window.hit=1)", "![b](https://elsewhere.invalid/x.png)", "<iframe srcdoc='<script>parent.hit=1</script>'></iframe>",
        "<a href='data:text/html,<script>window.hit=1</script>'>c</a>", "`</code><script>window.hit=1</script>`", "```html\n<script>window.hit=1</script>\n```", "[x]: javascript:window.hit=1\n[x]", "<style>@import 'https://elsewhere.invalid/x.css'</style>",
        "| <img src=x onerror=window.hit=1> |\n|---|\n| <b onclick=window.hit=1>x</b> |", "<base href=https://elsewhere.invalid/>", "<form action=https://elsewhere.invalid/><button>go</button></form>", "<meta http-equiv=refresh content='0;url=https://elsewhere.invalid/'>",
    ];

    [Fact]
    public async Task Nothing_runs_and_nothing_is_fetched_from_any_displayed_field()
    {
        await using var house = await GatewayHouse.OpenAsync(""" "chat": {"allow_users": ["dashboard_user"]} """);
        var all = string.Join("\n\n", few);
        house.Model.Answers(FakeAnswer.Calls(("fs.write", new JsonObject { ["path"] = "notes.md", ["content"] = all }.ToJsonString())), FakeAnswer.Calls(("fs.read", """{"path":"notes.md"}""")), FakeAnswer.Calls((few[0], "{}")), FakeAnswer.Says(all));
        var reply = (await house.PostAsync("/v1/chat/messages", new JsonObject { ["user_id"] = "dashboard_user", ["room_id"] = "dashboard", ["message"] = all }.ToJsonString())).Body!;
        var (run, session) = (reply["id"]!.GetValue<string>(), reply["session_id"]!.GetValue<string>());
        await house.EndOfAsync(run);
        await house.PostAsync("/api/admin/agent/docs", new JsonObject { ["agent_id"] = "default", ["name"] = "SOUL.md", ["content"] = all }.ToJsonString());
        await house.PostAsync("/api/admin/scheduler/jobs", new JsonObject { ["id"] = "hostile", ["schedule"] = "@every 24h", ["message"] = all, ["enabled"] = false }.ToJsonString());
        await house.SendAsync(HttpMethod.Patch, "/api/admin/config", new JsonObject { ["chat"] = new JsonObject { ["allow_users"] = new JsonArray([.. few.Where(one => !one.Contains('\n', StringComparison.Ordinal)).Append("dashboard_user").Select(one => (JsonNode)one)]) } }.ToJsonString());
        await using var window = await browser.OpenAsync(house.Serving.Address);
        await window.SignInAsync($"#/chat/{session}");
        var page = window.Page;
        await Expect(page.Locator(".said .markdown").Last).ToContainTextAsync("window.hit=1");
        foreach (var card in await page.Locator(".tool summary").AllAsync()) await card.ClickAsync();
        foreach (var place in new[] { $"#/chat/{session}", "#/runs", $"#/runs/{run}", "#/overview", "#/scheduler", "#/agents/default", "#/settings/chat", "#/audit?agent=default" })
        {
            await window.GoAsync(place);
            await window.SettledAsync();
            foreach (var option in (await page.Locator(".virtual-row").AllAsync()).Take(12).Where(_ => place.Contains("run_", StringComparison.Ordinal))) await option.ClickAsync();
            foreach (var record in (await page.Locator(".record summary").AllAsync()).Take(10)) await record.ClickAsync();
            await AssertQuietAsync(window);
        }
        window.AssertClean();
    }

    // One page, every published string, as an answer and as a title: what the lexer makes of it comes out as elements or as text.
    [Theory]
    [InlineData("patt-IntrudersXSS.txt")]
    [InlineData("payloadbox-xss-payload-list.txt")]
    [InlineData("patt-XSS_Polyglots.txt")]
    public async Task None_of_the_published_strings_runs(string file)
    {
        Assert.SkipUnless(Corpora.Find("xss") is not null, Corpora.Absent);
        var lines = (await File.ReadAllLinesAsync(Path.Combine(Corpora.Find("xss")!, file))).Where(line => line.Trim().Length > 0).ToList();
        await using var house = await GatewayHouse.OpenAsync(""" "chat": {"allow_users": ["dashboard_user"]} """);
        await using var window = await browser.OpenAsync(house.Serving.Address);
        await window.SignInAsync("#/chat");
        var sessions = house.Installation.Sessions;
        var agent = AgentId.Parse("default");
        string[] roles = ["user", "assistant", "tool"];
        foreach (var part in lines.Chunk(SessionStore.MaxRecent))
        {
            // Real conversations, with the strings as what was said, as a tool's name and as a title.
            var session = sessions.Create(agent, new("dashboard", "dashboard_user", "dashboard"), part[0][..Math.Min(part[0].Length, 200)]);
            await sessions.AppendAsync(agent, session.Id, [.. part.Select((line, index) => new SessionMessage(roles[index % 3], line, default, null, $"call_{index}", index % 3 == 2 ? line[..Math.Min(line.Length, 60)] : null))]);
            await window.GoAsync($"#/chat/{session.Id}");
            await Expect(window.Page.Locator(".mine")).ToHaveCountAsync((part.Length + 2) / 3);
            await AssertQuietAsync(window);
        }
        window.AssertClean();
    }

    static async Task AssertQuietAsync(Window window)
    {
        var page = window.Page;
        Assert.False(await page.EvaluateAsync<bool>("'hit' in window"));
        Assert.Equal(0, await page.Locator("main script, main iframe, main img, main object, main embed, main base, main meta, main style, main form[action]").CountAsync());
        Assert.Equal(0, await page.EvaluateAsync<int>("[...document.querySelectorAll('main *')].filter(one => [...one.attributes].some(attribute => attribute.name.startsWith('on')) || /^(javascript|data|vbscript):/i.test(one.getAttribute('href') ?? '')).length"));
        Assert.Empty(window.Foreign);
    }
}
