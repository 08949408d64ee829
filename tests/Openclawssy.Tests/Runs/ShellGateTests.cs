using Openclawssy.Egress;
using Openclawssy.Runtime.Config;
using Openclawssy.Runtime.Journal;
using Openclawssy.Runtime.Policy;
using Openclawssy.Runtime.Toolkit;
using Openclawssy.Runtime.Workspaces;
using Openclawssy.Sandboxes;
using Openclawssy.Tests.Egress;
using Openclawssy.Tests.House;
using Xunit;

namespace Openclawssy.Tests.Runs;

/// <summary>S08: a command needs the sandbox, and an agent the grant as well.</summary>
[Collection(Sandboxes.CommandsAlone.Name)]
public sealed class ShellGateTests
{
    const string Touch = """{"command":"touch","args":["ran"]}""";

    static LocalSandbox Strong(TestHouse house, Workspace workspace) =>
        new(new() { AllowedCommands = ["touch"] }, new() { Tier = SandboxTier.Landlock }, workspace, house.State.Path, LocalMachine.This);

    static async Task<Story> AskAsync(TestHouse house, string tool = "shell.exec")
    {
        house.Model.Calls(tool, Touch).Says("done");
        return TestHouse.Read(await house.AskAsync("go"));
    }

    static IEnumerable<string> Offered(Story story) => story.First<ToolsOffered>()!.Tools.Select(tool => tool.Name);

    [Fact]
    public async Task Without_a_sandbox_it_is_not_offered_and_asking_is_refused_and_audited()
    {
        await using var house = new TestHouse();
        house.GrantEverything();
        var story = await AskAsync(house);
        Assert.DoesNotContain("shell.exec", Offered(story));
        Assert.Equal(ToolErrorCodes.SandboxRequired, story.First<ToolAnswered>()!.Error!.Code);
        Assert.Equal(("deny", "sandbox"), (story.First<PolicyVerdict>()!.Verdict, story.First<PolicyVerdict>()!.Rule));
        Assert.Contains(house.AuditLines(), line => line.Contains("policy.denied", StringComparison.Ordinal) && line.Contains("this house has none", StringComparison.Ordinal));
        Assert.False(File.Exists(house.PathOf("ran")));
    }

    [Fact]
    public async Task Without_a_grant_an_agent_is_denied()
    {
        await using var house = new TestHouse();
        house.Sandbox = workspace => Strong(house, workspace);
        var story = await AskAsync(house);
        Assert.DoesNotContain("shell.exec", Offered(story));
        Assert.Equal(ToolErrorCodes.PolicyDenied, story.First<ToolAnswered>()!.Error!.Code);
        Assert.False(File.Exists(house.PathOf("ran")));
    }

    [Theory]
    [InlineData("shell.exec")]
    [InlineData("bash.exec")]
    [InlineData("terminal.exec")]
    [InlineData("terminal.run")]
    public async Task With_both_it_runs_and_the_record_says_what_held_it(string name)
    {
        await using var house = new TestHouse();
        house.Sandbox = workspace => Strong(house, workspace);
        house.GrantEverything();
        var story = await AskAsync(house, name);
        Assert.Contains("shell.exec", Offered(story));
        Assert.Null(story.First<ToolAnswered>()!.Error);
        Assert.True(File.Exists(house.PathOf("ran")));
        Assert.StartsWith("landlock; stops: ", story.First<PolicyVerdict>()!.Sandbox, StringComparison.Ordinal);
        Assert.Contains(house.AuditLines(), line => line.Contains("\"sandbox\":\"landlock; stops: ", StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_operator_needs_no_grant_but_the_sandbox()
    {
        await using var house = new TestHouse { Authority = Authority.Operator(0, null) };
        house.Sandbox = workspace => Strong(house, workspace);
        Assert.Equal("completed", (await house.AskAsync($"/tool shell.exec {Touch}")).State);
        house.Sandbox = null;
        Assert.Equal("sandbox.required", (await house.AskAsync($"/tool shell.exec {Touch}")).Reason);
    }

    [Fact]
    public async Task Each_connection_of_a_command_is_in_the_journal_and_the_audit_and_goes_by_the_rules_of_now()
    {
        if (!File.Exists(LocalMachine.This.Bubblewrap)) Assert.Skip("bubblewrap is not installed here");
        await using var house = new TestHouse();
        house.GrantEverything();
        house.Sandbox = workspace => new LocalSandbox(new() { AllowedCommands = ["bash"] }, new() { Network = SandboxNetwork.Proxy }, workspace, house.State.Path, LocalMachine.This);
        var rules = """{"network":{"enabled":true,"allow_localhosts":true}}""";
        using var server = new RawServer(_ =>
        {
            // Taken away while the command runs.
            rules = "{}";
            return RawServer.Ok("hello");
        });
        using var client = EgressClient.OfSystem(TimeProvider.System);
        house.Web = () => new WebDoor(client, new NetworkRules(() => System.Text.Encoding.UTF8.GetBytes(rules), "config.json").AtRunStart(), new NoSecrets(), TimeProvider.System);
        house.Model.Calls("shell.exec", $$"""{"command":"bash","args":["-c","curl -s http://127.0.0.1:{{server.Port}}/; curl -s http://127.0.0.1:{{server.Port}}/"]}""").Says("done");
        var story = TestHouse.Read(await house.AskAsync("go"));

        var asked = story.Entries.Select(entry => entry.Event).OfType<PolicyVerdict>().Where(verdict => verdict.Effect == "egress").ToList();
        Assert.Equal([("allow", "network.rules", $"http://127.0.0.1:{server.Port}"), ("deny", "network.rules", $"http://127.0.0.1:{server.Port}")], asked.Select(verdict => (verdict.Verdict, verdict.Rule, verdict.Path)));
        Assert.All(asked, verdict => Assert.Equal(Durability.Synced, verdict.Durability));
        Assert.Contains("network.enabled is false", asked[1].Reason, StringComparison.Ordinal);
        var answer = story.First<ToolAnswered>()!;
        Assert.All(asked, verdict => Assert.Equal(answer.CallId, verdict.CallId));
        Assert.Contains("hello", answer.Output, StringComparison.Ordinal);
        Assert.Contains("\"network\":[", answer.Output, StringComparison.Ordinal);
        Assert.Contains(house.AuditLines(), line => line.Contains("policy.allowed", StringComparison.Ordinal) && line.Contains("a command may connect to", StringComparison.Ordinal));
        Assert.Contains(house.AuditLines(), line => line.Contains("policy.denied", StringComparison.Ordinal) && line.Contains("network.enabled is false", StringComparison.Ordinal));
        Assert.Equal(1, server.Visitors);
    }
}
