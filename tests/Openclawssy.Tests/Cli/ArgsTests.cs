using System.CommandLine;
using CsCheck;
using Openclawssy.Cli;
using Openclawssy.TestKit;
using Xunit;

namespace Openclawssy.Tests.Cli;

public sealed class ArgsTests
{
    static Gen<string> OneOf(params string[] words) => Gen.Int[0, words.Length - 1].Select(at => words[at]);

    static (string? Message, string? Text, string Agent, bool Json) Ask(params string[] argv)
    {
        var invocation = Args.Read(["ask", .. argv]);
        var parse = CommandLine.Parse(invocation, invocation.Command!);
        return (parse.GetValue<string?>("--message"), parse.GetValue<string?>("text"), parse.GetValue<string>("--agent")!, parse.GetValue<bool>("--json"));
    }

    [Theory]
    [InlineData("-message", "hello")]
    [InlineData("--message", "hello")]
    [InlineData("-message=hello")]
    [InlineData("--message=hello")]
    public void The_four_spellings_mean_the_same(params string[] argv) => Assert.Equal("hello", Ask(argv).Message);

    [Theory]
    [InlineData("@file")]
    [InlineData("-x")]
    [InlineData("--agent")]
    [InlineData("--")]
    [InlineData("-")]
    [InlineData("")]
    [InlineData(" ")]
    [InlineData("=")]
    [InlineData("a=b:c")]
    [InlineData(":x")]
    [InlineData("[suggest]")]
    [InlineData("\"quoted\"")]
    [InlineData("ask")]
    [InlineData("/bin/openclawssy")]
    [InlineData("/tool time.now {}")]
    [InlineData("two\nlines")]
    public void A_value_arrives_unchanged(string value)
    {
        Assert.Equal(value, Ask("-message", value).Message);
        Assert.Equal(value, Ask($"--message={value}").Message);
        Assert.Equal(value, Ask("--agent", "x", "-message", value, "-json").Message);
        Assert.Equal(value, Ask("--", value).Text);
    }

    [Theory]
    [InlineData("-5 degrees please")]
    [InlineData("- list")]
    [InlineData("-")]
    [InlineData("-5")]
    [InlineData("--- rule")]
    [InlineData("-rf means what?")]
    [InlineData("-message is a word")]
    [InlineData("@everyone hello")]
    [InlineData("--\nx")]
    [InlineData("ask")]
    public void A_text_that_only_begins_like_an_option_arrives_unchanged(string text) => Assert.Equal(text, Ask(text).Text);

    [Fact]
    public void Every_spelling_of_any_values_reads_back_the_same()
    {
        var value = Gen.OneOf(Gen.String[Gen.Char["-@=:/\\[]\"' \tabcAG\n\u00e9"], 0, 12], OneOf("--", "--json", "-message", "@r", "ask", "tools", "=", ""));
        var spelled = Gen.Select(value, value, value, Gen.Int[0, 3], Gen.Int[0, 3], Gen.Int[0, 5], Gen.Bool);
        spelled.Sample((message, agent, text, first, second, order, json) =>
        {
            var parts = new List<string[]> { Spell("message", message, first), Spell("agent", agent, second), json ? ["-json"] : ["--json=false"] };
            parts = order switch { 0 => [parts[0], parts[1], parts[2]], 1 => [parts[0], parts[2], parts[1]], 2 => [parts[1], parts[0], parts[2]], 3 => [parts[1], parts[2], parts[0]], 4 => [parts[2], parts[0], parts[1]], _ => [parts[2], parts[1], parts[0]] };
            var read = Ask([.. parts.SelectMany(part => part), "--", text]);
            Assert.Equal((message, text, agent, json), read);
        }, seed: null, iter: Campaign.Scale(2_000, 200_000));

        static string[] Spell(string name, string value, int how) => how switch
        {
            0 => [$"-{name}", value],
            1 => [$"--{name}", value],
            2 => [$"-{name}={value}"],
            _ => [$"--{name}={value}"],
        };
    }

