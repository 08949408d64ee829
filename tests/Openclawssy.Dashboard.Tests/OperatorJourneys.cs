using Microsoft.Playwright;
using Openclawssy.Tests.Gateway;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace Openclawssy.Dashboard.Tests;

/// <summary>What an operator looks at and changes: overview, scheduler, agents, settings, secrets, audit.</summary>
public sealed class OperatorJourneys(Browser browser)
{
    [Fact]
    public async Task The_overview_says_what_runs_what_failed_and_why()
    {
        await using var house = await FilledHouse.OpenAsync();
        await using var window = await browser.OpenAsync(house.Gateway.Serving.Address);
        house.Gateway.Model.Answers(TestKit.FakeAnswer.Says("never").After(new TaskCompletionSource().Task));
        await house.Gateway.AskAsync("this one goes on");
        await house.Gateway.PostAsync("/api/admin/scheduler/jobs", """{"id":"nightly","schedule":"@every 24h","message":"tidy up","enabled":true}""");
        await window.SignInAsync("#/overview");
        var page = window.Page;
        await Expect(page.GetByRole(AriaRole.Region, new() { Name = "Now" })).ToContainTextAsync("this one goes on");
        await Expect(page.GetByRole(AriaRole.Region, new() { Name = "Failed lately" })).ToContainTextAsync("does not exist");
        await Expect(page.GetByRole(AriaRole.Region, new() { Name = "Usage" })).ToContainTextAsync("Tokens: ");
        await Expect(page.GetByRole(AriaRole.Region, new() { Name = "Tools", Exact = true })).ToContainTextAsync("time.now");
        await window.Button("7 days").ClickAsync();
        await Expect(window.Button("7 days")).ToHaveAttributeAsync("aria-pressed", "true");
        await page.GetByRole(AriaRole.Link, new() { Name = "this one goes on" }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToHaveTextAsync("this one goes on");
        window.AssertClean();
    }

    [Fact]
    public async Task The_overview_says_how_Discord_is_and_what_went_wrong_last()
    {
        await using var discord = await TestKit.FakeDiscord.StartAsync();
        await using var house = await GatewayHouse.OpenAsync($$""" "discord": {"enabled": true, "token": "{{TestKit.FakeDiscord.Token}}", "api_base": "{{discord.ApiBase}}", "gateway_url": "{{discord.GatewayUrl}}", "allow_users": ["201"]} """);
        await using var window = await browser.OpenAsync(house.Serving.Address);
        await window.SignInAsync("#/overview");
        var now = window.Page.GetByRole(AriaRole.Region, new() { Name = "Now" });
        await Expect(now).ToContainTextAsync("connected as helper");
        await discord.CloseAsync(4000);
        await Expect(now).ToContainTextAsync("Discord closed the connection (4000)");
        await Expect(now).ToContainTextAsync("connected as helper");
        discord.CloseAtHello = 4014;
        discord.Drop();
        await Expect(now.GetByRole(AriaRole.Alert)).ToContainTextAsync("switch on \"Message Content Intent\"");
        await Expect(now).ToContainTextAsync("stopped");
        window.AssertClean();
    }

    [Fact]
    public async Task Jobs_are_made_with_their_schedule_in_words_edited_paused_and_deleted_after_a_question()
    {
        await using var house = await GatewayHouse.OpenAsync();
        await using var window = await browser.OpenAsync(house.Serving.Address);
        await window.SignInAsync("#/scheduler");
        var page = window.Page;
        await Expect(page.GetByText("No jobs yet")).ToBeVisibleAsync();
        await window.Button("New job").ClickAsync();
        await page.GetByLabel("Name; left out, one is made").FillAsync("report");
        await page.GetByLabel("When:").FillAsync("61 * * * *");
        await Expect(page.Locator("#schedule-words .field-problem")).ToBeVisibleAsync();
        await page.GetByLabel("When:").FillAsync("30 7 * * 1");
        await Expect(page.Locator("#schedule-words strong")).ToContainTextAsync("07:30");
        await Expect(page.Locator("#schedule-words li")).ToHaveCountAsync(5);
        await page.GetByLabel("Task for the agent").FillAsync("write the report");
        await window.Button("Add job").ClickAsync();
        await Expect(page.Locator(".job h2")).ToHaveTextAsync("report");
        await window.Button("Edit report").ClickAsync();
        await page.GetByLabel("Task for the agent").FillAsync("write the short report");
        await window.Button("Save job").ClickAsync();
        await Expect(page.Locator(".job-message")).ToHaveTextAsync("write the short report");
        await window.Button("Pause report").ClickAsync();
        await Expect(page.Locator(".job .badge").First).ToHaveTextAsync("paused");
        await window.Button("Pause all").ClickAsync();
        await Expect(page.GetByText("The scheduler is paused: no job")).ToBeVisibleAsync();
        await window.Button("Resume all").ClickAsync();
        await window.Button("Delete report").ClickAsync();
        await window.Button("Cancel").ClickAsync();
        await Expect(page.Locator(".job")).ToHaveCountAsync(1);
        await window.Button("Delete report").ClickAsync();
        await window.Button("Delete job").ClickAsync();
        await Expect(page.GetByText("No jobs yet")).ToBeVisibleAsync();
        window.AssertClean();
    }

    [Fact]
    public async Task An_agent_is_made_its_document_written_and_nothing_typed_is_lost_unasked()
    {
        await using var house = await GatewayHouse.OpenAsync();
        await using var window = await browser.OpenAsync(house.Serving.Address);
        await window.SignInAsync("#/agents");
        var page = window.Page;
        await window.Button("New agent").ClickAsync();
        await page.GetByLabel("Its id:").FillAsync("reviewer");
        await window.Button("Make it").ClickAsync();
        await Expect(page.Locator(".agent h2").First).ToHaveTextAsync("reviewer");
        var text = page.GetByLabel("SOUL.md");
        await text.FillAsync("You review.");
        await page.GetByRole(AriaRole.Link, new() { Name = "Runs" }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Dialog)).ToContainTextAsync("SOUL.md would be lost");
        await window.Button("Cancel").ClickAsync();
        await Expect(text).ToHaveValueAsync("You review.");
        await window.Button("Save SOUL.md").ClickAsync();
        await Expect(page.GetByText("SOUL.md is saved.")).ToBeVisibleAsync();
        // Somebody else writes meanwhile: their text is not overwritten without a question.
        await text.FillAsync("You review well.");
        await house.PostAsync("/api/admin/agent/docs", """{"agent_id":"reviewer","name":"SOUL.md","content":"theirs"}""");
        await window.Button("Save SOUL.md").ClickAsync();
        await Expect(page.GetByRole(AriaRole.Dialog)).ToContainTextAsync("Somebody else changed it");
        await window.Button("Replace theirs").ClickAsync();
        await Expect(page.GetByText("not saved")).ToHaveCountAsync(0);
        var documents = (await house.GetAsync("/api/admin/agent/docs?agent_id=reviewer")).Body!["documents"]!.AsArray();
        Assert.Contains(documents, one => one!["content"]!.GetValue<string>() == "You review well.");
        window.AssertClean();
    }

