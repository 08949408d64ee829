using System.Text;
using Openclawssy.Cli;
using Openclawssy.Runtime.Config;
using Openclawssy.Runtime.Policy;
using Openclawssy.Runtime.Text;
using Openclawssy.Setup;
using Openclawssy.TestKit;
using Openclawssy.Tests.Cli;
using Openclawssy.Tools;
using Xunit;

namespace Openclawssy.Tests.Setup;

/// <summary>The wizard as a person meets it: typed answers, options, and an end before the end.</summary>
public sealed class SetupTests : IDisposable
{
    const string Key = "sk-canary-0123456789abcdef";

    // Provider, model, which key, the key, try it, rights, hosts, commands, chat, HTTPS, write.
    static readonly string[] answers = ["", "", "3", Key, "2", "4", "example.com, *.example.org", "", "", "2", "1", "1"];

    readonly TempFolder folder = new();

    string Root => folder["instance"];

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Answers_become_a_configuration_a_stored_key_and_rights()
    {
        var house = House().Typing(string.Join('\n', answers) + "\n");
        Assert.Equal(0, await house.RunAsync("setup", "--root", Root));
        var config = Config();
        Assert.Equal(("openai", "gpt-4o-mini"), (config.Model.Provider, config.Model.Name));
        Assert.Equal(["example.com", "*.example.org"], config.Network.AllowedDomains);
        Assert.Equal((true, true, true), (config.Network.Enabled, config.Shell.EnableExec, config.Sandbox.Active));
        Assert.Equal(["ls", "git status", "git diff", "git log"], config.Shell.AllowedCommands);
        Assert.Equal(RightsPreset.All[^1].Capabilities, Granted());
        Assert.Equal(["dashboard_user"], config.Chat.AllowUsers);
        Assert.True(config.Server.TlsEnabled);
        Assert.True(File.Exists(Path.Combine(Root, ".openclawssy/certs/server.crt")));
        Assert.Contains("stored provider/openai/api_key, bound to api.openai.com (Authorization)", house.Out);
        Assert.DoesNotContain(Key, house.Out + house.Error);
        Assert.DoesNotContain(Everything(), text => text.Contains(Key, StringComparison.Ordinal));
    }

    public static TheoryData<int> Prompts => [.. Enumerable.Range(0, answers.Length)];

    [Theory]
    [MemberData(nameof(Prompts))]
    public async Task Whoever_stops_at_any_question_leaves_nothing(int answered)
    {
        var house = House().Typing(string.Concat(answers.Take(answered).Select(answer => answer + "\n")));
        Assert.Equal(ExitCodes.Usage, await house.RunAsync("setup", "--root", Root));
        Assert.Contains("nothing was written", house.Error);
        Assert.Empty(Everything());
        Assert.False(Directory.Exists(Root));
    }

    // The negative control: a wizard that makes the instance first and asks then is seen by the same look.
    [Fact]
    public async Task A_wizard_that_writes_first_would_be_seen()
    {
        Assert.Equal(0, await House().RunAsync("init", "--root", Root));
        Assert.Equal(ExitCodes.Usage, await House().RunAsync("setup", "--root", Root));
        Assert.NotEmpty(Everything());
    }

    [Fact]
    public async Task Whoever_says_no_at_the_end_leaves_nothing()
    {
        Assert.Equal(ExitCodes.Failed, await House().Typing(string.Join('\n', answers[..^1]) + "\n2\n").RunAsync("setup", "--root", Root));
        Assert.Empty(Everything());
    }

    [Fact]
    public async Task At_a_terminal_the_key_is_typed_unseen()
    {
        var house = House();
        house.AtTerminal = true;
        house.Typing(string.Join('\n', answers.Where(answer => answer != Key)) + "\n").Unseen.Enqueue(Key);
        Assert.Equal(0, await house.RunAsync("setup", "--root", Root));
        Assert.StartsWith("API key of openai (not shown", Assert.Single(house.Prompts), StringComparison.Ordinal);
        Assert.Contains("stored provider/openai/api_key", house.Out);
    }

    [Fact]
    public async Task A_wrong_answer_is_asked_again()
    {
        var house = House().Typing($"99\n\n\n3\nshort\n{Key}\n2\n2\nno host!\nexample.com\n\n\n\n1\n");
        Assert.Equal(0, await house.RunAsync("setup", "--root", Root));
        foreach (var complaint in new[] { "choose 1 to", "shorter than 8 characters", "is no host" }) Assert.Contains(complaint, house.Error);
        Assert.Equal(["example.com"], Config().Network.AllowedDomains);
    }