    [Fact]
    public void Any_words_at_all_are_read_or_refused_but_never_crash()
    {
        var word = Gen.OneOf(OneOf("ask", "run", "tools", "show", "list", "help", "complete", "--message", "-agent", "-json", "--", "-h", "--root", "config", "-x", "="), Gen.String[0, 6]);
        word.Array[0, 7].Sample(argv =>
        {
            try
            {
                var invocation = Args.Read(argv);
                if (invocation is { Command: { } command, Help: false }) CommandLine.Parse(invocation, command);
            }
            catch (CliException refused) { Assert.Equal(ExitCodes.Usage, refused.ExitCode); Assert.NotEmpty(refused.NextStep!); }
        }, iter: Campaign.Scale(2_000, 200_000));
    }

    // The negative control: the library alone, asked the same, changes or refuses what was typed.
    [Theory]
    [InlineData("@file")]
    [InlineData("")]
    public void The_library_alone_does_not_keep_every_value(string value)
    {
        var message = new Option<string?>("--message");
        var parse = new RootCommand { new Command("ask") { message, new Option<bool>("--json"), new Argument<string?>("text") { Arity = ArgumentArity.ZeroOrOne } } }.Parse(["ask", $"--message={value}", "--json"]);
        var alone = new RootCommand { new Command("ask") { message, new Option<bool>("--json"), new Argument<string?>("text") { Arity = ArgumentArity.ZeroOrOne } } }.Parse(["ask", "--message", value, "--json"]);
        Assert.True(parse.Errors.Count > 0 || alone.Errors.Count > 0 || parse.GetValue(message) != value || alone.GetValue(message) != value);
    }

    [Theory]
    [InlineData("--mesage", "--message")]
    [InlineData("-agnet=x", "--agent")]
    [InlineData("--jsn", "--json")]
    [InlineData("-roto", "--root")]
    public void An_unknown_option_is_refused_with_the_nearest_name(string typed, string meant)
    {
        var refused = Assert.Throws<CliException>(() => Ask(typed));
        Assert.Equal(ExitCodes.Usage, refused.ExitCode);
        Assert.Contains($"\"{meant}\"", refused.NextStep);
    }

    [Theory]
    [InlineData("-json", true)]
    [InlineData("--json", true)]
    [InlineData("--json=true", true)]
    [InlineData("-json=1", true)]
    [InlineData("-json=false", false)]
    [InlineData("--json=F", false)]
    public void A_switch_may_be_turned_off_with_an_equals_sign(string typed, bool on) => Assert.Equal(on, Ask(typed).Json);

    [Theory]
    [InlineData("one", "two")]
    [InlineData("-json", "false", "two")]
    [InlineData("-json=maybe")]
    [InlineData("-agent", "a", "-agent=b")]
    [InlineData("-message")]
    [InlineData("--thinking=loud")]
    [InlineData("-jv")]
    public void What_is_not_understood_is_refused(params string[] argv) => Assert.Equal(ExitCodes.Usage, Assert.Throws<CliException>(() => Ask(argv)).ExitCode);

    [Fact]
    public void The_root_may_stand_anywhere_before_the_double_dash()
    {
        Assert.Equal("/x", Args.Read(["--root", "/x", "ask", "hi"]).Root);
        Assert.Equal("/x", Args.Read(["ask", "hi", "-root=/x"]).Root);
        Assert.Equal("/x", Args.Read(["tools", "--root=/x", "list"]).Root);
        Assert.Null(Args.Read(["ask", "--", "--root=/x"]).Root);
        Assert.Throws<CliException>(() => Args.Read(["--root=/a", "ask", "--root=/b"]));
    }

    [Fact]
    public void A_group_finds_its_subcommand_and_its_default()
    {
        Assert.Equal("tools show", Args.Read(["tools", "show", "x"]).Path);
        Assert.Equal("tools list", Args.Read(["tools"]).Path);
        Assert.Equal("tools list", Args.Read(["tools", "--json"]).Path);
        Assert.Equal("tools", Args.Read(["tools", "--help"]).Path);
        Assert.Contains("\"show\"", Assert.Throws<CliException>(() => Args.Read(["tools", "shwo"])).NextStep);
    }
}
