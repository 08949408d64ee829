using Openclawssy.Index;
using Openclawssy.Runtime.Channels;
using Openclawssy.Runtime.Policy;
using Openclawssy.Runtime.Runs;
using Openclawssy.Runtime.Scheduling;
using Openclawssy.Runtime.Text;
using Openclawssy.TestKit;
using Openclawssy.Tests.Gateway;
using Xunit;

namespace Openclawssy.Tests.Channels;

public sealed class ScheduledRunsTests
{
    static readonly AgentId agent = AgentId.Parse("default");
    static readonly DateTimeOffset noon = new(2030, 1, 1, 12, 0, 0, TimeSpan.Zero);

    static Job JobOf(string message) => new(JobId.Parse("j1"), "@every 1h", agent, message) { Maker = ["operator"] };

    static ScheduledRuns Starter(GatewayHouse house, bool active = true) =>
        new(house.Serving.Queue, house.Installation.Sessions, () => Runtime.Agents.AgentFolder.Existing(house.State.Path), _ => active);

    [Fact]
    public async Task A_job_runs_with_its_agents_rights_and_never_with_the_operators()
    {
        await using var house = await GatewayHouse.OpenAsync();
        var allowed = Assert.IsType<JobStart.Started>(await Starter(house).StartAsync(new(JobOf("/tool time.now {}"), noon), default));
        Assert.Equal(RunStates.Completed, await allowed.Ended);
        var refused = Assert.IsType<JobStart.Started>(await Starter(house).StartAsync(new(JobOf("""/tool config.set {"updates":{"network.enabled":true}}"""), noon), default));
        Assert.Equal(RunStates.Failed, await refused.Ended);
        Assert.Equal("policy.denied", (await house.GetAsync($"/v1/runs/{refused.Run}")).Body!["reason"]!.GetValue<string>());
    }

    [Fact]
    public async Task A_job_an_agent_made_has_no_right_its_maker_lacks()
    {
        await using var house = await GatewayHouse.OpenAsync();
        // The maker is an agent without any right at all.
        var made = JobOf("/tool time.now {}") with { Maker = ["agent:nobody"] };
        var run = Assert.IsType<JobStart.Started>(await Starter(house).StartAsync(new(made, noon), default));
        Assert.Equal(RunStates.Failed, await run.Ended);
        Assert.Equal("policy.denied", (await house.GetAsync($"/v1/runs/{run.Run}")).Body!["reason"]!.GetValue<string>());
        // The control forgets the maker.
        Assert.True(new AgentPolicy(house.Installation.Grants).Decide(Authority.Agent(agent), "time.now").Allows);
    }

    [Fact]
    public async Task Who_may_not_run_is_refused_and_nothing_is_written()
    {
        await using var house = await GatewayHouse.OpenAsync();
        async Task<string> CodeOf(Job job, bool active = true) => Assert.IsType<JobStart.Refused>(await Starter(house, active).StartAsync(new(job, noon), default)).Code;
        Assert.Equal("agent.not_found", await CodeOf(new(JobId.Parse("j"), "@every 1h", AgentId.Parse("gone"), "x") { Maker = ["operator"] }));
        Assert.Equal("agent.inactive", await CodeOf(JobOf("x"), active: false));
        Assert.Equal("job.maker_unknown", await CodeOf(JobOf("x") with { Maker = ["ghost:1"] }));
        Assert.Equal(0, (await house.GetAsync("/v1/runs")).Body!["total"]!.GetValue<int>());
    }

