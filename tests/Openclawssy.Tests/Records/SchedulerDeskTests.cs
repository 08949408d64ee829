using System.Text.Json;
using Openclawssy.Runtime.Journal;
using Openclawssy.Runtime.Policy;
using Openclawssy.Runtime.Records;
using Openclawssy.Runtime.Runs;
using Openclawssy.Runtime.Scheduling;
using Openclawssy.Runtime.Text;
using Openclawssy.Runtime.Toolkit;
using Openclawssy.Tests.House;
using Openclawssy.Tools;
using Xunit;

namespace Openclawssy.Tests.Records;

/// <summary>Jobs through tools: whose they are, whose rights they have, and what is refused.</summary>
public sealed class SchedulerDeskTests
{
    static readonly string[] everything = ["scheduler.add", "scheduler.list", "scheduler.pause", "scheduler.remove", "scheduler.resume"];

    static JobsFile File(RecordsHouse house) => JobsFile.In(house.House.State);

    static Job JobOf(RecordsHouse house, string id) => File(house).Read().Find(JobId.Parse(id))!;

    static RecordsHouse Granted(params string[] more)
    {
        var house = new RecordsHouse();
        house.Grant([.. everything, .. more]);
        Directory.CreateDirectory(house.House.State.Of("agents", "research"));
        return house;
    }

    static void Theirs(RecordsHouse house) => File(house).Change(book => book.With(new(JobId.Parse("theirs"), "@every 1h", AgentId.Parse("research"), "their secret plan") { Maker = ["operator"] }));

    [Fact]
    public async Task A_job_is_added_listed_paused_resumed_and_removed()
    {
        await using var house = Granted();
        var added = await house.CallAsync("scheduler.add", """{"id":"job_1","schedule":"0 9 * * 1-5","time_zone":"Europe/Berlin","message":"status report","channel":"dashboard","user_id":"u","room_id":"r","session_id":"chat_1","catch_up":false,"overlap":true}""");
        Assert.Equal(RunStates.Completed, added.State);
        Assert.Contains("\"added\":true,\"id\":\"job_1\",\"agent_id\":\"default\",\"schedule\":\"0 9 * * 1-5\",\"explained\":\"at 09:00 on Monday to Friday, time of Europe/Berlin\"", added.Output, StringComparison.Ordinal);
        var job = JobOf(house, "job_1");
        Assert.Equal(["agent:default"], job.Maker);
        Assert.Equal(("dashboard", "u", "r", "chat_1", false, true), (job.Channel, job.User, job.Room, job.Session.ToString(), job.CatchUp, job.Overlap));

        Assert.Contains("\"paused\":true,\"scope\":\"job\",\"id\":\"job_1\"", (await house.CallAsync("scheduler.pause", """{"id":"job_1"}""")).Output, StringComparison.Ordinal);
        Assert.False(JobOf(house, "job_1").Enabled);
        var list = await house.CallAsync("scheduler.list", "{}");
        using (var shown = JsonDocument.Parse(list.Output))
        {
            var row = shown.RootElement.GetProperty("jobs")[0];
            Assert.Equal(("job_1", "default", "", false), (row.GetProperty("id").GetString(), row.GetProperty("agentID").GetString(), row.GetProperty("lastRun").GetString(), row.GetProperty("enabled").GetBoolean()));
        }
        Assert.Contains("\"paused\":false,\"scope\":\"job\"", (await house.CallAsync("scheduler.resume", """{"id":"job_1"}""")).Output, StringComparison.Ordinal);
        Assert.Contains("\"removed\":true,\"id\":\"job_1\"", (await house.CallAsync("scheduler.remove", """{"id":"job_1"}""")).Output, StringComparison.Ordinal);
        Assert.Empty(File(house).Read().Jobs);
        Assert.Equal(["scheduler.added", "scheduler.paused", "scheduler.resumed", "scheduler.removed"], house.Recorded.Lines.Select(line => line.Split(' ')[1]));
    }

