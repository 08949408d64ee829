using System.Reflection;
using Openclawssy.Providers;
using Openclawssy.Runtime.Models;
using Openclawssy.TestKit;
using Openclawssy.Tests.House;
using Xunit;
using static Openclawssy.TestKit.FakeAnswer;

namespace Openclawssy.Tests.Providers;

/// <summary>Two real servers in a chain: who is asked, in which order, and what a person hears when nobody answers.</summary>
public sealed class FallbackClientTests : IAsyncLifetime
{
    readonly Layers layers = new();
    FakeModelServer first = null!;
    FakeModelServer second = null!;

    FallbackStep First(string? key = "test-key-0123456789") => layers.Step(Layers.Endpoint(first, model: "big"), key: key);

    FallbackStep Second() => layers.Step(Layers.Endpoint(second, "openrouter", "small"));

    public async ValueTask InitializeAsync() => (first, second) = (await FakeModelServer.StartAsync(), await FakeModelServer.StartAsync());

    public async ValueTask DisposeAsync()
    {
        layers.Dispose();
        await first.DisposeAsync();
        await second.DisposeAsync();
    }

    [Fact]
    public async Task The_next_model_answers_after_the_first_was_tried_in_full()
    {
        first.Answers(Error(503, "down"), Error(503, "down"), Error(503, "down"));
        second.Says("from the second");
        var (options, witness) = ToldWitness.Asked();
        var asking = Layers.AskAsync(layers.Chain(First(), Second()), options);
        await layers.Clock.PassAsync(asking);
        Assert.Equal("from the second", (await asking).Text);
        Assert.Equal(
            ["sends to generic/big", "model.unavailable, retry generic/big in 0.7 s", "sends to generic/big", "model.unavailable, retry generic/big in 1.4 s", "sends to generic/big",
                "model.unavailable, fallback openrouter/small in 0.0 s", "sends to openrouter/small"], witness.Steps);
        Assert.StartsWith("""{"model":"big",""", first.Requests[0].Text, StringComparison.Ordinal);
        Assert.StartsWith("""{"model":"small",""", second.Requests[0].Text, StringComparison.Ordinal);
        first.AssertClean();
        second.AssertClean();
    }

    [Theory]
    [InlineData(401, "wrong key")]
    [InlineData(404, "no such model")]
    [InlineData(402, "pay first")]
    [InlineData(400, "unknown field")]
    public async Task What_is_wrong_with_one_provider_is_not_wrong_with_the_next(int status, string message)
    {
        first.Answers(Error(status, message));
        second.Says("fine");
        Assert.Equal("fine", (await Layers.AskAsync(layers.Chain(First(), Second()))).Text);
        Assert.Single(first.Requests);
    }

    [Fact]
    public async Task A_missing_key_and_a_broken_setting_are_steps_too()
    {
        second.Says("fine");
        var broken = new FallbackStep(new("zai", "m"), () => throw new ModelException(ModelErrorCodes.Misconfigured, "providers.zai.base_url is no address"));
        var (options, witness) = ToldWitness.Asked();
        Assert.Equal("fine", (await Layers.AskAsync(layers.Chain(broken, First(key: null), Second()), options)).Text);
        Assert.Equal(
            ["model.misconfigured, fallback generic/big in 0.0 s", "model.no_key, fallback openrouter/small in 0.0 s", "sends to openrouter/small"], witness.Steps);
    }

    [Fact]
    public async Task A_server_that_asks_for_a_long_wait_is_left_for_the_next_at_once()
    {
        first.Answers(Error(429, "tomorrow").With("Retry-After", "86400"));
        second.Says("fine");
        Assert.Equal("fine", (await Layers.AskAsync(layers.Chain(First(), Second()))).Text);
    }

