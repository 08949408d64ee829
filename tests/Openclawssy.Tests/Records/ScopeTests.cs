using Openclawssy.Runtime.Journal;
using Openclawssy.Runtime.Policy;
using Openclawssy.Runtime.Records;
using Openclawssy.Runtime.Runs;
using Openclawssy.Runtime.Sessions;
using Openclawssy.Runtime.Storage;
using Openclawssy.Runtime.Text;
using Openclawssy.Runtime.Toolkit;
using Openclawssy.Tests.House;
using Xunit;

namespace Openclawssy.Tests.Records;

/// <summary>An agent sees and reaches what is its own, by whatever tool; only <c>policy.admin</c> and the operator see more.</summary>
public sealed class ScopeTests
{
    static readonly string[] everything = ["run.list", "run.get", "run.cancel", "metrics.get", "session.list", "session.close", "agent.list", "agent.create", "agent.switch"];

    [Fact]
    public async Task An_agent_sees_only_its_own_runs()
    {
        await using var house = new RecordsHouse();
        house.Grant(everything);
        var theirs = house.Other("research");
        var own = await house.CallAsync("time.now", "{}");
        var list = await house.CallAsync("run.list", "{}");
        Assert.Contains(own.Id.ToString(), list.Output, StringComparison.Ordinal);
        Assert.DoesNotContain(theirs.ToString(), list.Output, StringComparison.Ordinal);
        Assert.Equal(ToolErrorCodes.PolicyDenied, (await house.CallAsync("run.list", """{"agent_id":"research"}""")).Reason);
        Assert.Equal(ToolErrorCodes.PolicyDenied, (await house.CallAsync("metrics.get", """{"agent_id":"research"}""")).Reason);
        Assert.Contains("\"found\":false", (await house.CallAsync("run.get", $$"""{"run_id":"{{theirs}}"}""")).Output, StringComparison.Ordinal);
        Assert.Contains("\"found\":true", (await house.CallAsync("run.get", $$"""{"run_id":"{{own.Id}}"}""")).Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_operator_and_an_admin_see_all()
    {
        await using var house = new RecordsHouse();
        var theirs = house.Other("research");
        Assert.Contains("their answer", (await house.CallAsync("run.get", $$"""{"run_id":"{{theirs}}"}""", asOperator: true)).Output, StringComparison.Ordinal);
        Assert.Contains(theirs.ToString(), (await house.CallAsync("run.list", "{}", asOperator: true)).Output, StringComparison.Ordinal);
        house.Grant([.. everything, Capabilities.Admin]);
        Assert.Contains(theirs.ToString(), (await house.CallAsync("run.list", """{"agent_id":"research"}""")).Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_agent_cannot_cancel_another_agent_s_run()
    {
        await using var house = new RecordsHouse();
        using var process = ProcessLock.Create(house.House.State.ProcessesFolder, "theirs");
        var theirs = house.Other("research", process: "theirs");
        var folder = house.Archive.FolderOf(house.Archive.Find(theirs)!.Value);
        house.Grant(everything);
        var refused = await house.CallAsync("run.cancel", $$"""{"run_id":"{{theirs}}"}""");
        Assert.Contains("\"found\":false,\"cancelled\":false", refused.Output, StringComparison.Ordinal);
        Assert.Null(CancelRequest.Find(folder));

        // Negative control: a door that does not ask whose run it is.
        Assert.True(new NaiveRunControl(house.Archive).Cancel(theirs).Requested);
        Assert.NotNull(CancelRequest.Find(folder));
    }

    sealed class NaiveRunControl(RunArchive archive) : IRunControl
    {
        public CancelAnswer Cancel(RunId run)
        {
            CancelRequest.Leave(archive.FolderOf(archive.Find(run)!.Value), "anybody");
            return new("running", true);
        }
    }

    [Fact]
    public async Task An_agent_neither_sees_nor_closes_another_agent_s_conversations()
    {
        await using var house = new RecordsHouse();
        house.Grant(everything);
        var research = AgentId.Parse("research");
        var theirs = house.House.Sessions.Create(research, new("cli", "u", "r"));
        var own = house.House.Sessions.Create(house.House.Agent, new("cli", "u", "r"));
        Assert.Equal(ToolErrorCodes.PolicyDenied, (await house.CallAsync("session.list", """{"agent_id":"research"}""")).Reason);
        Assert.Contains("\"found\":false", (await house.CallAsync("session.close", $$"""{"session_id":"{{theirs.Id}}"}""")).Output, StringComparison.Ordinal);
        Assert.False(house.House.Sessions.Find(research, theirs.Id)!.IsClosed);
        Assert.Contains("\"closed\":true", (await house.CallAsync("session.close", $$"""{"session_id":"{{own.Id}}"}""")).Output, StringComparison.Ordinal);
        Assert.Contains("\"closed\":false,\"already_closed\":true", (await house.CallAsync("session.close", $$"""{"session_id":"{{own.Id}}"}""")).Output, StringComparison.Ordinal);
        Assert.Contains("\"count\":0", (await house.CallAsync("session.list", "{}")).Output, StringComparison.Ordinal);
        Assert.Contains("\"closed_at\":", (await house.CallAsync("session.list", """{"include_closed":true}""")).Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_new_agent_gets_no_right_its_maker_has_not()
    {
        await using var house = new RecordsHouse();
        house.Grant("agent.create", "fs.read");
        Assert.Contains("\"created\":true", (await house.CallAsync("agent.create", """{"agent_id":"helper"}""")).Output, StringComparison.Ordinal);
        var grants = new GrantsFile(house.House.State.GrantsFile, []).Current();
        Assert.Equal(["fs.read"], grants.Of(AgentId.Parse("helper")));
        Assert.Contains("\"created\":true", (await house.CallAsync("agent.create", """{"agent_id":"by-operator"}""", asOperator: true)).Output, StringComparison.Ordinal);
        Assert.Equal(Capabilities.Starter, new GrantsFile(house.House.State.GrantsFile, []).Current().Of(AgentId.Parse("by-operator")));
    }

    [Fact]
    public async Task Documents_of_an_agent_that_exists_and_who_answers_are_for_an_admin()
    {
        await using var house = new RecordsHouse();
        house.Grant(everything);
        var soul = house.House.State.Of("agents", "default", "SOUL.md");
        File.WriteAllText(soul, "mine");
        Assert.Equal(ToolErrorCodes.PolicyDenied, (await house.CallAsync("agent.create", """{"agent_id":"default","force":true}""")).Reason);
        Assert.Equal("mine", File.ReadAllText(soul));
        Assert.Equal(ToolErrorCodes.PolicyDenied, (await house.CallAsync("agent.switch", """{"agent_id":"other","create_if_missing":true}""")).Reason);
        Assert.False(Directory.Exists(house.House.State.Of("agents", "other")));
        var denied = TestHouse.Read(await house.CallAsync("agent.switch", """{"agent_id":"default"}""")).Entries.Select(entry => entry.Event).OfType<PolicyVerdict>().Last();
        Assert.Equal(("deny", "own_things"), (denied.Verdict, denied.Rule));
    }

    [Fact]
    public async Task Switching_chooses_who_answers_and_a_wrong_scope_leaves_nothing_behind()
    {
        await using var house = new RecordsHouse();
        Assert.Equal(ToolErrorCodes.InputInvalid, (await house.CallAsync("agent.switch", """{"agent_id":"research","scope":"all","create_if_missing":true}""", asOperator: true)).Reason);
        Assert.Equal(ToolErrorCodes.InputInvalid, (await house.CallAsync("agent.switch", """{"agent_id":"research"}""", asOperator: true)).Reason);
        Assert.False(Directory.Exists(house.House.State.Of("agents", "research")));
        var switched = await house.CallAsync("agent.switch", """{"agent_id":"research","scope":"chat","create_if_missing":true}""", asOperator: true);
        Assert.Equal("""{"agent_id":"research","scope":"chat","updated_scopes":["chat"],"created":true,"chat_default_agent":"research","discord_default_agent":"default"}""", switched.Output);
        Assert.Equal("research", house.Config.Load().Require().Chat.DefaultAgentId);
        Assert.Contains("\"total\":2,\"limit\":1,\"offset\":1,\"count\":1,\"items\":[\"research\"]", (await house.CallAsync("agent.list", """{"limit":1,"offset":1}""", asOperator: true)).Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Records_are_read_anew_at_every_call()
    {
        await using var house = new RecordsHouse();
        house.House.Model.Calls("run.list", "{}").Calls("run.list", "{}").Says("done");
        var run = await house.House.AskAsync("count");
        Assert.Equal(RunStates.Completed, run.State);
        Assert.All(TestHouse.Read(run).Entries.Select(entry => entry.Event).OfType<ToolAnswered>(), answer => Assert.Null(answer.OutputFrom));
    }
}
