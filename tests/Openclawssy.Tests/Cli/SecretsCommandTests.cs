using Openclawssy.Cli;
using Openclawssy.Runtime.Secrets;
using Openclawssy.TestKit;
using Xunit;

namespace Openclawssy.Tests.Cli;

public sealed class SecretsCommandTests : IAsyncLifetime
{
    const string Value = "canary-value-0123456789";

    readonly TempFolder folder = new();

    public async ValueTask InitializeAsync() => Assert.Equal(0, await House().RunAsync("init", "--root", folder.Path));

    public ValueTask DisposeAsync()
    {
        folder.Dispose();
        return default;
    }

    [Fact]
    public async Task At_a_terminal_the_value_is_typed_unseen_and_twice()
    {
        var house = House(terminal: true);
        house.Unseen.Enqueue(Value);
        house.Unseen.Enqueue(Value);
        Assert.Equal(0, await house.RunAsync("secrets", "set", "OPENAI_API_KEY", "--root", folder.Path));
        Assert.Equal(["value of provider/openai/api_key: ", "once more: "], house.Prompts);
        Assert.Equal("set provider/openai/api_key version=1, bound to api.openai.com (Authorization)\n", house.Out);
        Assert.DoesNotContain(Value, house.Out + house.Error);
    }

    [Fact]
    public async Task Two_different_answers_change_nothing()
    {
        var house = House(terminal: true);
        house.Unseen.Enqueue(Value);
        house.Unseen.Enqueue(Value + "x");
        Assert.Equal(2, await house.RunAsync("secrets", "set", "one", "--root", folder.Path));
        Assert.Contains("not the same", house.Error);
        Assert.False(File.Exists(folder[".openclawssy/secrets.enc"]));
    }

    [Theory]
    [InlineData("secrets", "set", "one", Value)]
    [InlineData("secrets", "set", "one", Value, "more")]
    [InlineData("secrets", "set", "one=" + Value)]
    [InlineData("secrets", "set", "one", "--value=" + Value)]
    [InlineData("secrets", "set", "--", "one", Value)]
    public async Task A_value_on_the_command_line_is_refused_and_not_repeated(params string[] argv)
    {
        var house = House().Typing(Value);
        Assert.Equal(ExitCodes.Usage, await house.RunAsync([.. argv, .. argv.Contains("--") ? (string[])[] : ["--root", folder.Path]]));
        Assert.DoesNotContain(Value, house.Out + house.Error);
        Assert.False(File.Exists(folder[".openclawssy/secrets.enc"]));
    }

    [Theory]
    [InlineData(Value + "\n", Value)]
    [InlineData(Value + "\r\n", Value)]
    [InlineData(Value + "\n\n", Value + "\n")]
    [InlineData(" " + Value + " ", " " + Value + " ")]
    public async Task One_line_break_at_the_end_of_standard_input_is_not_part_of_the_value(string input, string value)
    {
        Assert.Equal(0, await House().Typing(input).RunAsync("secrets", "set", "one", "--root", folder.Path));
        using var keys = new KeySources(new(null, null, folder[".openclawssy/master.key"], _ => null, Passphrases.Stretch));
        using var vault = new SecretStore(folder[".openclawssy/secrets.enc"], keys, null, TimeProvider.System, Installation.Chance).Unlock();
        Assert.Equal(("one", value), Assert.Single(vault.ForRedaction()));
    }

    [Fact]
    public async Task A_store_with_a_passphrase_is_opened_by_who_knows_it()
    {
        Assert.Equal(0, await House().Typing(Value).RunAsync("secrets", "set", "one", "--root", folder.Path));
        var house = House(terminal: true);
        house.Unseen.Enqueue("four words nobody knows");
        house.Unseen.Enqueue("four words nobody knows");
        Assert.Equal(0, await house.RunAsync("secrets", "rekey", "--passphrase", "--root", folder.Path));
        File.Delete(folder[".openclawssy/master.key"]);

        house = House(terminal: true);
        house.Unseen.Enqueue("four words nobody knows");
        Assert.Equal(0, await house.RunAsync("secrets", "list", "--root", folder.Path));
        Assert.Contains("one", house.Out);
        Assert.Equal(["passphrase of the secret store: "], house.Prompts);

        house = House(terminal: true);
        house.Unseen.Enqueue("four other words here");
        Assert.Equal(1, await house.RunAsync("secrets", "list", "--root", folder.Path));
        Assert.DoesNotContain("one", house.Out);
        Assert.Equal(1, await House().RunAsync("secrets", "list", "--root", folder.Path));
    }

    [Fact]
    public async Task A_key_from_the_environment_is_taken_with_a_warning_and_rekeying_says_what_it_cannot_change()
    {
        var key = Convert.ToBase64String(System.Security.Cryptography.RandomNumberGenerator.GetBytes(32));
        CliHouse WithKey() => House().With("OPENCLAWSSY_MASTER_KEY", key);
        var house = WithKey().Typing(Value);
        Assert.Equal(0, await house.RunAsync("secrets", "set", "one", "--root", folder.Path));
        Assert.Contains("warning: the master key is in the environment", house.Error);
        Assert.False(File.Exists(folder[".openclawssy/master.key"]));

        house = WithKey();
        Assert.Equal(2, await house.RunAsync("secrets", "rekey", "--root", folder.Path));
        Assert.Contains("OPENCLAWSSY_MASTER_KEY", house.Error);
        house = WithKey();
        Assert.Equal(0, await house.RunAsync("secrets", "rekey", "--key-file", "--root", folder.Path));
        Assert.Contains("still gives the old key", house.Error);
        Assert.Equal(1, await WithKey().RunAsync("secrets", "list", "--root", folder.Path));
        Assert.Equal(0, await House().RunAsync("secrets", "list", "--root", folder.Path));
    }

    [Fact]
    public void Keys_typed_unseen_mean_what_they_mean_elsewhere()
    {
        static string Line(string typed) => System.Text.Encoding.UTF8.GetString(HiddenInput.ReadLine(new MemoryStream(System.Text.Encoding.UTF8.GetBytes(typed))));
        Assert.Equal("abc", Line("abc\nrest"));
        Assert.Equal("ac", Line("ab\u007fc\r"));
        Assert.Equal("ac", Line("aé\bc\n"));
        Assert.Equal("c", Line("ab\u0015c\n"));
        Assert.Equal("", Line("\b\b\n"));
        Assert.Equal("ab", Line("ab\u0004"));
        Assert.Equal(ExitCodes.Interrupted, Assert.Throws<CliException>(() => Line("ab\u0003")).ExitCode);
    }

    CliHouse House(bool terminal = false) => new CliHouse { AtTerminal = terminal }.With("XDG_STATE_HOME", folder["user"]);
}
