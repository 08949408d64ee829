using System.Diagnostics;
using Openclawssy.Cli;
using Openclawssy.TestKit;
using Xunit;

namespace Openclawssy.Tests.Cli;

public sealed class CompletionTests
{
    [Theory]
    [InlineData("ask doctor", "")]
    [InlineData("tools", "to")]
    [InlineData("list show", "tools", "")]
    [InlineData("--agent", "ask", "--a")]
    [InlineData("always never on_error", "ask", "-thinking", "")]
    [InlineData("on_error", "ask", "--message", "x", "-thinking", "o")]
    [InlineData("bash fish zsh", "completion", "")]
    [InlineData("doctor", "help", "doc")]
    public void What_could_come_next_is_offered(string expected, params string[] typed) =>
        Assert.Superset(expected.Split(' ').ToHashSet(), CompleteCommand.Candidates(typed).ToHashSet());

    [Theory]
    [InlineData("nothing", "")]
    [InlineData("ask", "-message", "")]
    [InlineData("--root", "")]
    [InlineData("complet")]
    public void Where_nothing_is_known_nothing_is_offered(params string[] typed) =>
        Assert.DoesNotContain(CompleteCommand.Candidates(typed), name => name is not ("completion"));

    [Fact]
    public void Hidden_commands_are_not_offered() => Assert.DoesNotContain("complete", CompleteCommand.Candidates([""]));

    [Fact]
    public void The_bash_script_asks_the_program_and_fills_in_the_answer()
    {
        if (!File.Exists("/bin/bash")) Assert.Skip("there is no bash here");
        var program = Path.Combine(AppContext.BaseDirectory, "openclawssy");
        Assert.Equal("list\nshow\n", Bash($"""
            eval "$({program} completion bash)"
            COMP_WORDS=({program} tools ""); COMP_CWORD=2
            _openclawssy {program}; printf '%s\n' "${"{COMPREPLY[@]}"}"
            """));
    }

    [Theory]
    [InlineData("zsh")]
    [InlineData("fish")]
    public void The_other_scripts_are_understood_by_their_shells(string shell)
    {
        var path = $"/usr/bin/{shell}";
        if (!File.Exists(path)) Assert.Skip($"{shell} is not installed here");
        using var folder = new TempFolder();
        var program = Path.Combine(AppContext.BaseDirectory, "openclawssy");
        Bash($"{program} completion {shell} > {folder["script"]}");
        Assert.Equal("", Bash($"{path} -n {folder["script"]} 2>&1"));
    }

    static string Bash(string script)
    {
        using var shell = Process.Start(new ProcessStartInfo("/bin/bash", ["--norc", "-c", script]) { RedirectStandardOutput = true })!;
        var output = shell.StandardOutput.ReadToEnd();
        shell.WaitForExit();
        return output;
    }
}
