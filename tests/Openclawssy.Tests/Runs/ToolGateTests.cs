using Openclawssy.Runtime.Journal;
using Openclawssy.Runtime.Policy;
using Openclawssy.Runtime.Runs;
using Openclawssy.Runtime.Toolkit;
using Openclawssy.Tests.House;
using Xunit;

namespace Openclawssy.Tests.Runs;

public sealed class ToolGateTests
{
    static async Task<(RunResult Run, ToolAnswered Result, Story Story)> CallAsync(TestHouse house, string name, string arguments)
    {
        house.Model.Calls(name, arguments).Says("done");
        var run = await house.AskAsync("go");
        var story = TestHouse.Read(run);
        return (run, story.First<ToolAnswered>()!, story);
    }

    static List<string> Order(Story story) => [.. story.Entries.Select(entry => entry.Event).Where(happened => happened is ToolRequested or PolicyVerdict or ToolAnswered).Select(happened => happened switch
    {
        ToolRequested => "call",
        PolicyVerdict verdict => verdict.Verdict,
        _ => "result",
    })];

    [Fact]
    public async Task The_request_and_the_verdict_are_in_the_journal_before_the_tool_acts()
    {
        await using var house = new TestHouse { Authority = Authority.Operator(0, null) };
        IReadOnlyList<string>? seen = null;
        house.With(new ProbeTool(Reach.WritesFiles, (_, _) =>
        {
            var folder = Directory.EnumerateDirectories(house.State.Of("agents", "default", "runs")).Single();
            seen = Order(Story.Of(JournalReader.Read(Path.Combine(folder, "events.jsonl"))));
            return Task.FromResult("x");
        }));
        var (_, _, story) = await CallAsync(house, "probe.act", "{}");
        Assert.Equal(["call", "allow"], seen);
        Assert.Equal(["call", "allow", "result"], Order(story));
    }