    [Fact]
    public async Task Rights_are_changed_and_verdicts_explained()
    {
        await using var house = await GatewayHouse.OpenAsync();
        await using var window = await browser.OpenAsync(house.Serving.Address);
        await window.SignInAsync("#/agents/default/rights");
        var page = window.Page;
        await page.GetByLabel("Search rights").FillAsync("http.request");
        var right = page.GetByRole(AriaRole.Switch, new() { Name = "http.request" });
        await Expect(right).Not.ToBeCheckedAsync();
        await right.ClickAsync();
        await Expect(right).ToBeCheckedAsync();
        var grants = (await house.GetAsync("/api/admin/grants")).Body!["agents"]![0]!["capabilities"]!.AsArray();
        Assert.Contains(grants, one => one!.GetValue<string>() == "http.request");
        await page.GetByRole(AriaRole.Combobox, new() { Name = "Tool", Exact = true }).SelectOptionAsync("shell.exec");
        await window.Button("Explain").ClickAsync();
        await Expect(page.Locator(".verdict .badge")).ToHaveTextAsync("deny");
        window.AssertClean();
    }

    [Fact]
    public async Task Settings_are_checked_field_by_field_shown_as_a_difference_and_saved()
    {
        await using var house = await GatewayHouse.OpenAsync();
        await using var window = await browser.OpenAsync(house.Serving.Address);
        await window.SignInAsync("#/settings?search=engine.max");
        var page = window.Page;
        var queued = page.GetByLabel("engine.max_queued_runs");
        await queued.FillAsync("-5");
        await Expect(page.Locator("[id$=max_queued_runs-fault]")).ToBeVisibleAsync();
        await Expect(window.Button("Review and save")).ToBeDisabledAsync();
        await queued.FillAsync("7");
        await page.GetByLabel("Search settings").FillAsync("chat.allow_users");
        // A list takes a second line, and a line may be empty while it is typed.
        var users = page.GetByLabel("chat.allow_users");
        await users.PressSequentiallyAsync("me\nyou two");
        await Expect(users).ToHaveValueAsync("me\nyou two");
        await window.Button("Review and save").ClickAsync();
        var dialog = page.GetByRole(AriaRole.Dialog);
        await Expect(dialog).ToContainTextAsync("engine.max_queued_runs647");
        await Expect(dialog).ToContainTextAsync("""["me","you two"]""");
        await dialog.GetByRole(AriaRole.Button, new() { Name = "Save" }).ClickAsync();
        await Expect(page.Locator(".note")).ToContainTextAsync("Saved");
        var config = (await house.GetAsync("/api/admin/config")).Body!;
        Assert.Equal((7, "you two"), (config["engine"]!["max_queued_runs"]!.GetValue<int>(), config["chat"]!["allow_users"]![1]!.GetValue<string>()));
        await page.GetByLabel("Search settings").FillAsync("server.port");
        await Expect(page.GetByText("Holds after a restart.")).ToBeVisibleAsync();
        window.AssertClean();
    }