    [Fact]
    public async Task Without_a_grant_there_is_no_scheduler()
    {
        await using var house = new RecordsHouse();
        house.Grant("fs.read");
        foreach (var tool in everything)
            Assert.Equal(ToolErrorCodes.PolicyDenied, (await house.CallAsync(tool, tool == "scheduler.add" ? """{"schedule":"@every 1h","message":"x"}""" : tool == "scheduler.remove" ? """{"id":"x"}""" : "{}")).Reason);
        Assert.DoesNotContain(Capabilities.Starter, capability => capability.StartsWith("scheduler.", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Another_agents_jobs_are_neither_seen_nor_changed_nor_made()
    {
        await using var house = Granted();
        Theirs(house);
        Assert.DoesNotContain("secret plan", (await house.CallAsync("scheduler.list", "{}")).Output, StringComparison.Ordinal);
        foreach (var (tool, input) in new[]
        {
            ("scheduler.remove", """{"id":"theirs"}"""), ("scheduler.pause", """{"id":"theirs"}"""), ("scheduler.resume", """{"id":"theirs"}"""),
            ("scheduler.add", """{"id":"theirs","schedule":"@every 1h","message":"mine now","replace":true}"""), ("scheduler.add", """{"agent_id":"research","schedule":"@every 1h","message":"/tool policy.grant {}"}"""),
            ("scheduler.pause", "{}"), ("scheduler.resume", "{}"),
        })
        {
            var refused = await house.CallAsync(tool, input);
            Assert.Equal(RunStates.Failed, refused.State);
        }
        Assert.Equal(("their secret plan", true), (JobOf(house, "theirs").Message, JobOf(house, "theirs").Enabled));
        Assert.False(File(house).Read().Paused);
        Assert.Single(File(house).Read().Jobs);
        Assert.Empty(house.Recorded.Lines);
        // What is not one's own looks as what is not there.
        Assert.Equal((await house.CallAsync("scheduler.remove", """{"id":"nothing"}""")).Output.Replace("nothing", "theirs", StringComparison.Ordinal), (await house.CallAsync("scheduler.remove", """{"id":"theirs"}""")).Output);
    }

    [Fact]
    public async Task With_policy_admin_and_as_operator_they_are()
    {
        await using var house = Granted(Capabilities.Admin);
        Theirs(house);
        Assert.Contains("secret plan", (await house.CallAsync("scheduler.list", "{}")).Output, StringComparison.Ordinal);
        Assert.Equal(RunStates.Completed, (await house.CallAsync("scheduler.pause", "{}")).State);
        Assert.True(File(house).Read().Paused);
        Assert.Equal(RunStates.Completed, (await house.CallAsync("scheduler.add", """{"id":"for-research","agent_id":"research","schedule":"@every 1h","message":"x"}""")).State);
        // Its runs have what both have, whoever may see it.
        Assert.Equal(["agent:default"], JobOf(house, "for-research").Maker);
        Assert.Equal(RunStates.Completed, (await house.CallAsync("scheduler.remove", """{"id":"theirs"}""", asOperator: true)).State);
        Assert.Equal(RunStates.Completed, (await house.CallAsync("scheduler.add", """{"id":"mine","schedule":"@every 1h","message":"x"}""", asOperator: true)).State);
        Assert.Equal(["operator"], JobOf(house, "mine").Maker);
    }

    [Fact]
    public async Task What_a_model_asks_for_has_the_models_rights_also_when_the_operator_began_the_run()
    {
        await using var house = Granted();
        house.House.Authority = Authority.Operator(0, null).Narrow(new Principal.Agent(house.House.Agent));
        house.House.Model.Calls(("scheduler.add", """{"id":"a","schedule":"@every 1h","message":"x"}""")).Says("done");
        await house.House.AskAsync("go");
        Assert.Equal(["operator", "agent:default"], JobOf(house, "a").Maker);
        // A name of the chain cannot be forged through the input.
        Assert.Equal(RunStates.Failed, (await house.CallAsync("scheduler.add", """{"id":"b","schedule":"@every 1h","message":"x","maker":["operator"]}""")).State);
    }

    [Fact]
    public async Task An_id_that_is_there_is_refused_and_replaced_only_when_asked_for()
    {
        await using var house = Granted();
        await house.CallAsync("scheduler.add", """{"id":"a","schedule":"0 9 * * *","message":"one"}""");
        var ran = new DateTimeOffset(2026, 1, 1, 9, 0, 0, TimeSpan.Zero);
        File(house).Change(book => book.With(JobOf(house, "a") with { LastRun = ran, PlannedUntil = ran, LastResult = new("completed", ran, ran) }));

        var refused = await house.CallAsync("scheduler.add", """{"id":"a","schedule":"0 10 * * *","message":"two"}""");
        Assert.Equal(ToolErrorCodes.InputInvalid, refused.Reason);
        Assert.Equal("one", JobOf(house, "a").Message);

        await house.CallAsync("scheduler.add", """{"id":"a","schedule":"0 10 * * *","message":"two","replace":true}""");
        var job = JobOf(house, "a");
        Assert.Equal(("two", "0 10 * * *", ran, "completed"), (job.Message, job.Schedule, job.LastRun, job.LastResult!.State));
        // What passed of the new schedule was never planned.
        Assert.True(job.PlannedUntil > ran);
    }

    [Theory]
    [InlineData("""{"schedule":"daily","message":"x"}""", "$.schedule")]
    [InlineData("""{"schedule":"@every 1h","message":" "}""", "$.message")]
    [InlineData("""{"schedule":"@every 1h","message":"x","id":"../x"}""", "$.id")]
    [InlineData("""{"schedule":"@every 1h","message":"x","agent_id":"../../x"}""", "$.agent_id")]
    [InlineData("""{"schedule":"@every 1h","message":"x","channel":"<img onerror=alert(1)>"}""", "$.channel")]
    [InlineData("""{"schedule":"@every 1h","message":"x","channel":"telegram"}""", "there are dashboard and discord")]
    [InlineData("""{"schedule":"@every 1h","message":"x","channel":"discord"}""", "$.user_id")]
    [InlineData("""{"schedule":"@every 1h","message":"x","channel":"discord","user_id":"201"}""", "$.room_id")]
    [InlineData("""{"schedule":"@every 1h","message":"x","channel":"discord","user_id":"201","room_id":"general"}""", "$.room_id")]
    [InlineData("""{"schedule":"@every 1h","message":"x","user_id":"a\nb"}""", "$.user_id")]
    [InlineData("""{"schedule":"@every 1h","message":"x","session_id":"../x"}""", "$.session_id")]
    [InlineData("""{"schedule":"@every 1h","message":"x","when":{"tool":"fs.write","input":{"path":"a","content":"b"}}}""", "$.when.tool")]
    [InlineData("""{"schedule":"@every 1h","message":"x","when":{"tool":"fs.raed"}}""", "$.when.tool")]
    [InlineData("""{"schedule":"@every 1h","message":"x","when":{"tool":"fs.read","input":{"nonsense":1}}}""", "nonsense")]
    [InlineData("""{"schedule":"@every 1h","message":"x","when":{"tool":"fs.list","input":[]}}""", "$.when.input")]
    public async Task What_cannot_be_a_job_is_refused_with_its_field(string input, string field)
    {
        await using var house = Granted();
        var refused = await house.CallAsync("scheduler.add", input);
        Assert.Equal(ToolErrorCodes.InputInvalid, refused.Reason);
        var fault = TestHouse.Read(refused).Entries.Select(entry => entry.Event).OfType<ToolAnswered>().Single().Error!;
        Assert.Contains(field, $"{fault.Path} {fault.Message}", StringComparison.Ordinal);
        Assert.Empty(File(house).Read().Jobs);
    }

    [Fact]
    public async Task A_precheck_is_kept_with_its_tools_own_name()
    {
        await using var house = Granted();
        await house.CallAsync("scheduler.add", """{"id":"a","schedule":"@every 1h","message":"x","when":{"tool":"fs.list","input":{"path":"inbox"}}}""");
        Assert.Equal(new Precheck("fs.list", """{"path":"inbox"}"""), JobOf(house, "a").When);
    }

    [Fact]
    public async Task What_cannot_be_recorded_is_not_done_and_a_broken_file_is_said()
    {
        await using var house = Granted();
        var viewer = new Viewer(house.House.Agent, "agent:default", _ => true);
        var desk = new SchedulerDesk(File(house), viewer, ["operator"], new(Toolbox.All), () => [house.House.Agent], TimeProvider.System, new(TimeProvider.System, _ => { }),
            TimeZoneNames.Find, (_, _) => throw new IOException("full"));
        Assert.Throws<IOException>(() => desk.Add(new(null, "@every 1h", "x")));
        Assert.Empty(File(house).Read().Jobs);

        Directory.CreateDirectory(house.House.State.Of("scheduler"));
        System.IO.File.WriteAllText(house.House.State.Of("scheduler", "jobs.json"), "{");
        Assert.Contains("jobs.json is not valid", Assert.Throws<ToolException>(() => desk.List()).Message, StringComparison.Ordinal);
    }
}
