using System.Text.Json;
using Openclawssy.TestKit;
using Xunit;

namespace Openclawssy.Tests.Cli;

/// <summary><c>cron</c> as a person types it, on a real instance.</summary>
public sealed class CronCommandTests : IAsyncLifetime
{
    readonly TempFolder folder = new();
    CliHouse last = new();

    public async ValueTask InitializeAsync() => Assert.Equal(0, await TypeAsync("init"));

    public ValueTask DisposeAsync()
    {
        folder.Dispose();
        return default;
    }

    string Jobs => folder[".openclawssy/scheduler/jobs.json"];

    Task<int> TypeAsync(params string[] words)
    {
        last = new CliHouse().With("XDG_STATE_HOME", folder["state"]);
        return last.RunAsync([.. words, "--root", folder.Path]);
    }

    [Fact]
    public async Task Jobs_are_added_listed_paused_resumed_and_deleted()
    {
        Assert.Equal(0, await TypeAsync("cron"));
        Assert.Equal("scheduler=running no jobs\n", last.Out);
        Assert.Equal(0, await TypeAsync("cron", "add", "-id", "job_1", "-schedule", "@every 1h", "-message", "status report"));
        Assert.Equal("added job job_1\n", last.Out);
        Assert.Equal(0, await TypeAsync("cron", "list"));
        Assert.StartsWith("scheduler=running\njob_1  @every 1h  enabled=true  agent=default  next=", last.Out, StringComparison.Ordinal);
        Assert.Contains("\"status report\"", last.Out, StringComparison.Ordinal);
        Assert.Equal(0, await TypeAsync("cron", "pause"));
        Assert.Equal("paused scheduler\n", last.Out);
        Assert.Equal(0, await TypeAsync("cron", "pause", "--id", "job_1"));
        Assert.Equal("paused job job_1\n", last.Out);
        Assert.Equal(0, await TypeAsync("cron", "list"));
        Assert.StartsWith("scheduler=paused\njob_1  @every 1h  enabled=false", last.Out, StringComparison.Ordinal);
        Assert.Equal(0, await TypeAsync("cron", "resume", "job_1"));
        Assert.Equal(0, await TypeAsync("cron", "resume"));
        Assert.Equal("resumed scheduler\n", last.Out);
        Assert.Equal(0, await TypeAsync("cron", "delete", "--id=job_1"));
        Assert.Equal("removed job job_1\n", last.Out);
        Assert.Equal(0, await TypeAsync("cron", "list"));
        Assert.Equal("scheduler=running no jobs\n", last.Out);
        var audit = File.ReadAllText(Directory.GetFiles(folder[".openclawssy/audit"], "*.jsonl").Single());
        foreach (var happened in new[] { "added", "paused", "resumed", "removed" }) Assert.Contains($"\"scheduler.{happened}\"", audit, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Everything_that_was_typed_is_kept_and_shown_as_one_object()
    {
        Assert.Equal(0, await TypeAsync("cron", "add", "--id", "a", "--schedule", "0 9 * * 1-5", "--tz", "Europe/Berlin", "--message", "hi", "--channel", "discord", "--user", "42", "--room", "4711", "--session", "chat_1",
            "--catch-up", "false", "--overlap", "--enabled=false", "--when", """{"tool":"fs.list","input":{"path":"inbox"}}""", "--json"));
        using var added = JsonDocument.Parse(last.Out);
        var job = added.RootElement;
        Assert.Equal("at 09:00 on Monday to Friday, time of Europe/Berlin", job.GetProperty("explained").GetString());
        Assert.Equal(("discord", "42", "4711", "chat_1"), (job.GetProperty("channel").GetString(), job.GetProperty("user_id").GetString(), job.GetProperty("room_id").GetString(), job.GetProperty("session_id").GetString()));
        Assert.Equal((false, false, true), (job.GetProperty("enabled").GetBoolean(), job.GetProperty("catch_up").GetBoolean(), job.GetProperty("overlap").GetBoolean()));
        Assert.Equal("inbox", job.GetProperty("when").GetProperty("input").GetProperty("path").GetString());
        Assert.Equal("operator", job.GetProperty("maker")[0].GetString());
        Assert.Equal(0, await TypeAsync("cron", "--json"));
        Assert.Contains("\"paused\": false", last.Out, StringComparison.Ordinal);
        Assert.Equal(0, await TypeAsync("cron", "add", "--schedule", "@every 1h", "--message", "without a name"));
        Assert.StartsWith("added job job_", last.Out, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("cron add --message x")]
    [InlineData("cron add --schedule daily --message x")]
    [InlineData("cron add --schedule @hourly --message x --tz Nowhere/Land")]
    [InlineData("cron add --schedule @hourly --message x --agent ghost")]
    [InlineData("cron add --schedule @hourly --message x --agent ../x")]
    [InlineData("cron add --schedule @hourly --message x --id ../x")]
    [InlineData("cron add --schedule @hourly --message x --id there")]
    [InlineData("cron add --schedule @hourly --message x --catch-up perhaps")]
    [InlineData("cron add --schedule @hourly --message x --when fs.list")]
    [InlineData("cron add --schedule @hourly --message x --when {\"tool\":\"fs.write\"}")]
    [InlineData("cron delete")]
    [InlineData("cron delete nothing")]
    [InlineData("cron pause nothing")]
    [InlineData("cron resume a --id b")]
    [InlineData("cron explain nonsense")]
    [InlineData("cron start")]
    public async Task What_cannot_be_is_refused_and_changes_nothing(string typed)
    {
        Assert.Equal(0, await TypeAsync("cron", "add", "--id", "there", "--schedule", "@every 1h", "--message", "kept"));
        var before = File.ReadAllText(Jobs);
        Assert.Equal(2, await TypeAsync(typed.Split(' ')));
        Assert.StartsWith("error: ", last.Error, StringComparison.Ordinal);
        Assert.Equal(before, File.ReadAllText(Jobs));
    }

    [Fact]
    public async Task A_job_is_changed_when_that_is_asked_for()
    {
        Assert.Equal(0, await TypeAsync("cron", "add", "--id", "a", "--schedule", "@every 1h", "--message", "one"));
        Assert.Equal(0, await TypeAsync("cron", "add", "--id", "a", "--schedule", "@every 1h", "--message", "two", "--replace"));
        Assert.Contains("\"message\": \"two\"", File.ReadAllText(Jobs), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_schedule_is_explained_without_an_instance()
    {
        last = new CliHouse();
        Assert.Equal(0, await last.RunAsync("cron", "explain", "0 9 29 2 *", "--tz", "Europe/Berlin"));
        Assert.Equal("at 09:00 on day 29 of the month in February, time of Europe/Berlin", last.Out.Split('\n')[0]);
        Assert.Equal(7, last.Out.Split('\n').Length);
        Assert.Matches(@"\n\w{3} 20\d\d-02-29 09:00:00 \+01:00\n", last.Out);
        last = new CliHouse();
        Assert.Equal(0, await last.RunAsync("cron", "explain", "2020-01-01T00:00:00Z"));
        Assert.Equal("once, 2020-01-01 at 00:00:00 UTC\nnever from now on\n", last.Out);
        last = new CliHouse();
        Assert.Equal(0, await last.RunAsync("cron", "explain", "@every 90m", "--json"));
        using var shown = JsonDocument.Parse(last.Out);
        Assert.Equal(5, shown.RootElement.GetProperty("next").GetArrayLength());
    }
}
