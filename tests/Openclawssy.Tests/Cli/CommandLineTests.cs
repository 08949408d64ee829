using Openclawssy.Cli;
using Xunit;

namespace Openclawssy.Tests.Cli;

public sealed class CommandLineTests
{
    readonly CliHouse house = new();

    [Fact]
    public async Task Nothing_typed_is_wrong_usage_on_standard_error()
    {
        Assert.Equal(ExitCodes.Usage, await house.RunAsync());
        Assert.Empty(house.Out);
        Assert.Contains("usage: openclawssy COMMAND", house.Error);
    }

    [Theory]
    [InlineData("--help")]
    [InlineData("-h")]
    [InlineData("help")]
    [InlineData("ask", "-help")]
    [InlineData("help", "tools", "show")]
    [InlineData("tools", "show", "-h")]
    [InlineData("config", "--help")]
    public async Task Help_is_on_standard_output_and_ends_well(params string[] argv)
    {
        Assert.Equal(ExitCodes.Ok, await house.RunAsync(argv));
        Assert.Contains("usage: openclawssy", house.Out);
        Assert.Empty(house.Error);
    }

    [Fact]
    public async Task Every_command_has_a_help_page_that_names_its_options()
    {
        foreach (var entry in Commands.All)
        {
            var other = new CliHouse();
            Assert.Equal(ExitCodes.Ok, await other.RunAsync("help", entry.Name));
            foreach (var option in entry.Make().Options) Assert.Contains(option.Name, other.Out);
        }
    }

    [Fact]
    public async Task An_unknown_command_is_refused_with_a_hint()
    {
        Assert.Equal(ExitCodes.Usage, await house.RunAsync("doctr"));
        Assert.Equal("error: unknown command \"doctr\"\nnext:  did you mean \"doctor\"? see \"openclawssy help\"\n", house.Error);
    }

    [Fact]
    public async Task An_error_cannot_move_the_cursor_or_forge_a_line()
    {
        await house.RunAsync("x\u001b[2J\nok");
        Assert.Contains("x<U+001B>[2J<U+000A>ok", house.Error);
        Assert.DoesNotContain('\u001b', house.Error);
    }

    [Fact]
    public async Task Tools_are_listed_as_one_json_object()
    {
        Assert.Equal(ExitCodes.Ok, await house.RunAsync("tools", "--json"));
        Assert.Equal(Openclawssy.Tools.Toolbox.All.Count, System.Text.Json.JsonDocument.Parse(house.Out).RootElement.GetProperty("tools").GetArrayLength());
    }

    [Fact]
    public async Task A_tool_that_is_not_there_is_wrong_usage() => Assert.Equal(ExitCodes.Usage, await house.RunAsync("tools", "show", "fs.nothing"));

    [Fact]
    public async Task The_version_names_the_build()
    {
        Assert.Equal(ExitCodes.Ok, await house.RunAsync("version"));
        Assert.Matches(@"^openclawssy \d+\.\d+\.\d+ \((commit [0-9a-f]{12}, )?(jit|native), ", house.Out);
    }

    [Fact]
    public void Colour_needs_a_terminal_and_no_objection()
    {
        bool Colour(CliHouse where) => CliHouse.ContextOf(where, "tools").Colour;
        Assert.True(Colour(new CliHouse { AtTerminal = true }.With("TERM", "xterm")));
        Assert.False(Colour(new CliHouse { AtTerminal = true }.With("TERM", "xterm").With("NO_COLOR", "1")));
        Assert.False(Colour(new CliHouse { AtTerminal = true }.With("TERM", "dumb")));
        Assert.False(Colour(new CliHouse().With("TERM", "xterm")));
    }

    [Fact]
    public async Task A_table_aligns_its_columns_and_ends_no_line_in_blanks()
    {
        var output = new StringWriter();
        Table.Write(output, [["a", "one"], ["long", ""], ["b"]]);
        Assert.Equal("a     one\nlong\nb\n", output.ToString());
        await Task.CompletedTask;
    }
}
