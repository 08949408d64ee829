using Openclawssy.Runtime.Config;
using Openclawssy.Runtime.Journal;
using Openclawssy.Runtime.Policy;
using Openclawssy.Runtime.Toolkit;
using Openclawssy.Runtime.Workspaces;
using Openclawssy.Sandboxes;
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
}