    [Fact]
    public async Task Options_alone_are_enough_for_a_script()
    {
        var house = House().Typing(Key + "\n");
        Assert.Equal(0, await house.RunAsync("setup", "--root", Root, "--provider", "zai", "--model", "GLM-4.7", "--api-key-stdin", "--rights", "commands", "--commands", "ls"));
        Assert.Equal(["ls"], Config().Shell.AllowedCommands);
        Assert.False(Config().Network.Enabled);
        Assert.Contains("shell.exec", Granted());
        Assert.Contains("stored provider/zai/api_key", house.Out);
        Assert.DoesNotContain(Key, house.Out + house.Error);
    }

    [Fact]
    public async Task Without_a_word_the_starter_is_given_and_nothing_is_switched_on()
    {
        Assert.Equal(0, await House().RunAsync("setup", "--yes", "--root", Root));
        Assert.Equal(Capabilities.Starter, Granted());
        Assert.Equal((false, false, false), (Config().Network.Enabled, Config().Shell.EnableExec, Config().Sandbox.Active));
        Assert.False(File.Exists(Path.Combine(Root, ".openclawssy", "secrets.enc")));
    }

    [Theory]
    [InlineData("--provider", "nobody")]
    [InlineData("--rights", "root")]
    [InlineData("--hosts", "a b")]
    [InlineData("--base-url", "http://203.0.113.7/v1")]
    [InlineData("--base-url", "http://127.0.0.1:1/v1")]
    [InlineData("--api-key-env", "NOT_SET")]
    public async Task An_option_that_makes_no_sense_writes_nothing(string option, string value)
    {
        Assert.Equal(ExitCodes.Usage, await House().RunAsync("setup", "--yes", "--root", Root, option, value));
        Assert.Empty(Everything());
    }

    [Fact]
    public async Task Again_it_keeps_what_is_there_and_a_persons_comments()
    {
        Assert.Equal(0, await House().RunAsync("setup", "--yes", "--root", Root, "--rights", "commands", "--commands", "ls"));
        var file = Path.Combine(Root, ".openclawssy", "config.json");
        File.WriteAllText(file, File.ReadAllText(file).Replace("{\n", "{\n  // mine\n", StringComparison.Ordinal));
        Assert.Equal(0, await House().RunAsync("setup", "--yes", "--root", Root, "--provider", "openrouter"));
        Assert.Contains("// mine", File.ReadAllText(file));
        Assert.Equal("openrouter", Config().Model.Provider);
        Assert.Equal(["ls"], Config().Shell.AllowedCommands);
        Assert.Contains("shell.exec", Granted());

        Assert.Equal(0, await House().RunAsync("setup", "--yes", "--root", Root, "--rights", "starter"));
        Assert.False(Config().Shell.EnableExec);
        Assert.DoesNotContain("shell.exec", Granted());

        Assert.Equal(0, await House().RunAsync("setup", "--yes", "--force", "--root", Root));
        Assert.DoesNotContain("// mine", File.ReadAllText(file));
        Assert.Contains("// mine", File.ReadAllText(Path.Combine(Root, ".openclawssy", "config.last-good.json")));
    }

    [Fact]
    public async Task A_broken_configuration_is_not_touched_unless_forced()
    {
        Assert.Equal(0, await House().RunAsync("init", "--root", Root));
        var file = Path.Combine(Root, ".openclawssy", "config.json");
        File.WriteAllText(file, "{ broken");
        Assert.Equal(ExitCodes.Usage, await House().RunAsync("setup", "--yes", "--root", Root));
        Assert.Equal("{ broken", File.ReadAllText(file));
        Assert.Equal(0, await House().RunAsync("setup", "--yes", "--force", "--root", Root));
        Assert.NotNull(ConfigFile.Load(File.ReadAllBytes(file), file).Config);
    }

    [Fact]
    public async Task A_checked_model_is_really_asked_with_the_given_key_and_a_failure_writes_nothing()
    {
        await using var server = await FakeModelServer.StartAsync(expectedKey: Key);
        string[] Argv() => ["setup", "--root", Root, "--base-url", server.BaseUrl, "--model", "fake-model", "--api-key-stdin", "--check"];
        server.Answers(FakeAnswer.Error(401, "no such key"));
        var house = House().Typing(Key);
        Assert.Equal(ExitCodes.Failed, await house.RunAsync(Argv()));
        Assert.Empty(Everything());
        Assert.DoesNotContain(Key, house.Out + house.Error);

        server.Says("ready");
        Assert.Equal(0, await House().Typing(Key).RunAsync(Argv()));
        Assert.Equal(2, server.Requests.Count);
        server.AssertClean();
    }

