using System.Text;
using Openclawssy.TestKit;
using Xunit;

namespace Openclawssy.Acceptance;

/// <summary>The wizard as a person at a terminal has it: keys unseen, choices by arrows, and Ctrl-C at any place.</summary>
public sealed class SetupAtTerminalTests : IDisposable
{
    const string Key = "terminal-canary-0123456789abcdef", Up = "\x1b[A", Down = "\x1b[B", Enter = "\r", CtrlC = "\x03";

    readonly TempFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task A_key_is_not_echoed_and_arrows_choose()
    {
        using var terminal = Setup();
        await terminal.SeenAsync("Which model provider");
        await terminal.SeenAsync("zai");
        await terminal.TypeAsync(Up + Enter);
        await terminal.SeenAsync("Name of the model [openai/gpt-4o-mini]");
        await terminal.TypeAsync(Enter);
        await terminal.SeenAsync("API key of requesty");
        await terminal.TypeAsync(Key + Enter);
        await terminal.SeenAsync("Try it now");
        await terminal.TypeAsync(Down + Enter);
        await terminal.SeenAsync("What may the agent do?");
        await terminal.TypeAsync(Enter);
        await terminal.SeenAsync("Users who may chat");
        await terminal.TypeAsync("ada" + Enter);
        await terminal.SeenAsync("over HTTPS?");
        await terminal.TypeAsync(Enter);
        await terminal.SeenAsync("on Discord?");
        await terminal.TypeAsync(Enter);
        await terminal.SeenAsync("Write this?");
        await terminal.TypeAsync(Enter);
        await terminal.SeenAsync("ended with 0");
        await terminal.EndAsync();

        // What is typed in the open is echoed, what is typed unseen is not.
        Assert.Contains("ada", terminal.Screen[terminal.Screen.IndexOf("Users who may chat", StringComparison.Ordinal)..].Split('\n')[0], StringComparison.Ordinal);
        Assert.DoesNotContain(Key, terminal.Screen, StringComparison.Ordinal);
        var config = File.ReadAllText(folder["here/.openclawssy/config.json"]);
        Assert.Contains("\"provider\": \"requesty\"", config, StringComparison.Ordinal);
        Assert.Contains("ada", config, StringComparison.Ordinal);
        Assert.True(File.Exists(folder["here/.openclawssy/secrets.enc"]));
        Assert.DoesNotContain(Everything(), content => content.Contains(Key, StringComparison.Ordinal));
        TerminalIsAsBefore(terminal);
    }

    [Theory]
    [InlineData("an arrow screen")]
    [InlineData("a line")]
    [InlineData("the hidden key")]
    [InlineData("the last question")]
    public async Task Ctrl_C_leaves_nothing_and_the_terminal_as_it_was(string place)
    {
        using var terminal = Setup();
        await terminal.SeenAsync("Which model provider");
        await terminal.SeenAsync("zai");
        if (place != "an arrow screen")
        {
            await terminal.TypeAsync(Enter);
            await terminal.SeenAsync("Name of the model");
        }
        if (place is "the hidden key" or "the last question")
        {
            await terminal.TypeAsync(Enter);
            await terminal.SeenAsync("API key of zai");
            await terminal.TypeAsync(Key[..12]);
        }
        if (place == "the last question")
        {
            await terminal.TypeAsync(Key[12..] + Enter);
            await terminal.SeenAsync("Try it now");
            await terminal.TypeAsync(Down + Enter);
            await terminal.SeenAsync("What may the agent do?");
            await terminal.TypeAsync(Enter);
            await terminal.SeenAsync("Users who may chat");
            await terminal.TypeAsync(Enter);
            await terminal.SeenAsync("over HTTPS?");
            await terminal.TypeAsync(Enter);
            await terminal.SeenAsync("on Discord?");
            await terminal.TypeAsync(Enter);
            await terminal.SeenAsync("Write this?");
        }
        await terminal.TypeAsync(CtrlC);
        await terminal.SeenAsync("ended with 130");
        await terminal.EndAsync();
        Assert.False(Directory.Exists(folder["here/.openclawssy"]));
        Assert.Equal(["after", "before"], Directory.GetFiles(folder.Path, "*", SearchOption.AllDirectories).Select(path => Path.GetRelativePath(folder.Path, path)).Order());
        Assert.DoesNotContain(Key[..12], terminal.Screen, StringComparison.Ordinal);
        TerminalIsAsBefore(terminal);
    }

    // The negative control: a line read as every program reads one stands on this screen.
    [Fact]
    public async Task The_same_look_sees_a_key_that_is_read_like_any_line()
    {
        using var terminal = At("printf 'key: '; read -r key; echo ended");
        await terminal.SeenAsync("key: ");
        await terminal.TypeAsync(Key + Enter);
        await terminal.SeenAsync("ended");
        Assert.Contains(Key, terminal.Screen, StringComparison.Ordinal);
    }

    // And one that does not put the terminal back is seen, too.
    [Fact]
    public async Task The_same_look_sees_a_terminal_that_is_left_without_echo()
    {
        using var terminal = At($"stty -g > {folder["before"]}; stty -echo; stty -g > {folder["after"]}");
        await terminal.EndAsync();
        Assert.NotEqual(File.ReadAllText(folder["before"]), File.ReadAllText(folder["after"]));
    }

    void TerminalIsAsBefore(PseudoTerminal terminal)
    {
        Assert.Equal(File.ReadAllText(folder["before"]), File.ReadAllText(folder["after"]));
        // A cursor that was hidden (DECTCEM) is shown again.
        Assert.True(terminal.Screen.LastIndexOf("\x1b[?25h", StringComparison.Ordinal) >= terminal.Screen.LastIndexOf("\x1b[?25l", StringComparison.Ordinal), "the cursor is left hidden");
    }

    IEnumerable<string> Everything() => Directory.EnumerateFiles(folder.Path, "*", SearchOption.AllDirectories).Select(path => Encoding.Latin1.GetString(File.ReadAllBytes(path)));

    // The shell outlives Ctrl-C, which reaches everybody at the terminal; what it started does not inherit that.
    PseudoTerminal Setup()
    {
        if (!Binary.IsBuilt)
        {
            Assert.False(Binary.IsRequired, $"{Binary.Path} is not there");
            Assert.Skip("the program is not built; run make build");
        }
        return At($"trap : INT; stty -g > {folder["before"]}; {Binary.Path} setup; code=$?; stty -g > {folder["after"]}; echo ended with $code");
    }

    PseudoTerminal At(string command)
    {
        if (PseudoTerminal.Missing is { } missing) Assert.Skip(missing);
        Directory.CreateDirectory(folder["here"]);
        Dictionary<string, string> environment = new() { ["PATH"] = "/usr/bin:/bin", ["HOME"] = folder["home"] };
        if (Environment.GetEnvironmentVariable("DOTNET_ROOT") is { Length: > 0 } runtime) environment["DOTNET_ROOT"] = runtime;
        return new(command, folder["here"], environment);
    }
}
