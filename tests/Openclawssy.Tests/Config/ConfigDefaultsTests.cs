using System.Text.RegularExpressions;
using Openclawssy.Runtime.Config;
using Xunit;

namespace Openclawssy.Tests.Config;

public sealed class ConfigDefaultsTests
{
    static readonly OpenclawssyConfig Defaults = new();

    [Fact] public void The_network_is_off() => Assert.False(Defaults.Network.Enabled);
    [Fact] public void No_domain_is_allowed() => Assert.Empty(Defaults.Network.AllowedDomains);
    [Fact] public void This_machine_s_own_addresses_are_out_of_reach() => Assert.False(Defaults.Network.AllowLocalhosts);
    [Fact] public void Commands_do_not_run() => Assert.False(Defaults.Shell.EnableExec);
    [Fact] public void No_command_is_allowed() => Assert.Empty(Defaults.Shell.AllowedCommands);
    [Fact] public void The_sandbox_takes_the_strongest_tier_there_is() => Assert.Equal(SandboxTier.Auto, Defaults.Sandbox.Local.Tier);
    [Fact] public void A_sandboxed_command_reaches_nothing() => Assert.Equal(SandboxNetwork.None, Defaults.Sandbox.Local.Network);
    [Fact] public void The_server_binds_to_loopback() => Assert.Equal("127.0.0.1", Defaults.Server.BindAddress);
    [Fact] public void Chat_allows_nobody() => Assert.Empty(Defaults.Chat.AllowUsers);
    [Fact] public void Discord_is_off_and_allows_nobody() => Assert.True(!Defaults.Discord.Enabled && Defaults.Discord.AllowUsers.Count == 0);
    [Fact] public void Thinking_is_never_shown() => Assert.Equal(ThinkingMode.Never, Defaults.Output.ThinkingMode);
    [Fact] public void Containment_is_the_best_there_is_and_doctor_says_which() => Assert.Equal(Containment.BestEffort, Defaults.Workspace.Containment);
    [Fact] public void Agents_do_not_change_themselves() => Assert.False(Defaults.Agents.SelfImprovementEnabled);
    [Fact] public void Agents_do_not_write_to_one_another() => Assert.False(Defaults.Agents.AllowInterAgentMessaging);
    [Fact] public void Memory_is_off() => Assert.False(Defaults.Memory.Enabled);
    [Fact] public void The_audit_is_anchored() => Assert.Equal("auto", Defaults.Audit.Anchor);
    [Fact] public void Runs_are_kept() => Assert.Null(Defaults.Runs.Keep);
    [Fact] public void Providers_are_reached_over_https() => Assert.All(KnownProviders.All, provider => Assert.True(provider.Defaults.BaseUrl is "" || provider.Defaults.BaseUrl.StartsWith("https://", StringComparison.Ordinal)));

    [Theory]
    [InlineData(".git/config"), InlineData(".git/hooks"), InlineData(".openclawssy"), InlineData(".vscode"), InlineData(".envrc")]
    [InlineData("SOUL.md"), InlineData("RULES.md"), InlineData("TOOLS.md"), InlineData("SPECPLAN.md"), InlineData("DEVPLAN.md"), InlineData("HANDOFF.md")]
    public void What_other_programs_act_on_is_protected(string path) => Assert.Contains(path, Defaults.Workspace.Protected);

    [Fact]
    public void The_numbers_of_the_earlier_program_hold()
    {
        Assert.Equal((64, 64, 1_200_000, 7_200_000), (Defaults.Engine.MaxConcurrentRuns, Defaults.Engine.MaxQueuedRuns, Defaults.Engine.DefaultRunTimeoutMs, Defaults.Engine.MaxRunTimeoutMs));
        Assert.Equal((4, true), (Defaults.Scheduler.MaxConcurrentJobs, Defaults.Scheduler.CatchUp));
        Assert.Equal(("zai", "GLM-4.7", 20_000), (Defaults.Model.Provider, Defaults.Model.Name, Defaults.Model.MaxTokens));
        Assert.Equal((20, 120, 20), (Defaults.Chat.RateLimitPerMin, Defaults.Chat.GlobalRateLimitPerMin, Defaults.Discord.RateLimitPerMin));
        Assert.Equal((8080, 4000, "!ask"), (Defaults.Server.Port, Defaults.Output.MaxThinkingChars, Defaults.Discord.CommandPrefix));
    }

    [Fact]
    public void Every_switch_is_off_unless_it_is_named_here()
    {
        string[] harmless =
        [
            "server.access_log", "server.dashboard_enabled", "scheduler.catch_up", "agents.allow_agent_model_overrides", "agents.profiles.<agent>.enabled",
            "chat.enabled", "memory.proactive_enabled",
        ];
        Assert.Equal(harmless.Order(StringComparer.Ordinal), ConfigSchema.Keys.Where(key => key.Default == "true").Select(key => key.Path).Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("/srv/bot/workspace")]
    [InlineData("/srv/odd \"name\"\\with öl")]
    public void The_first_file_is_valid_without_a_warning_and_changes_no_default(string? root)
    {
        var text = ConfigDefaults.InitialFile(root);
        Assert.Empty(Configs.Warnings(text));
        var config = Configs.Usable(text);
        Assert.Equal(root ?? "./workspace", config.Workspace.Root);
        Assert.Equal(ConfigView.Redacted(Defaults), ConfigView.Redacted(config with { Workspace = Defaults.Workspace }));
        Assert.DoesNotContain('\r', text);
    }

    [Fact]
    public void Every_line_that_is_commented_out_in_it_may_be_switched_on()
    {
        var text = Regex.Replace(ConfigDefaults.InitialFile(), "^( *)// (\")", "$1$2", RegexOptions.Multiline);
        Assert.Empty(Configs.Warnings(text));
        var config = Configs.Usable(text);
        Assert.Equal(0.2, config.Model.Temperature);
        Assert.Equal("http://127.0.0.1:11434/v1", config.Providers["generic"].BaseUrl);
    }
}
