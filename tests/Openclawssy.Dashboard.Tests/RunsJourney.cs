using System.IO.Compression;
using Microsoft.Playwright;
using Openclawssy.Runtime.Journal;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace Openclawssy.Dashboard.Tests;

public sealed class RunsJourney(Browser browser)
{
    /// <summary>What a person takes as at once.</summary>
    const int AtOnce = 100;

    [Fact]
    public async Task Runs_are_filtered_by_a_link_and_opened_to_their_journal_bundle_and_verdict()
    {
        await using var house = await FilledHouse.OpenAsync();
        await using var window = await browser.OpenAsync(house.Gateway.Serving.Address);
        await window.SignInAsync("#/runs?status=failed");
        var page = window.Page;
        await Expect(page.Locator("table.runs tbody tr")).ToHaveCountAsync(1);
        await page.GetByLabel("Status").SelectOptionAsync("");
        await Expect(page.Locator("table.runs tbody tr")).ToHaveCountAsync(3);
        await page.GetByLabel("Source").SelectOptionAsync("dashboard");
        await Expect(page.Locator("table.runs tbody tr")).ToHaveCountAsync(1);
        Assert.EndsWith("#/runs?source=dashboard", page.Url, StringComparison.Ordinal);
        await page.Locator("table.runs a").ClickAsync();
        await Expect(page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToContainTextAsync("Look at the file");
        await Expect(page.GetByRole(AriaRole.Region, new() { Name = "Where time and tokens went" })).ToContainTextAsync("turn 4");
        await page.GetByRole(AriaRole.Combobox, new() { Name = "Show" }).SelectOptionAsync("denied");
        await page.Locator(".virtual-row").First.ClickAsync();
        await Expect(page.Locator(".event-pane h3")).ToHaveTextAsync("Denied shell.exec");
        await Expect(page.Locator(".event-pane")).ToContainTextAsync("sandbox");
        await page.GetByRole(AriaRole.Combobox, new() { Name = "Show" }).SelectOptionAsync("tool");
        var list = page.GetByRole(AriaRole.Listbox, new() { Name = "Events" });
        await list.FocusAsync();
        await page.Keyboard.PressAsync("Home");
        await Expect(page.Locator(".event-pane")).ToContainTextAsync("Input");
        await page.Keyboard.PressAsync("End");
        await Expect(page.Locator(".event-pane h3")).ToContainTextAsync("failed");
        await Expect(page.GetByRole(AriaRole.Region, new() { Name = "Audit" })).ToContainTextAsync("consistent");
        var download = await page.RunAndWaitForDownloadAsync(() => window.Button("Download bundle").ClickAsync());
        using var archive = await ZipFile.OpenReadAsync(await download.PathAsync());
        Assert.Contains(archive.Entries, entry => entry.Name == "events.jsonl");
        window.AssertClean();
    }

    // The one place where time is measured: the promise is a time. Whoever scrolled sees the next rows, and whoever chose sees the choice, before they would call it slow.
    [Fact]
    public async Task Ten_thousand_events_stay_smooth()
    {
        const int events = 10_000;
        await using var house = await FilledHouse.OpenAsync();
        const string run = "run_1795700000000_0123456789ab";
        var folder = Path.Combine(house.Gateway.Root, ".openclawssy", "agents", "default", "runs", run);
        using (var journal = RunJournal.Create(folder, TimeProvider.System, [], []))
        {
            await journal.WriteAsync(new RunCreated(run, "default", ["operator"], "http", new("operator"), "a long one", null, null, "gone", null, "full", "0.1"), default);
            await journal.WriteAsync(new RunStarted("generic", "m", 120, 900_000, 1_200_000, "require"), default);
            for (var i = 0; i < events - 3; i++) await journal.WriteAsync(new GuidanceGiven(1 + i / 100, "recovery", $"event number {i}"), default);
            await journal.WriteAsync(new RunEnded("completed", null, null, "done", null, null, 0, 100, null, DateTimeOffset.UtcNow, 1000), default);
        }
        await using var window = await browser.OpenAsync(house.Gateway.Serving.Address);
        await window.SignInAsync($"#/runs/{run}");
        var page = window.Page;
        var list = page.GetByRole(AriaRole.Listbox, new() { Name = "Events" });
        await Expect(page.GetByText("10,000 events")).ToBeVisibleAsync();
        Assert.InRange(await page.Locator(".virtual-row").CountAsync(), 10, 100);
        var took = await list.EvaluateAsync<double[]>("""
            async list => {
              const frame = () => new Promise(requestAnimationFrame);
              const measure = async (act) => { await frame(); const from = performance.now(); act(); await frame(); await frame(); return performance.now() - from; };
              const times = [];
              for (let i = 1; i <= 20; i++) times.push(await measure(() => { list.scrollTop = (list.scrollHeight / 21) * i; }));
              for (let i = 0; i < 10; i++) times.push(await measure(() => list.dispatchEvent(new KeyboardEvent("keydown", { key: "PageUp", bubbles: true, cancelable: true }))));
              return times.sort((a, b) => a - b);
            }
            """);
        // Time is judged where nothing else runs; that only what is seen is drawn was asked above.
        if (TestKit.Campaign.IsFull) Assert.True(took[took.Length / 2] < AtOnce, $"one interaction took {took[took.Length / 2]} ms");
        await page.GetByLabel("Search events").FillAsync("event number 9876");
        await Expect(page.Locator(".virtual-row")).ToHaveCountAsync(1);
        window.AssertClean();
    }

    [Fact]
    public async Task A_run_that_goes_on_grows_on_its_page_and_can_be_stopped_there()
    {
        await using var house = await FilledHouse.OpenAsync();
        await using var window = await browser.OpenAsync(house.Gateway.Serving.Address);
        house.Gateway.Model.Answers(TestKit.FakeAnswer.Calls(("time.now", "{}")), TestKit.FakeAnswer.Says("never").After(new TaskCompletionSource().Task));
        var run = await house.Gateway.AskAsync("take your time");
        await window.SignInAsync($"#/runs/{run}");
        var page = window.Page;
        await Expect(page.GetByRole(AriaRole.Listbox)).ToContainTextAsync("Turn 2: asked");
        await window.Button("Stop").ClickAsync();
        await Expect(page.GetByRole(AriaRole.Listbox)).ToContainTextAsync("Ended: cancelled");
        await Expect(page.Locator(".run-head .badge")).ToHaveTextAsync("cancelled");
        window.AssertClean();
    }
}