    [Fact]
    public async Task When_nobody_answers_each_model_is_named_with_its_reason_in_one_line()
    {
        first.Answers(Error(401, "who are you"));
        second.Answers(Error(404, "gone"));
        var failure = await Assert.ThrowsAsync<ModelException>(() => Layers.AskAsync(layers.Chain(First(), Second())));
        Assert.Equal(ModelErrorCodes.NotFound, failure.Code);
        Assert.StartsWith("no model answered: generic/big failed (model.unauthorized): generic at ", failure.Message, StringComparison.Ordinal);
        Assert.Contains("; openrouter/small failed (model.not_found): openrouter at ", failure.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', failure.Message);
    }

    [Fact]
    public async Task A_chain_of_one_fails_in_its_own_words()
    {
        first.Answers(Error(401, "who are you"));
        var failure = await Assert.ThrowsAsync<ModelException>(() => Layers.AskAsync(layers.Chain(First())));
        Assert.StartsWith("generic at ", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_a_filter_kept_back_or_does_not_fit_is_taken_to_nobody_else()
    {
        first.Answers(Events(Chunk("{}", "content_filter")));
        Assert.Equal(ModelErrorCodes.Withheld, (await Assert.ThrowsAsync<ModelException>(() => Layers.AskAsync(layers.Chain(First(), Second())))).Code);
        first.Answers(Raw(400, "application/json", """{"error":{"message":"too many tokens","type":"invalid_request_error","code":"context_length_exceeded"}}"""));
        Assert.Equal(ModelErrorCodes.ContextTooLong, (await Assert.ThrowsAsync<ModelException>(() => Layers.AskAsync(layers.Chain(First(), Second())))).Code);
        Assert.Empty(second.Requests);
    }

    [Fact]
    public async Task Cancelling_is_no_reason_to_ask_another()
    {
        using var stop = new CancellationTokenSource();
        first.Answers(Error(429, "slow down").With("Retry-After", "30"));
        var asking = Layers.AskAsync(layers.Chain(First(), Second()), cancellationToken: stop.Token);
        await layers.Clock.NextWaitAsync();
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => asking);
        Assert.Empty(second.Requests);
    }

    [Fact]
    public async Task A_model_that_failed_rests_for_a_minute_and_that_is_told_each_time()
    {
        first.Answers(Error(401, "who are you")).Says("the first again");
        second.Says("one").Says("two");
        var chain = layers.Chain(First(), Second());
        await Layers.AskAsync(chain);
        layers.Clock.Advance(TimeSpan.FromSeconds(15));
        var (options, witness) = ToldWitness.Asked();
        Assert.Equal("two", (await Layers.AskAsync(chain, options)).Text);
        Assert.Equal(["model.resting, fallback openrouter/small in 0.0 s", "sends to openrouter/small"], witness.Steps);
        layers.Clock.Advance(TimeSpan.FromSeconds(45));
        Assert.Equal("the first again", (await Layers.AskAsync(chain)).Text);
        first.AssertClean();
        second.AssertClean();
    }

    [Fact]
    public async Task A_longer_pause_the_server_asked_for_is_kept()
    {
        first.Answers(Error(429, "later").With("Retry-After", "600"));
        second.Says("one").Says("two");
        var chain = layers.Chain(First(), Second());
        await Layers.AskAsync(chain);
        layers.Clock.Advance(TimeSpan.FromSeconds(599));
        Assert.Equal("two", (await Layers.AskAsync(chain)).Text);
    }

    [Fact]
    public async Task Resting_models_are_asked_when_there_is_no_other()
    {
        first.Answers(Error(401, "no")).Says("back");
        second.Answers(Error(401, "no"));
        var chain = layers.Chain(First(), Second());
        await Assert.ThrowsAsync<ModelException>(() => Layers.AskAsync(chain));
        Assert.Equal("back", (await Layers.AskAsync(chain)).Text);
        Assert.Null(layers.Resting.Of(new("generic", "big")));
    }

    [Fact]
    public void Every_code_is_decided()
    {
        var expected = new Dictionary<string, AfterFailure>
        {
            [ModelErrorCodes.NoKey] = AfterFailure.NextAndRest,
            [ModelErrorCodes.Unauthorized] = AfterFailure.NextAndRest,
            [ModelErrorCodes.NotFound] = AfterFailure.NextAndRest,
            [ModelErrorCodes.Misconfigured] = AfterFailure.NextAndRest,
            [ModelErrorCodes.RateLimited] = AfterFailure.NextAndRest,
            [ModelErrorCodes.Unavailable] = AfterFailure.NextAndRest,
            [ModelErrorCodes.Unreachable] = AfterFailure.NextAndRest,
            [ModelErrorCodes.CutStream] = AfterFailure.NextAndRest,
            [ModelErrorCodes.Refused] = AfterFailure.Next,
            [ModelErrorCodes.BadResponse] = AfterFailure.Next,
            [ModelErrorCodes.ToolsUnsupported] = AfterFailure.Next,
            [ModelErrorCodes.ContextTooLong] = AfterFailure.Stop,
            [ModelErrorCodes.Withheld] = AfterFailure.Stop,
            [ModelErrorCodes.Resting] = AfterFailure.Stop,
        };
        var codes = typeof(ModelErrorCodes).GetFields(BindingFlags.Public | BindingFlags.Static).Select(field => (string)field.GetValue(null)!);
        Assert.Equal(expected.Keys.Order(StringComparer.Ordinal), codes.Order(StringComparer.Ordinal));
        foreach (var (code, after) in expected) Assert.Equal((code, after), (code, FallbackRules.Of(new(code, ""))));
        Assert.Equal(AfterFailure.Stop, FallbackRules.Of(new("model.unheard_of", "")));
    }
}
