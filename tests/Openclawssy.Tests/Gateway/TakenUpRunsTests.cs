using System.Text.Json.Nodes;
using Openclawssy.Runtime.Journal;
using Openclawssy.Runtime.Policy;
using Openclawssy.Runtime.Runs;

using Openclawssy.Runtime.Text;
using Openclawssy.TestKit;
using Xunit;

namespace Openclawssy.Tests.Gateway;

/// <summary>What becomes of runs whose gateway was killed: those that went on are closed honestly, those that waited run, once.</summary>
[System.Runtime.Versioning.SupportedOSPlatform("linux")]
public sealed class TakenUpRunsTests
{
    static readonly AgentId agent = AgentId.Parse("default");

    static string JournalOf(GatewayHouse house, string run) => Path.Combine(house.State.Path, "agents", "default", "runs", run, JournalReader.FileName);

    static IReadOnlyList<RunEvent> EventsOf(GatewayHouse house, string run) => [.. JournalReader.Read(JournalOf(house, run)).Select(entry => entry.Event)];

    /// <summary>Copies what is on disk now and gives every lock of a process back, as a kill at this moment would.</summary>
    static void Kill(GatewayHouse house, string into)
    {
        foreach (var path in Directory.EnumerateFiles(house.Root, "*", SearchOption.AllDirectories))
        {
            var name = Path.GetRelativePath(house.Root, path);
            if (Path.GetFileName(path).StartsWith("state.db", StringComparison.Ordinal) || Path.GetFileName(path).StartsWith('.')) continue;
            var target = Path.Combine(into, name);
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            try
            {
                using var from = new FileStream(new Microsoft.Win32.SafeHandles.SafeFileHandle(Open(path), true), FileAccess.Read);
                using var to = File.Create(target);
                from.CopyTo(to);
            }
            catch (FileNotFoundException) { continue; }
            File.SetUnixFileMode(target, File.GetUnixFileMode(path));
        }
        foreach (var folder in Directory.EnumerateDirectories(house.Root, "*", SearchOption.AllDirectories))
        {
            var target = Path.Combine(into, Path.GetRelativePath(house.Root, folder));
            Directory.CreateDirectory(target);
            File.SetUnixFileMode(target, File.GetUnixFileMode(folder));
        }

        // The framework takes a shared lock with every opening, and these files are locked.
        static nint Open(string path) => open(path, 0) is >= 0 and var descriptor ? descriptor : throw new FileNotFoundException(path);
    }

    [System.Runtime.InteropServices.DllImport("libc", SetLastError = true, CharSet = System.Runtime.InteropServices.CharSet.Ansi)]
    static extern int open([System.Runtime.InteropServices.MarshalAs(System.Runtime.InteropServices.UnmanagedType.LPUTF8Str)] string path, int flags);

    [Fact]
    public async Task After_a_kill_what_went_on_is_interrupted_and_what_waited_runs_once()
    {
        await using var house = await GatewayHouse.OpenAsync(""" "engine": {"max_concurrent_runs": 2} """);
        var hold = new TaskCompletionSource();
        var begun = new SemaphoreSlim(0);
        house.Model.Responds(request =>
        {
            if (request.Text.Contains("going", StringComparison.Ordinal)) { begun.Release(); return FakeAnswer.Says("late").After(hold.Task); }
            return FakeAnswer.Says("taken up");
        });
        string[] going = [await house.AskAsync("going 1"), await house.AskAsync("going 2")];
        await begun.WaitAsync();
        await begun.WaitAsync();
        var waiting = new List<string>();
        for (var i = 0; i < 10; i++) waiting.Add(await house.AskAsync($"waiting {i}"));

        using var folder = new TempFolder();
        Kill(house, folder.Path);
        hold.SetResult();
        await using var after = await GatewayHouse.OpenAsync(root: folder.Path, model: house.Model);
        foreach (var run in going)
        {
            var record = (await after.GetAsync($"/v1/runs/{run}")).Body!;
            Assert.Equal(("failed", "interrupted"), (record["status"]!.GetValue<string>(), record["reason"]!.GetValue<string>()));
        }
        foreach (var run in waiting)
        {
            Assert.Equal(("completed", "taken up"), Of(await after.EndOfAsync(run)));
            var events = EventsOf(after, run);
            Assert.Equal((1, 1, 1, 1), (events.OfType<RunCreated>().Count(), events.OfType<RunRequeued>().Count(), events.OfType<RunStarted>().Count(), events.OfType<RunEnded>().Count()));
        }
        // They keep their order, and nothing of them is taken up again.
        await after.RestartAsync();
        Assert.Equal(12, (await after.GetAsync("/v1/runs")).Body!["total"]!.GetValue<int>());
        Assert.Equal(12, EventsCount<RunEnded>(after, [.. going, .. waiting]));

        static (string, string?) Of(JsonNode run) => (run["status"]!.GetValue<string>(), run["output"]?.GetValue<string>());
    }

