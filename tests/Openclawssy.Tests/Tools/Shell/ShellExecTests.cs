using System.Text;
using System.Text.Json;
using Openclawssy.Runtime.Text;
using Openclawssy.Runtime.Toolkit;
using Openclawssy.Tools.Shell;
using Xunit;

namespace Openclawssy.Tests.Tools.Shell;

public sealed class ShellExecTests
{
    /// <summary>A shell that has some programs, allows some, and echoes what it was asked.</summary>
    sealed class EchoShell(string[] programs, string[] allowed) : IShell
    {
        public List<Command> Ran { get; } = [];
        public CommandResult Answer { get; set; } = new(0, null, false, null, "out", "err", false, [], [], 5, "landlock");

        public ProgramStanding Look(string program, IReadOnlyList<string> arguments) =>
            !allowed.Contains(program) ? ProgramStanding.NotAllowed : programs.Contains(program) ? ProgramStanding.Ready : ProgramStanding.NotFound;

        public Task<CommandResult> RunAsync(Command command, CancellationToken cancellationToken)
        {
            Ran.Add(command);
            return Look(command.Program, command.Arguments) switch
            {
                ProgramStanding.NotAllowed => throw ToolException.Denied("command is not allowed"),
                ProgramStanding.NotFound => throw ToolException.InvalidInput("there is no such program"),
                _ => Task.FromResult(Answer),
            };
        }
    }

    static readonly string[] everything = ["ls", "bash", "/bin/bash", "/usr/bin/bash", "sh"];

    static async Task<(ToolResult Result, JsonElement Output, Command Command)> CallAsync(EchoShell shell, string input)
    {
        var scope = new ToolScope(AgentId.Parse("default"), RunId.Parse("run_0000000000001_0000000000")) { Shell = shell };
        var result = await new ShellExec().Parse(Encoding.UTF8.GetBytes(input)).RunAsync(scope, CancellationToken.None);
        return (result, JsonDocument.Parse(result.OutputJson).RootElement.Clone(), shell.Ran[^1]);
    }

    [Fact]
    public async Task A_word_is_a_program_and_arguments_are_handed_over_as_they_are()
    {
        var (result, output, command) = await CallAsync(new(everything, everything), """{"command":"ls","args":["-l","a b","$HOME"],"timeout_ms":1500,"cwd":"sub","env":{"TZ":"UTC","CI":{"secret":"ci/token"}},"stdin":"in"}""");
        Assert.Equal("ls", command.Program);
        Assert.Equal(["-l", "a b", "$HOME"], command.Arguments);
        Assert.Equal((TimeSpan.FromMilliseconds(1500), "sub", "UTC", "ci/token", "in"), (command.Limit, command.Folder!.Given, command.Environment["TZ"].Text, command.Environment["CI"].Secret, command.Input));
        Assert.Equal("shell command completed (exit 0)", result.Summary);
        Assert.Equal((0, "out", "err", false, "landlock"), (output.GetProperty("exit_code").GetInt32(), output.GetProperty("stdout").GetString(), output.GetProperty("stderr").GetString(),
            output.GetProperty("timed_out").GetBoolean(), output.GetProperty("sandbox").GetString()));
    }

    [Fact]
    public async Task A_line_with_blanks_is_run_by_the_first_shell_that_is_there_and_allowed()
    {
        var (_, _, first) = await CallAsync(new(everything, everything), """{"command":"ls -l | wc"}""");
        Assert.Equal(("bash", "-lc ls -l | wc"), (first.Program, string.Join(' ', first.Arguments)));
        var (result, output, last) = await CallAsync(new(["sh"], everything), """{"command":"ls -l | wc"}""");
        Assert.Equal("sh", last.Program);
        Assert.Equal("sh", output.GetProperty("shell_fallback").GetString());
        Assert.Equal("shell command completed via sh fallback (exit 0)", result.Summary);
        var (_, _, allowed) = await CallAsync(new(everything, ["sh"]), """{"command":"ls -l"}""");
        Assert.Equal("sh", allowed.Program);
    }

    [Fact]
    public async Task A_line_is_never_run_when_no_shell_is_allowed()
    {
        var shell = new EchoShell(everything, ["ls"]);
        Assert.Equal("policy.denied", (await Assert.ThrowsAsync<ToolException>(() => CallAsync(shell, """{"command":"ls -l"}"""))).Code);
    }

    [Fact]
    public async Task Bash_by_name_is_found_where_it_is()
    {
        var (_, output, command) = await CallAsync(new(["/bin/bash"], everything), """{"command":"bash","args":["-lc","sleep 60"],"timeout_ms":10000}""");
        Assert.Equal("/bin/bash", command.Program);
        Assert.Equal("/bin/bash", output.GetProperty("shell_fallback").GetString());
    }

    [Fact]
    public async Task A_failure_of_the_program_is_a_result()
    {
        var shell = new EchoShell(everything, everything) { Answer = new(137, "SIGKILL", true, "time", "part", "", true, ["shell-1.stdout"], ["SOUL.md"], 9, "bubblewrap") };
        var (result, output, _) = await CallAsync(shell, """{"command":"ls"}""");
        Assert.Equal("shell command completed (exit 137), timed out", result.Summary);
        Assert.Equal("""{"exit_code":137,"signal":"SIGKILL","timed_out":true,"limit":"time","stdout":"part","stderr":"","truncated":true,"kept":["shell-1.stdout"],"put_back":["SOUL.md"],"duration_ms":9,"sandbox":"bubblewrap"}""", output.GetRawText());
    }

    [Theory]
    [InlineData("""{"command":" "}""")]
    [InlineData("""{"command":"ls","env":{"A":"1","A":"2"}}""")]
    [InlineData("""{"command":"ls","env":{"A":{"secret":"one","value":"two"}}}""")]
    [InlineData("""{"command":"ls","env":{"A":{"secret":1}}}""")]
    [InlineData("""{"command":"ls","env":[{"name":"A","value":"1"}]}""")]
    [InlineData("""{"command":"ls","args":"-l"}""")]
    [InlineData("""{"command":"ls","timeout_ms":0}""")]
    [InlineData("""{"args":["-l"]}""")]
    public void Input_that_is_not_exactly_right_is_refused(string input) =>
        Assert.Equal("tool.input_invalid", Assert.Throws<ToolException>(() => new ShellExec().Parse(Encoding.UTF8.GetBytes(input))).Code);

    [Fact]
    public void A_folder_that_leaves_the_workspace_is_denied() =>
        Assert.Equal("policy.denied", Assert.Throws<ToolException>(() => new ShellExec().Parse("""{"command":"ls","cwd":"../x"}"""u8.ToArray())).Code);
}