    [Fact]
    public async Task Profiles_and_prices_are_added_checked_at_their_fields_saved_and_removed()
    {
        await using var house = await GatewayHouse.OpenAsync();
        await using var window = await browser.OpenAsync(house.Serving.Address);
        await window.SignInAsync("#/settings/agents");
        var page = window.Page;
        var profiles = page.GetByRole(AriaRole.Region, new() { Name = "agents.profiles", Exact = true });
        await AddAsync(profiles, "agent", "../x");
        await Expect(profiles.GetByRole(AriaRole.Alert)).ToContainTextAsync("../x");
        await Expect(window.Button("Review and save")).ToBeDisabledAsync();
        await window.Button("Remove ../x").ClickAsync();
        await AddAsync(profiles, "agent", "reviewer");
        await page.GetByLabel("agents.profiles.reviewer.model.name").FillAsync("small");
        var limit = page.GetByLabel("agents.profiles.reviewer.model.max_tokens");
        await limit.FillAsync("-1");
        await Expect(page.Locator("[id$=max_tokens-fault]")).ToBeVisibleAsync();
        await limit.FillAsync("500");
        await Expect(page.Locator("[id$=max_tokens-fault]")).ToHaveCountAsync(0);
        await page.GetByLabel("Search settings").FillAsync("prices");
        await AddAsync(page.GetByRole(AriaRole.Region, new() { Name = "providers.zai.prices", Exact = true }), "model", "GLM-4.7");
        await page.GetByLabel("""providers.zai.prices["GLM-4.7"].input""").FillAsync("0.6");
        // What only its owner may change at the machine stays shut, and says how it is changed.
        var rehearsal = page.GetByRole(AriaRole.Region, new() { Name = "providers.rehearsal.prices", Exact = true });
        await AddAsync(rehearsal, "model", "m");
        await Expect(rehearsal.GetByRole(AriaRole.Alert)).ToContainTextAsync("only at the machine itself");
        await rehearsal.GetByRole(AriaRole.Button, new() { Name = "Remove m" }).ClickAsync();
        await SaveAsync("""providers.zai.prices["GLM-4.7"]""");
        var config = (await house.GetAsync("/api/admin/config")).Body!;
        Assert.Equal(("small", 500), (config["agents"]!["profiles"]!["reviewer"]!["model"]!["name"]!.GetValue<string>(), config["agents"]!["profiles"]!["reviewer"]!["model"]!["max_tokens"]!.GetValue<int>()));
        Assert.Equal(0.6, config["providers"]!["zai"]!["prices"]!["GLM-4.7"]!["input"]!.GetValue<double>());

        // A number is emptied: its default holds again. An entry is removed; thought better of, it stays.
        await page.GetByLabel("Search settings").FillAsync("agents.profiles");
        await limit.FillAsync("");
        await SaveAsync("max_tokens");
        Assert.Null((await house.GetAsync("/api/admin/config")).Body!["agents"]!["profiles"]!["reviewer"]!["model"]!["max_tokens"]);
        await window.Button("Remove reviewer").ClickAsync();
        await window.Button("Keep reviewer").ClickAsync();
        await Expect(page.GetByLabel("agents.profiles.reviewer.model.name")).ToHaveValueAsync("small");
        await Expect(page.GetByRole(AriaRole.Region, new() { Name = "Unsaved changes" })).ToHaveCountAsync(0);
        await window.Button("Remove reviewer").ClickAsync();
        await SaveAsync("agents.profiles.reviewer");
        Assert.Empty((await house.GetAsync("/api/admin/config")).Body!["agents"]!["profiles"]!.AsObject());
        window.AssertClean();

        static async Task AddAsync(ILocator family, string word, string name)
        {
            await family.GetByLabel($"One more {word}").FillAsync(name);
            await family.GetByLabel($"One more {word}").PressAsync("Enter");
        }

        async Task SaveAsync(string says)
        {
            await window.Button("Review and save").ClickAsync();
            var dialog = page.GetByRole(AriaRole.Dialog);
            await Expect(dialog).ToContainTextAsync(says);
            await dialog.GetByRole(AriaRole.Button, new() { Name = "Save" }).ClickAsync();
            await Expect(dialog).ToHaveCountAsync(0);
            await Expect(page.Locator(".note").Last).ToContainTextAsync("Saved");
        }
    }

