using Openclawssy.Runtime.Config;
using Openclawssy.Runtime.Feed;
using Openclawssy.Runtime.Journal;
using Openclawssy.Runtime.Models;
using Openclawssy.Tests.Journal;
using Xunit;

namespace Openclawssy.Tests.Feed;

public sealed class FeedProjectionTests
{
    const string Token = "ghp_16C7e42F292c6912E7710c838347Ae178B4a";

    static readonly DateTimeOffset Noon = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);
    static readonly RunStarted Started = new("p", "m", 9, 1, 1, "require");
    static readonly Provenance Model = new("model", "m");

    static ModelRequested Asked(int turn, int attempt = 1) => new(turn, attempt, [], new("p", "m", 1, null, true), null, null, null);

    static ModelAnswered Answered(int turn, string? thinking = null) => new(turn, [], thinking, [], "stop", null, null, null, 20, Model);

    static RunEnded Ended(string state, long? from = null, string? reason = null, string? error = null, string? output = null, string? thinking = null) =>
        new(state, reason, from, output, error, thinking, 1, 1, null, Noon, 50);

    static ToolAnswered Result(string? output, string? summary, ToolFault? fault = null) => new("c1", "fs.read", output, summary, fault, "pure_read", Noon, Noon, 3, new("tool"));

    static string[] Seen(ThinkingMode thinking, params RunEvent[] events)
    {
        var projection = new FeedProjection(thinking);
        return [.. events.Select((e, i) => projection.Next(new(i + 1, Noon, e, ""))).OfType<FeedEvent>().Select(e => $"{e.Id} {e.Type} {e.Json}")];
    }

    [Fact]
    public void A_run_is_told_in_the_words_of_the_wire() => Assert.Equal(
    [
        """1 status {"status":"queued","agent_id":"default","source":"cli.run","session_id":"s1"}""",
        """2 status {"status":"running","provider":"p","model":"m"}""",
        """6 model_text {"turn":1,"text":"I will ","partial":true}""",
        """7 model_text {"turn":1,"text":"I will look","rest":"look","partial":false}""",
        """8 tool_start {"tool":"fs.read","tool_call_id":"c1"}""",
        """10 tool_end {"tool":"fs.read","tool_call_id":"c1","summary":"read it","error":null,"error_code":null,"duration_ms":3}""",
        """13 model_text {"turn":2,"text":"done","rest":"done","partial":false}""",
        """14 completed {"status":"completed","output":"done","artifact_path":".openclawssy/agents/default/runs/run_1","duration_ms":50,"tool_calls":1,"provider":"p","model":"m"}""",
    ], Seen(ThinkingMode.Never,
        Stories.Created("run_1"), Started, new PromptAssembled("secret prompt"), new ToolsOffered("h", []), Asked(1), new ModelText(1, "I will look"), Answered(1, "hm"),
        new ToolRequested("c1", "fs.read", "fs_read", "{}", null, null, Model), Stories.Verdict("c1", effect: "pure_read"), Result("{}", "read it"),
        Asked(2), new ModelText(2, "done"), Answered(2), Ended("completed", 13, thinking: "hm")));

    [Theory]
    [InlineData("failed", "iteration_limit", "failed")]
    [InlineData("failed", "interrupted", "failed")]
    [InlineData("cancelled", null, "failed")]
    [InlineData("timed_out", null, "failed")]
    [InlineData("needs_input", null, "failed")]
    [InlineData("completed", "no_progress", "completed")]
    public void Every_end_has_its_state_and_reason(string state, string? reason, string type)
    {
        var end = Seen(ThinkingMode.Never, Stories.Created("run_1"), Ended(state, reason: reason, error: state == "completed" ? null : "why"))[^1];
        Assert.StartsWith($$"""2 {{type}} {"status":"{{state}}",{{(reason is null ? "" : $"\"reason\":\"{reason}\",")}}"output":"",""", end);
        Assert.Equal(state != "completed", end.Contains("\"error\":\"why\"", StringComparison.Ordinal));
    }

    [Fact]
    public void Thinking_is_shown_as_the_mode_says()
    {
        RunEvent[] Story(string state) => [Stories.Created("run_1"), Asked(1), new ModelText(1, "x "), Answered(1, "deep thought"), Ended(state, thinking: "deep thought")];
        static int Thoughts(string[] seen) => seen.Count(line => line.Contains("\"thinking\":\"deep thought\"", StringComparison.Ordinal));
        Assert.Equal((0, 0), (Thoughts(Seen(ThinkingMode.Never, Story("completed"))), Thoughts(Seen(ThinkingMode.Never, Story("failed")))));
        Assert.Equal((0, 1), (Thoughts(Seen(ThinkingMode.OnError, Story("completed"))), Thoughts(Seen(ThinkingMode.OnError, Story("failed")))));
        Assert.Equal((2, 2), (Thoughts(Seen(ThinkingMode.Always, Story("completed"))), Thoughts(Seen(ThinkingMode.Always, Story("failed")))));
    }

    [Fact]
    public void A_credential_leaves_in_no_field()
    {
        var seen = Seen(ThinkingMode.Always, Stories.Created("run_1", message: Token), Started,
            Asked(1), new ModelText(1, $"a {Token[..9]}"), new ModelText(1, $"{Token[9..]} b"), Answered(1, Token),
            new ToolRequested("c1", "fs.read", "fs_read", $"\"{Token}\"", null, null, Model), Result(Token, Token, new("tool.failed", Token, false, Token)),
            Asked(2), new ModelText(2, $"c {Token}"), new ModelFailed(2, 1, "model.broken", Token, true, 5, "retry", 100), Asked(2, 2), new ModelText(2, $"d {Token}"), Ended("failed", 8, error: Token, thinking: Token));
        Assert.DoesNotContain(seen, line => line.Contains(Token[4..20], StringComparison.Ordinal));
        Assert.True(seen.Count(line => line.Contains("[redacted]", StringComparison.Ordinal)) >= 5);
    }

    [Fact]
    public void Text_of_a_turn_that_was_broken_off_is_told_with_what_ended_it()
    {
        Assert.Contains("\"rest\":\"way\"", Seen(ThinkingMode.Never, Stories.Created("run_1"), Asked(1), new ModelText(1, "half way"), Ended("cancelled"))[^1]);
        Assert.Contains("\"rest\":\"way\"", Seen(ThinkingMode.Never, Stories.Created("run_1"), Asked(1), new ModelText(1, "half way"), new ModelFailed(1, 1, "model.broken", "cut", true, 5))[^1]);
        // Its text does not count for the next attempt.
        Assert.Equal("""6 model_text {"turn":1,"text":"whole","rest":"whole","partial":false}""",
            Seen(ThinkingMode.Never, Stories.Created("run_1"), new ModelText(1, "half way"), new ModelFailed(1, 1, "model.broken", "cut", true, 5), Asked(1, 2), new ModelText(1, "whole"), Answered(1))[^1]);
        Assert.Equal("""4 model_text {"turn":1,"text":"way","partial":true}""", Seen(ThinkingMode.Never, Stories.Created("run_1"), Asked(1), new ModelText(1, "half way"), Asked(1, 2))[^1]);
    }

    [Fact]
    public void A_typed_tools_result_is_the_output_and_unknown_events_are_stepped_over()
    {
        var seen = Seen(ThinkingMode.Never, Stories.Created("run_1"), new UnknownEvent("run.new", "{}"), Result("""{"now":"noon"}""", "noon"), Ended("completed", 3));
        Assert.Equal(3, seen.Length);
        Assert.Contains("\\\"now\\\":\\\"noon\\\"", seen[^1]);
    }

    [Fact]
    public void An_event_with_everything_around_it_is_one_object_on_one_line() =>
        Assert.Equal("""{"id":7,"type":"status","run_id":"run_1","ts":"2026-03-01T12:00:00+00:00","data":{"status":"running"}}""",
            new FeedEvent(7, FeedTypes.Status, "run_1", Noon, """{"status":"running"}""").ToJson());
}
