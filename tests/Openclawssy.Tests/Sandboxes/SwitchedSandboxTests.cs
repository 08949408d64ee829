using Openclawssy.TestKit;
using Openclawssy.Tests.Gateway;
using Xunit;

namespace Openclawssy.Tests.Sandboxes;

/// <summary>Taking away works at the next call, also in a gateway that runs.</summary>
[Collection(CommandsAlone.Name)]
public sealed class SwitchedSandboxTests
{
    const string On = """ "sandbox": {"active": true, "provider": "local", "local": {"tier": "landlock"}}, "shell": {"enable_exec": true, "allowed_commands": ["pwd", "true"]} """;

    static async Task<GatewayHouse> OpenAsync()
    {
        var house = await GatewayHouse.OpenAsync(On);
        File.WriteAllText(house.State.GrantsFile, """{"agents":{"default":["shell.exec"]}}""");
        return house;
    }

    static async Task<string?> ReasonAsync(GatewayHouse house, string command = "pwd") =>
        (await house.EndOfAsync(await house.AskAsync($$"""/tool shell.exec {"command":"{{command}}"}""")))["reason"]?.GetValue<string>();

    [Fact]
    public async Task A_switch_that_goes_off_is_off_at_the_next_call_and_back_on_when_it_was_on_at_the_start()
    {
        await using var house = await OpenAsync();
        Assert.Null(await ReasonAsync(house));
        Change(house, "\"enable_exec\": true", "\"enable_exec\": false");
        Assert.Equal("sandbox.required", await ReasonAsync(house));
        Change(house, "\"enable_exec\": false", "\"enable_exec\": true");
        Assert.Null(await ReasonAsync(house));
        // The control is what the house was composed with: it still says yes.
        Assert.True(house.Installation.Config.Shell.EnableExec);
    }

    [Fact]
    public async Task A_command_that_was_taken_off_the_list_is_refused_and_one_that_was_put_on_waits_for_the_next_start()
    {
        await using var house = await OpenAsync();
        Assert.Null(await ReasonAsync(house, "true"));
        Change(house, "[\"pwd\", \"true\"]", "[\"pwd\", \"uname\"]");
        Assert.Equal("policy.denied", await ReasonAsync(house, "true"));
        Assert.Equal("policy.denied", await ReasonAsync(house, "uname"));
        Assert.Null(await ReasonAsync(house, "pwd"));
        await house.RestartAsync();
        Assert.Null(await ReasonAsync(house, "uname"));
    }

    [Fact]
    public async Task A_configuration_with_mistakes_lets_no_command_run()
    {
        await using var house = await OpenAsync();
        Change(house, "\"enable_exec\": true", "\"enable_exec\": 7");
        Assert.Equal("sandbox.required", await ReasonAsync(house));
        Change(house, "\"enable_exec\": 7", "\"enable_exec\": true");
    }

    static void Change(GatewayHouse house, string from, string to)
    {
        var text = File.ReadAllText(house.State.ConfigFile);
        Assert.Contains(from, text, StringComparison.Ordinal);
        File.WriteAllText(house.State.ConfigFile, text.Replace(from, to, StringComparison.Ordinal));
    }
}
