using System.Text.Json;
using Microsoft.Extensions.AI;
using Openclawssy.Runtime.Journal;
using Openclawssy.Runtime.Models;
using Openclawssy.Runtime.Runs;
using Openclawssy.Tests.House;
using Xunit;

namespace Openclawssy.Tests.Runs;

public sealed class RunLoopTests
{
    [Fact]
    public async Task An_answer_without_calls_ends_the_run_completed()
    {
        await using var house = new TestHouse();
        house.Model.Says("hel", "lo");
        var run = await house.AskAsync("hi");
        Assert.Equal((RunStates.Completed, "hello"), (run.State, run.Output));
        Assert.Equal(["system", "user"], house.Model.Heard[0].Select(message => message.Role.Value));
    }

    [Fact]
    public async Task The_model_asks_for_tools_files_change_and_it_is_told_what_happened()
    {
        await using var house = new TestHouse();
        house.Model.Calls("fs.write", """{"path":"a.txt","content":"one\ntwo"}""").Calls("fs.read", """{"path":"a.txt"}""").Says("done");
        var run = await house.AskAsync("go");
        Assert.Equal((RunStates.Completed, "done", 2), (run.State, run.Output, run.ToolCalls));
        Assert.Equal("one\ntwo", File.ReadAllText(house.PathOf("a.txt")));
        Assert.Equal(["system", "user", "assistant", "tool", "assistant", "tool"], house.Model.Heard[2].Select(message => message.Role.Value));
        var told = house.Model.Heard[2][5].Contents.OfType<FunctionResultContent>().Single();
        using var output = JsonDocument.Parse((string)told.Result!);
        Assert.Equal("one\ntwo", output.RootElement.GetProperty("content").GetString());
    }

    [Fact]
    public async Task Call_ids_are_unique_in_a_run_whatever_the_server_sends()
    {
        await using var house = new TestHouse();
        house.Model.Calls(("time.now", "{}"), ("time.now", "{}")).Calls(("time.now", "{}")).Says("done");
        var run = await house.AskAsync("go");
        var ids = TestHouse.Read(run).Entries.Select(entry => entry.Event).OfType<ToolRequested>().Select(call => call.CallId).ToList();
        Assert.Equal(["c1", "c2"], ids[..2]);
        Assert.Equal(3, ids.Distinct().Count());
        Assert.Equal(ids, TestHouse.Read(run).Entries.Select(entry => entry.Event).OfType<ToolAnswered>().Select(call => call.CallId).OrderBy(id => ids.IndexOf(id)));
    }

    [Fact]
    public async Task A_model_that_never_stops_is_asked_for_a_last_answer_at_the_iteration_limit()
    {
        await using var house = new TestHouse { MaxIterations = 3 };
        for (var i = 0; i < 3; i++) house.Model.Calls("time.now", "{}");
        house.Model.Says("as far as I got");
        var run = await house.AskAsync("go");
        Assert.Equal((RunStates.Completed, RunReasons.IterationLimit, "as far as I got"), (run.State, run.Reason, run.Output));
        Assert.IsType<NoneChatToolMode>(house.Model.Options[3]!.ToolMode);
        Assert.All(house.Model.Options.Take(3), options => Assert.Null(options!.ToolMode));
    }

    [Fact]
    public async Task A_last_answer_that_wants_a_tool_again_runs_nothing_and_the_latest_results_are_the_output()
    {
        await using var house = new TestHouse { MaxIterations = 3 };
        for (var i = 0; i < 3; i++) house.Model.Calls("time.now", "{}");
        house.Model.Calls("fs.write", """{"path":"late.txt","content":"x"}""");
        var run = await house.AskAsync("go");
        Assert.Equal((RunStates.Failed, RunReasons.IterationLimit, 3), (run.State, run.Reason, run.ToolCalls));
        Assert.Contains("time.now", run.Output, StringComparison.Ordinal);
        Assert.False(File.Exists(house.PathOf("late.txt")));
    }

    [Fact]
    public async Task An_empty_answer_is_asked_for_again_and_then_given_up()
    {
        await using var house = new TestHouse();
        house.Model.Says("").Says("here it is");
        Assert.Equal("here it is", (await house.AskAsync("go")).Output);

        await using var other = new TestHouse();
        for (var i = 0; i < 3; i++) other.Model.Says(" ");
        var run = await other.AskAsync("go");
        Assert.Equal((RunStates.Failed, ModelErrorCodes.BadResponse), (run.State, run.Reason));
    }

    [Fact]
    public async Task Polite_words_and_an_announcement_are_an_answer_like_any_other()
    {
        await using var house = new TestHouse();
        house.Model.Says("All done. Let me know if I will be needed again, hold on to the file.");
        var run = await house.AskAsync("go");
        Assert.Equal((RunStates.Completed, 1), (run.State, run.Turns));
    }

    [Fact]
    public async Task A_broken_model_is_a_failed_run_with_its_code_and_a_bundle()
    {
        await using var house = new TestHouse();
        house.Model.Fails(new ModelException(ModelErrorCodes.Unauthorized, "the key was refused"));
        var run = await house.AskAsync("go");
        Assert.Equal((RunStates.Failed, ModelErrorCodes.Unauthorized, "the key was refused"), (run.State, run.Reason, run.Error));
        Assert.True(File.Exists(Path.Combine(run.Folder, "meta.json")));
    }

    [Fact]
    public async Task Cancelling_ends_the_model_call_and_the_run_is_cancelled()
    {
        await using var house = new TestHouse();
        using var stop = new CancellationTokenSource();
        house.Model.Does(token => Stalled(stop, token));
        var run = await house.AskAsync("go", cancellationToken: stop.Token);
        Assert.Equal(RunStates.Cancelled, run.State);
        Assert.Equal(RunStates.Cancelled, TestHouse.Read(run).First<RunEnded>()!.State);
    }

    static async IAsyncEnumerable<ChatResponseUpdate> Stalled(CancellationTokenSource stop, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken token)
    {
        yield return new ChatResponseUpdate(ChatRole.Assistant, "thinking about it");
        await stop.CancelAsync();
        await Task.Delay(Timeout.Infinite, token);
    }

    [Fact]
    public async Task A_run_past_its_deadline_is_timed_out()
    {
        await using var house = new TestHouse { RunLimit = TimeSpan.FromMilliseconds(50) };
        house.Model.Does(token => Forever(token));
        var run = await house.AskAsync("go");
        Assert.Equal(RunStates.TimedOut, run.State);
    }

    static async IAsyncEnumerable<ChatResponseUpdate> Forever([System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken token)
    {
        await Task.Delay(Timeout.Infinite, token);
        yield break;
    }

    [Fact]
    public async Task Streamed_text_is_stored_once_and_read_back_whole()
    {
        await using var house = new TestHouse();
        house.Model.Says([.. Enumerable.Range(0, 300).Select(i => $"piece {i} 👍 ")]);
        var run = await house.AskAsync("go");
        var story = TestHouse.Read(run);
        Assert.Equal(string.Concat(Enumerable.Range(0, 300).Select(i => $"piece {i} 👍 ")), run.Output);
        Assert.Equal(run.Output, story.OutputOf(story.First<RunEnded>()!));
        var journal = File.ReadAllText(Path.Combine(run.Folder, "events.jsonl"));
        Assert.Equal(journal.IndexOf("piece 7 ", StringComparison.Ordinal), journal.LastIndexOf("piece 7 ", StringComparison.Ordinal));
    }
}