    static int EventsCount<T>(GatewayHouse house, IEnumerable<string> runs) => runs.Sum(run => EventsOf(house, run).OfType<T>().Count());

    [Fact]
    public async Task After_a_clean_stop_what_waited_runs_at_the_next_start()
    {
        await using var house = await GatewayHouse.OpenAsync(""" "engine": {"max_concurrent_runs": 1} """);
        var hold = new TaskCompletionSource();
        house.Model.Responds(request => request.Text.Contains("going", StringComparison.Ordinal) ? FakeAnswer.Says("never").After(hold.Task) : FakeAnswer.Says("later"));
        var going = await house.AskAsync("going");
        var waiting = await house.AskAsync("waiting");
        // No time to end: what goes on is cancelled, what waits is left.
        await house.StopAsync(TimeSpan.Zero);
        await house.StartAsync();
        Assert.Equal("cancelled", (await house.EndOfAsync(going))["status"]!.GetValue<string>());
        Assert.Equal("later", (await house.EndOfAsync(waiting))["output"]!.GetValue<string>());
        Assert.Equal(2, (await house.GetAsync("/v1/runs")).Body!["total"]!.GetValue<int>());
    }

    [Fact]
    public async Task What_the_operator_typed_is_never_done_by_another_process()
    {
        await using var house = await GatewayHouse.OpenAsync();
        // A tool with the operator's rights, which no agent here has; opened, and then the process died.
        var typed = await house.Installation.Runner.OpenAsync(
            new(agent, "/tool config.get {}", "cli.run", Authority.Operator(0, "pts/0"), new("operator"), new OperatorAtTerminal(0, "pts/0")), house.Installation.SettingsOf(agent), [], default);
        var secret = await house.Installation.Runner.OpenAsync(
            new(agent, """/tool secrets.set {"key":"a.b","value":"123456789012"}""", "http", Authority.Sent("http", "t", agent), new("user")), house.Installation.SettingsOf(agent), [], default);
        using var folder = new TempFolder();
        Kill(house, folder.Path);
        await using (var after = await GatewayHouse.OpenAsync(root: folder.Path, model: house.Model))
            foreach (var run in new[] { typed.Id.ToString(), secret.Id.ToString() })
            {
                var record = (await after.GetAsync($"/v1/runs/{run}")).Body!;
                Assert.Equal(("failed", "interrupted"), (record["status"]!.GetValue<string>(), record["reason"]!.GetValue<string>()));
                Assert.Equal([typeof(RunCreated), typeof(RunEnded)], EventsOf(after, run).Select(happened => happened.GetType()));
            }
        await house.Installation.Runner.GoOnAsync(typed, default);
        await house.Installation.Runner.GoOnAsync(secret, default);
    }

    // The control takes up whatever has not started.
    [Fact]
    public async Task Who_takes_up_whatever_waits_is_caught()
    {
        await using var house = await GatewayHouse.OpenAsync();
        var typed = await house.Installation.Runner.OpenAsync(
            new(agent, "/tool config.get {}", "cli.run", Authority.Operator(0, "pts/0"), new("operator"), new OperatorAtTerminal(0, "pts/0")), house.Installation.SettingsOf(agent), [], default);
        var story = EventsOf(house, typed.Id.ToString());
        Assert.True(story is [RunCreated] && !Runner.CanGoOn((RunCreated)story[0]));
        Assert.True(Naive(story));
        await house.Installation.Runner.GoOnAsync(typed, default);

        static bool Naive(IReadOnlyList<RunEvent> story) => story.All(happened => happened is RunCreated or RunRequeued);
    }

    [Fact]
    public async Task A_run_that_was_cancelled_while_it_waited_and_its_gateway_died_ends_cancelled()
    {
        await using var house = await GatewayHouse.OpenAsync();
        var waiting = await house.Installation.Runner.OpenAsync(
            new(agent, "never asked", "http", Authority.Sent("http", "t", agent), new("user")), house.Installation.SettingsOf(agent), [], default);
        using var folder = new TempFolder();
        Kill(house, folder.Path);
        var place = Path.Combine(folder.Path, ".openclawssy", "agents", "default", "runs", waiting.Id.ToString());
        Openclawssy.Runtime.Records.CancelRequest.Leave(place, "somebody");
        await using (var after = await GatewayHouse.OpenAsync(root: folder.Path, model: house.Model))
            Assert.Equal("cancelled", (await after.EndOfAsync(waiting.Id.ToString()))["status"]!.GetValue<string>());
        Assert.Empty(house.Model.Requests);
        house.Installation.Runner.Tracker.Cancel(waiting.Id, "a test");
        await house.Installation.Runner.GoOnAsync(waiting, default);
    }
}