    // The server's rules are the check: with a header it would complain, as the second half shows.
    [Fact]
    public async Task A_server_of_this_machine_without_a_key_gets_none_from_setup_doctor_and_ask()
    {
        await using var server = await FakeModelServer.StartAsync();
        server.Rules.Keyless = true;
        server.Says("ready");
        var house = House();
        Assert.Equal(0, await house.RunAsync("setup", "--yes", "--root", Root, "--base-url", server.BaseUrl, "--model", "fake-model", "--check"));
        Assert.DoesNotContain("stored", house.Out);
        Assert.True(Config().Providers["generic"].Keyless);
        Assert.False(File.Exists(Path.Combine(Root, ".openclawssy", "secrets.enc")));
        server.Says("ready");
        house = House();
        Assert.True(await house.RunAsync("doctor", "-v", "--online", "--root", Root) == 0, house.Out + house.Error);
        Assert.Contains("no key is sent: keyless", house.Out);
        Assert.Contains("was asked and answered", house.Out);
        server.Says("hello");
        Assert.Equal(0, await House().RunAsync("ask", "hi", "--root", Root));
        Assert.Equal(3, server.Requests.Count);
        server.AssertClean();

        // Said again without a word it stays so; a key that is given is sent.
        Assert.Equal(0, await House().RunAsync("setup", "--yes", "--root", Root));
        Assert.True(Config().Providers["generic"].Keyless);
        server.Says("ready");
        Task<int> WithKeyAsync() => House().Typing(Key).RunAsync("setup", "--api-key-stdin", "--check", "--root", Root, "--base-url", server.BaseUrl);
        Assert.Equal(ExitCodes.Failed, await WithKeyAsync());
        Assert.Contains(server.Violations, violation => violation.Contains("Authorization", StringComparison.Ordinal));
        Assert.True(Config().Providers["generic"].Keyless);
        (server.Rules.Keyless, server.Rules.ExpectedKey) = (false, Key);
        Assert.Equal(0, await WithKeyAsync());
        Assert.False(Config().Providers["generic"].Keyless);
    }

    [Fact]
    public async Task A_server_elsewhere_gets_no_key_only_when_the_operator_says_so()
    {
        Assert.Equal(0, await House().RunAsync("setup", "--yes", "--root", Root, "--base-url", "https://models.example.com/v1", "--model", "m"));
        Assert.False(Config().Providers["generic"].Keyless);
        Assert.Equal(0, await House().RunAsync("setup", "--yes", "--root", Root, "--no-key", "--base-url", "https://models.example.com/v1"));
        Assert.True(Config().Providers["generic"].Keyless);
        // What was said of that server does not hold for the next one.
        Assert.Equal(0, await House().RunAsync("setup", "--yes", "--root", Root, "--base-url", "https://other.example.com/v1"));
        Assert.False(Config().Providers["generic"].Keyless);
        Assert.Equal(ExitCodes.Usage, await House().Typing(Key).RunAsync("setup", "--no-key", "--api-key-stdin", "--root", Root));
    }

    [Fact]
    public async Task Discord_is_switched_on_with_its_token_stored_and_its_users_named()
    {
        var house = House().With("BOT", "MTk4NjIyNDgzNDcxOTI1MjQ4.token-of-the-bot");
        Assert.Equal(0, await house.RunAsync("setup", "--yes", "--root", Root, "--discord-token-env", "BOT", "--allow-discord-user", "80351110224678912"));
        Assert.Contains("stored discord/bot_token", house.Out, StringComparison.Ordinal);
        var config = File.ReadAllText(Path.Combine(Root, ".openclawssy", "config.json"));
        Assert.Contains("80351110224678912", config, StringComparison.Ordinal);
        Assert.DoesNotContain("token-of-the-bot", config + house.Out + house.Error, StringComparison.Ordinal);
        Assert.Equal(ExitCodes.Usage, await House().RunAsync("setup", "--yes", "--root", Root, "--allow-discord-user", "ada"));
        Assert.Equal(ExitCodes.Usage, await House().RunAsync("setup", "--yes", "--root", Root, "--discord-token-env", "NO_SUCH"));
    }