    [Fact]
    public async Task An_unknown_tool_is_tool_not_found_and_names_the_nearest()
    {
        await using var house = new TestHouse();
        var (_, result, _) = await CallAsync(house, "fs.reed", """{"path":"a"}""");
        Assert.Equal(ToolErrorCodes.NotFound, result.Error!.Code);
        Assert.Contains("fs.read", result.Error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"path":"a","approved":true}""")]
    [InlineData("""{"path":"a","path":"b"}""")]
    [InlineData("""{"path":null}""")]
    [InlineData("""{}""")]
    [InlineData("""{"path":5}""")]
    [InlineData("""not json""")]
    public async Task Input_that_is_not_exactly_right_is_refused_before_policy_is_asked(string arguments)
    {
        await using var house = new TestHouse();
        var (_, result, story) = await CallAsync(house, "fs.read", arguments);
        Assert.Equal(ToolErrorCodes.InputInvalid, result.Error!.Code);
        Assert.Null(story.First<PolicyVerdict>());
    }

    [Fact]
    public async Task A_tool_that_was_not_granted_is_denied_and_never_runs()
    {
        await using var house = new TestHouse();
        var ran = false;
        house.With(new ProbeTool(Reach.Nothing, (_, _) => { ran = true; return Task.FromResult("x"); }));
        var (_, result, story) = await CallAsync(house, "probe.act", "{}");
        Assert.Equal(ToolErrorCodes.PolicyDenied, result.Error!.Code);
        Assert.Equal("deny", story.First<PolicyVerdict>()!.Verdict);
        Assert.False(ran);
        Assert.Contains(house.AuditLines(), line => line.Contains("\"policy.denied\"", StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_model_is_only_shown_what_its_agent_was_granted()
    {
        await using var house = new TestHouse();
        house.With(new ProbeTool(Reach.Nothing, (_, _) => Task.FromResult("x")));
        house.Model.Says("done");
        var story = TestHouse.Read(await house.AskAsync("go"));
        var names = story.First<ToolsOffered>()!.Tools.Select(tool => tool.Name).ToList();
        Assert.Contains("fs.read", names);
        Assert.DoesNotContain("probe.act", names);
    }

    [Fact]
    public async Task A_path_that_leaves_the_workspace_is_policy_denied_and_audited()
    {
        await using var house = new TestHouse();
        var (_, result, story) = await CallAsync(house, "fs.write", """{"path":"../out.txt","content":"x"}""");
        Assert.Equal(ToolErrorCodes.PolicyDenied, result.Error!.Code);
        Assert.Equal("workspace.guard", story.First<PolicyVerdict>()!.Rule);
        Assert.False(File.Exists(Path.Combine(house.Root, "out.txt")));
        Assert.Contains(house.AuditLines(), line => line.Contains("\"policy.denied\"", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(Reach.Nothing)]
    [InlineData(Reach.ReadsFiles)]
    [InlineData(Reach.Clock)]
    public async Task A_tool_is_handed_only_the_reach_it_declared(Reach reach)
    {
        await using var house = new TestHouse { Authority = Authority.Operator(0, null) };
        house.Place("a.txt", "a");
        house.With(new ProbeTool(reach, (scope, token) =>
        {
            scope.Edits.Write(WorkspacePath.Parse("a.txt"), "b"u8.ToArray(), token);
            return Task.FromResult("wrote");
        }));
        var (_, result, _) = await CallAsync(house, "probe.act", "{}");
        Assert.Equal(ToolErrorCodes.PolicyDenied, result.Error!.Code);
        Assert.Equal("a", File.ReadAllText(house.PathOf("a.txt")));
    }

    [Fact]
    public async Task A_tool_that_ignores_its_token_still_times_out_and_loses_its_permit()
    {
        await using var house = new TestHouse { Authority = Authority.Operator(0, null), ToolLimit = TimeSpan.FromMilliseconds(50) };
        using var gone = new ManualResetEventSlim();
        Exception? late = null;
        using var finished = new ManualResetEventSlim();
        house.With(new ProbeTool(Reach.WritesFiles, (scope, _) =>
        {
            gone.Wait(CancellationToken.None);
            try { scope.Edits.Write(WorkspacePath.Parse("late.txt"), "late"u8.ToArray(), default); }
            catch (ToolException e) { late = e; }
            finished.Set();
            return Task.FromResult("x");
        }));
        var (_, result, _) = await CallAsync(house, "probe.act", "{}");
        gone.Set();
        finished.Wait(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken);
        Assert.Equal((ToolErrorCodes.Timeout, true), (result.Error!.Code, result.Error.Retryable));
        Assert.NotNull(late);
        Assert.False(File.Exists(house.PathOf("late.txt")));
    }

    [Fact]
    public async Task What_a_tool_throws_is_internal_error_to_the_model_and_a_report_to_the_operator()
    {
        await using var house = new TestHouse { Authority = Authority.Operator(0, null) };
        house.With(new ProbeTool(Reach.Nothing, (_, _) => throw new InvalidOperationException("kaboom 4711")));
        var (run, result, _) = await CallAsync(house, "probe.act", "{}");
        Assert.Equal(ToolErrorCodes.InternalError, result.Error!.Code);
        Assert.DoesNotContain("kaboom 4711", File.ReadAllText(Path.Combine(run.Folder, "events.jsonl")), StringComparison.Ordinal);
        Assert.Contains(house.Reported, report => report.Contains("kaboom 4711", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_sensitive_field_reaches_the_tool_and_nothing_else(bool typed)
    {
        const string Value = "hunter2-hunter2-hunter2";
        await using var house = new TestHouse { Authority = Authority.Operator(0, null) };
        var keeper = new SecretKeeper();
        house.With(keeper);
        var arguments = $$"""{"key":"k","value":"{{Value}}"}""";
        if (!typed) house.Model.Calls("keeper.set", arguments).Says("done");
        var run = await house.AskAsync(typed ? "/tool keeper.set " + arguments : "go");

        Assert.Equal((RunStates.Completed, Value), (run.State, keeper.Received));
        foreach (var file in Directory.EnumerateFiles(house.Root, "*", SearchOption.AllDirectories))
            Assert.DoesNotContain(Value, File.ReadAllText(file), StringComparison.Ordinal);
        foreach (var message in house.Model.Heard.SelectMany(heard => heard))
            Assert.DoesNotContain(Value, string.Concat(message.Contents.Select(Openclawssy.Tests.House.Spoken.Text)), StringComparison.Ordinal);
        Assert.Equal(["value"], TestHouse.Read(run).First<ToolRequested>()!.NotCaptured!);
    }

    [Fact]
    public async Task Arguments_that_cannot_be_searched_for_sensitive_fields_are_not_kept_at_all()
    {
        await using var house = new TestHouse { Authority = Authority.Operator(0, null) };
        house.With(new SecretKeeper());
        house.Model.Calls("keeper.set", """{"key":"k","value":"hunter2-hunter2-hunter2" """).Says("done");
        var run = await house.AskAsync("go");
        Assert.DoesNotContain("hunter2", File.ReadAllText(Path.Combine(run.Folder, "events.jsonl")), StringComparison.Ordinal);
    }
}