    [Fact]
    public async Task A_secret_goes_in_and_only_its_name_is_ever_seen_again()
    {
        const string value = "sk-never-to-be-seen-again-42";
        await using var house = await GatewayHouse.OpenAsync();
        await using var window = await browser.OpenAsync(house.Serving.Address);
        await window.SignInAsync("#/secrets");
        var page = window.Page;
        await page.GetByLabel("Name, for example").FillAsync("deploy/key");
        await page.GetByLabel("Value, 8 characters at least").FillAsync(value);
        await window.Button("Store").ClickAsync();
        await Expect(page.GetByRole(AriaRole.Cell, new() { Name = "deploy/key", Exact = true })).ToBeVisibleAsync();
        Assert.DoesNotContain(value, await page.ContentAsync(), StringComparison.Ordinal);
        await Expect(page.GetByLabel("Value, 8 characters at least")).ToHaveValueAsync("");
        await window.Button("Remove deploy/key").ClickAsync();
        await window.Button("Remove").ClickAsync();
        await Expect(page.GetByText("No secrets yet")).ToBeVisibleAsync();
        window.AssertClean();
    }

    [Fact]
    public async Task The_audit_is_searched_and_says_who_denied_what_and_where_that_is_written()
    {
        await using var house = await FilledHouse.OpenAsync();
        await using var window = await browser.OpenAsync(house.Gateway.Serving.Address);
        await window.SignInAsync("#/audit");
        var page = window.Page;
        await Expect(page.GetByRole(AriaRole.Region, new() { Name = "Verdict" })).ToContainTextAsync("consistent");
        await page.GetByRole(AriaRole.Searchbox, new() { Name = "Search" }).FillAsync("reviewer");
        await Expect(page.Locator(".record")).ToHaveCountAsync(1);
        await Expect(page.Locator(".record")).ToContainTextAsync("agent.created");
        await page.GetByRole(AriaRole.Searchbox, new() { Name = "Search" }).FillAsync("");
        await window.Button("Denials").ClickAsync();
        await Expect(page.Locator(".record .badge").First).ToHaveTextAsync("deny");
        await page.Locator(".record summary").First.ClickAsync();
        await Expect(page.Locator(".denial").First).ToContainTextAsync("Denied by the rule");
        await page.GetByRole(AriaRole.Link, new() { Name = "Open the run" }).First.ClickAsync();
        await Expect(page.GetByRole(AriaRole.Region, new() { Name = "Timeline" })).ToBeVisibleAsync();
        window.AssertClean();
    }
}
