using Openclawssy.Runtime.Journal;
using Openclawssy.Runtime.Models;
using Openclawssy.Runtime.Runs;
using Openclawssy.TestKit;
using Openclawssy.Tests.House;
using Xunit;

namespace Openclawssy.Tests.Runs;

/// <summary>What a run used and cost: a sum where everything is known, and unknown where one part is.</summary>
public sealed class BillTests
{
    static readonly ModelRequested Asked = new(1, 1, [], new("p", "m", 1, null, true), null, null, null);

    [Fact]
    public void Answers_and_failures_that_counted_are_added_up()
    {
        var bill = Of(Asked, Failed(null, 0), Asked, Failed(new(1, 2, 3), 0.1m), Asked, Answered(new(10, 20, 30), 0.2m), Asked, Answered(new(100, 200, 300, 5), 0.4m));
        Assert.Equal(new(new(111, 222, 333), 0.7m), bill);
    }

    [Fact]
    public void One_unknown_makes_the_sum_unknown_count_by_count()
    {
        Assert.Equal(new(new(null, 40, null), null), Of(Asked, Answered(new(10, 20, 30), 0.2m), Asked, Answered(new(null, 20, null), null)));
        Assert.Equal(new(null, null), Of(Asked, Answered(new(10, 20, 30), 0.2m), Asked, Answered(null, null)));
        Assert.Equal(new(null, null), Of(Asked, Failed(null, null), Asked, Answered(new(10, 20, 30), 0.2m)));
    }

    [Fact]
    public void A_request_nobody_answered_any_more_is_unknown() => Assert.Equal(new(null, null), Of(Asked, Answered(new(10, 20, 30), 0.2m), Asked));

    [Fact]
    public void What_no_model_worked_for_has_no_bill()
    {
        Assert.Equal(new(null, null), Of());
        Assert.Equal(new(null, null), Of(Asked, Failed(null, 0)));
    }

    [Fact]
    public async Task Usage_and_cost_of_every_attempt_are_in_the_journal_the_bundle_and_the_audit()
    {
        await using var server = await FakeModelServer.StartAsync();
        using var layers = new Layers { Chance = 0 };
        server.Answers(FakeAnswer.Error(503, "one moment")).Calls("fs.list", """{"path":"."}""").Says("done");
        await using var house = new TestHouse();
        var run = await house.AskAsync("look", layers.Chain(layers.Step(Layers.Endpoint(server), new() { Input = 1, Output = 2 })));
        Assert.Equal((RunStates.Completed, 0.000042m, 22L), (run.State, run.CostUsd, run.Usage?.Input));

        var story = TestHouse.Read(run).Entries.Select(entry => entry.Event).ToList();
        Assert.Equal(
            ["model.requested 1", "model.failed retry 0", "model.requested 2", "model.answered 0.000021", "model.requested 1", "model.answered 0.000021"],
            story.Select(happened => happened switch
            {
                ModelRequested request => $"model.requested {request.Attempt}",
                ModelFailed failure => $"model.failed {failure.Next} {failure.CostUsd}",
                ModelAnswered answer => FormattableString.Invariant($"model.answered {answer.CostUsd}"),
                _ => null,
            }).OfType<string>());
        Assert.Equal(0.000042m, story.OfType<RunEnded>().Single().CostUsd);
        Assert.Contains("\"cost_usd\": 0.000042", File.ReadAllText(Path.Combine(run.Folder, "meta.json")), StringComparison.Ordinal);
        Assert.Contains(house.AuditLines(), line => line.Contains("\"run.end\"", StringComparison.Ordinal) && line.Contains("\"cost_usd\":0.000042", StringComparison.Ordinal));
        Assert.Contains(house.AuditLines(), line => line.Contains("\"model.failed\"", StringComparison.Ordinal) && line.Contains("\"next\":\"retry\"", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_model_that_was_never_sent_anything_is_an_attempt_in_the_journal_all_the_same()
    {
        await using var server = await FakeModelServer.StartAsync();
        using var layers = new Layers();
        server.Answers(FakeAnswer.Error(404, "gone"));
        await using var house = new TestHouse();
        var run = await house.AskAsync("hello", layers.Chain(
            layers.Step(Layers.Endpoint(server, "openai", "big"), key: null), layers.Step(Layers.Endpoint(server)), layers.Step(Layers.Endpoint(server, model: "last"), key: null)));
        Assert.Equal((RunStates.Failed, ModelErrorCodes.NoKey), (run.State, run.Reason));
        Assert.Equal(
            ["1 scripted/scripted", "1 model.no_key fallback generic/fake-model", "2 generic/fake-model", "2 model.not_found fallback generic/last", "3 generic/last", "3 model.no_key "],
            TestHouse.Read(run).Entries.Select(entry => entry.Event switch
            {
                ModelRequested request => $"{request.Attempt} {request.Options.Provider}/{request.Options.Model}",
                ModelFailed failure => $"{failure.Attempt} {failure.Code} {failure.Next}",
                _ => null,
            }).OfType<string>());
    }

    static ModelAnswered Answered(ModelUsage? usage, decimal? cost) => new(1, [], null, [], "stop", usage, null, null, 1, new("model"), cost);

    static ModelFailed Failed(ModelUsage? usage, decimal? cost) => new(1, 1, "model.unavailable", "", true, 1, Usage: usage, CostUsd: cost);

    static Bill Of(params RunEvent[] events) => Bill.Of(Story.Of(events.Select((happened, at) => new JournalEntry(at + 1, default, happened, ""))));
}