    [Fact]
    public async Task Chat_users_and_HTTPS_are_options_too_and_what_is_not_said_stays()
    {
        Assert.Equal(0, await House().RunAsync("setup", "--yes", "--root", Root));
        Assert.Empty(Config().Chat.AllowUsers);
        Assert.False(Config().Server.TlsEnabled);
        Assert.Equal(0, await House().RunAsync("setup", "--yes", "--root", Root, "--https", "--allow-chat-user", "ada", "--allow-chat-user", "dashboard_user"));
        Assert.Equal(["ada", "dashboard_user"], Config().Chat.AllowUsers);
        var certificate = Path.Combine(Root, ".openclawssy/certs/server.crt");
        var first = File.ReadAllText(certificate);
        Assert.Equal(0, await House().RunAsync("setup", "--yes", "--root", Root, "--allow-chat-user", "grace"));
        Assert.Equal(["ada", "dashboard_user", "grace"], Config().Chat.AllowUsers);
        Assert.True(Config().Server.TlsEnabled);
        Assert.Equal(0, await House().RunAsync("setup", "--yes", "--root", Root, "--https"));
        Assert.Equal(first, File.ReadAllText(certificate));
        Assert.Equal(0, await House().RunAsync("setup", "--yes", "--force", "--root", Root, "--https"));
        Assert.NotEqual(first, File.ReadAllText(certificate));
        Assert.Equal(ExitCodes.Usage, await House().RunAsync("setup", "--yes", "--root", Root, "--allow-chat-user", "a,b"));
    }

    [Theory]
    [InlineData("setup", "--yes")]
    [InlineData("init")]
    public async Task Forced_it_goes_on_with_the_secrets_wherever_they_are(params string[] command)
    {
        Assert.Equal(0, await House().RunAsync("init", "--root", Root));
        Assert.Equal(0, await House().RunAsync("config", "set", "secrets.store_file", folder["elsewhere/own.enc"], "secrets.master_key_file", folder["elsewhere/own.key"], "--root", Root));
        Assert.Equal(0, await House().Typing(Key).RunAsync("secrets", "set", "OPENAI_API_KEY", "--root", Root));
        Assert.Equal(0, await House().RunAsync([.. command, "--force", "--root", Root]));
        Assert.Equal((folder["elsewhere/own.enc"], folder["elsewhere/own.key"]), (Config().Secrets.StoreFile, Config().Secrets.MasterKeyFile));
        var house = House();
        Assert.Equal(0, await house.RunAsync("secrets", "list", "--root", Root));
        Assert.Contains("provider/openai/api_key", house.Out);

        // A store that cannot be opened stops it before anything is written.
        File.Delete(folder["elsewhere/own.key"]);
        var before = Everything();
        if (command[0] == "setup")
        {
            Assert.Equal(ExitCodes.Failed, await House().RunAsync([.. command, "--force", "--root", Root]));
            Assert.Equal(before, Everything());
        }
    }

    [Theory]
    [InlineData("setup", "--yes")]
    [InlineData("init")]
    public async Task A_broken_configuration_does_not_become_the_last_good_one(params string[] command)
    {
        Assert.Equal(0, await House().RunAsync("init", "--root", Root));
        var (file, good) = (Path.Combine(Root, ".openclawssy", "config.json"), Path.Combine(Root, ".openclawssy", "config.last-good.json"));
        Assert.Equal(0, await House().RunAsync("config", "set", "model.name", "mine", "--root", Root));
        var kept = File.ReadAllText(good);
        File.WriteAllText(file, "{ broken");
        Assert.Equal(0, await House().RunAsync([.. command, "--force", "--root", Root]));
        Assert.Equal(kept, File.ReadAllText(good));
    }

    [Fact]
    public void No_preset_lets_an_agent_change_rights_and_each_has_more_than_the_first()
    {
        Assert.All(RightsPreset.All, preset => Assert.DoesNotContain(Capabilities.Admin, preset.Capabilities));
        Assert.All(RightsPreset.All, preset => Assert.Superset(Capabilities.Starter.ToHashSet(), preset.Capabilities.ToHashSet()));
        Assert.Superset(Toolbox.All.Select(tool => tool.Name).ToHashSet(), RightsPreset.All[^1].Capabilities.ToHashSet());
    }

    CliHouse House() => new CliHouse().With("XDG_STATE_HOME", folder["user"]).With("OPENAI_API_KEY", "sk-of-the-environment-0123");

    OpenclawssyConfig Config()
    {
        var file = Path.Combine(Root, ".openclawssy", "config.json");
        return ConfigFile.Load(File.ReadAllBytes(file), file).Require();
    }

    IReadOnlyList<string> Granted() =>
        new GrantsFile(Path.Combine(Root, ".openclawssy", "policy", "capabilities.json"), Toolbox.All.Select(tool => tool.Name)).Current().Of(AgentId.Parse("default"));

    List<string> Everything() =>
        [.. Directory.EnumerateFiles(folder.Path, "*", SearchOption.AllDirectories).Select(path => $"{path}\n{Encoding.Latin1.GetString(File.ReadAllBytes(path))}")];
}