    [Fact]
    public async Task A_precheck_lets_the_job_run_only_when_its_answer_changed_and_asks_no_model()
    {
        await using var house = await GatewayHouse.OpenAsync();
        house.Model.Responds(_ => FakeAnswer.Says("seen"));
        var job = JobOf("look at what is new") with { When = new("fs.list", """{"path":"."}""") };
        var first = Assert.IsType<JobStart.Started>(await Starter(house).StartAsync(new(job, noon), default));
        Assert.Equal(RunStates.Completed, await first.Ended);
        var asked = house.Model.Requests.Count;
        Assert.IsType<JobStart.Skipped>(await Starter(house).StartAsync(new(job with { Seen = first.Seen }, noon.AddHours(1)), default));
        Assert.Equal(asked, house.Model.Requests.Count);
        File.WriteAllText(Path.Combine(house.Root, "workspace", "new.txt"), "x");
        var again = Assert.IsType<JobStart.Started>(await Starter(house).StartAsync(new(job with { Seen = first.Seen }, noon.AddHours(2)), default));
        Assert.NotEqual(first.Seen, again.Seen);
        await again.Ended;
    }

    [Fact]
    public async Task Its_answer_is_in_the_conversation_it_names_and_a_closed_one_is_replaced()
    {
        await using var house = await GatewayHouse.OpenAsync();
        house.Model.Responds(_ => FakeAnswer.Says("good morning"));
        var sessions = house.Installation.Sessions;
        var named = sessions.Create(agent, new("dashboard", "me", "dashboard")).Id;
        var job = JobOf("say good morning") with { Channel = "dashboard", User = "me", Room = "dashboard", Session = named };
        await Assert.IsType<JobStart.Started>(await Starter(house).StartAsync(new(job, noon), default)).Ended;
        Assert.Equal("good morning", sessions.ReadRecent(agent, named).Messages[^1].Content);
        sessions.Close(agent, named);
        await Assert.IsType<JobStart.Started>(await Starter(house).StartAsync(new(job, noon), default)).Ended;
        var other = sessions.Active.Session(agent, new("dashboard", "me", "dashboard"))!.Value;
        Assert.NotEqual(named, other);
        Assert.Equal("good morning", sessions.ReadRecent(agent, other).Messages[^1].Content);
        // The next one goes on there.
        await Assert.IsType<JobStart.Started>(await Starter(house).StartAsync(new(job, noon), default)).Ended;
        Assert.Equal(4, sessions.ReadRecent(agent, other).Messages.Count);
    }

    [Fact]
    public async Task A_full_queue_leaves_the_occurrence_to_be_tried_again()
    {
        await using var house = await GatewayHouse.OpenAsync(""" "engine": {"max_concurrent_runs": 1, "max_queued_runs": 0} """);
        var hold = new TaskCompletionSource();
        house.Model.Responds(_ => FakeAnswer.Says("late").After(hold.Task));
        var running = await house.AskAsync("hold the place");
        var full = Assert.IsType<JobStart.QueueFull>(await Starter(house).StartAsync(new(JobOf("x"), noon), default));
        Assert.True(full.RetryAfter > TimeSpan.Zero);
        hold.SetResult();
        await house.EndOfAsync(running);
    }

    [Fact]
    public async Task An_answer_for_a_channel_is_in_the_ledger_with_the_end_and_one_for_the_dashboard_is_not()
    {
        await using var house = await GatewayHouse.OpenAsync();
        house.Model.Responds(_ => FakeAnswer.Says("report"));
        var ledger = new Deliveries(house.Installation.Ledgers);
        var there = Assert.IsType<JobStart.Started>(await Starter(house).StartAsync(new(JobOf("report") with { Channel = "discord", User = "42", Room = "4711" }, noon), default));
        await there.Ended;
        var delivery = Assert.Single(ledger.Pending("discord", 10));
        Assert.Equal((there.Run, "42", "4711"), (delivery.Run, delivery.User, delivery.Room));
        var here = Assert.IsType<JobStart.Started>(await Starter(house).StartAsync(new(JobOf("report") with { Channel = "dashboard" }, noon), default));
        await here.Ended;
        Assert.Empty(ledger.Pending("dashboard", 10));
        ledger.Confirm(there.Run);
        Assert.Empty(ledger.Pending("discord", 10));
    }
}
