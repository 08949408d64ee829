using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using Microsoft.Extensions.AI;
using Openclawssy.Providers;
using Openclawssy.Runtime.Models;
using Openclawssy.TestKit;
using Openclawssy.Tests.House;
using Xunit;
using static Openclawssy.TestKit.FakeAnswer;

namespace Openclawssy.Tests.Providers;

/// <summary>What is asked again, when, and what is not; over real HTTP.</summary>
public sealed class RetryingClientTests : IAsyncLifetime
{
    readonly Layers layers = new();
    FakeModelServer server = null!;

    public async ValueTask InitializeAsync() => server = await FakeModelServer.StartAsync();

    public async ValueTask DisposeAsync()
    {
        layers.Dispose();
        await server.DisposeAsync();
    }

    [Fact]
    public async Task A_busy_server_is_asked_again_after_growing_waits_that_are_told_before()
    {
        server.Answers(Error(500, "one moment"), Page(503, "Down"), FakeAnswer.Says("here"));
        var (options, witness) = ToldWitness.Asked();
        var asking = Layers.AskAsync(layers.Retry(Layers.Endpoint(server)), options);
        var waits = await layers.Clock.PassAsync(asking);
        Assert.Equal("here", (await asking).Text);
        Assert.Equal([700, 1400], waits.Select(wait => Math.Round(wait.TotalMilliseconds)));
        Assert.Equal(
            ["sends to generic/fake-model", "model.unavailable, retry generic/fake-model in 0.7 s", "sends to generic/fake-model",
                "model.unavailable, retry generic/fake-model in 1.4 s", "sends to generic/fake-model"], witness.Steps);
        Assert.Single(server.Requests.Select(request => request.Text).Distinct());
        server.AssertClean();
    }

    [Theory]
    [InlineData(0)]
    [InlineData(100)]
    [InlineData(255)]
    public async Task A_wait_is_a_random_part_of_the_growing_time(byte chance)
    {
        layers.Chance = chance;
        server.Answers(Error(500, "busy"), Error(500, "busy"), FakeAnswer.Says("here"));
        var (options, witness) = ToldWitness.Asked();
        var asking = Layers.AskAsync(layers.Retry(Layers.Endpoint(server)), options);
        await layers.Clock.PassAsync(asking);
        await asking;
        Assert.Contains(string.Create(CultureInfo.InvariantCulture, $"model.unavailable, retry generic/fake-model in {1.4 * chance / 255:0.0} s"), witness.Steps);
    }

    [Fact]
    public async Task What_the_server_asks_for_is_waited_in_seconds_and_as_a_date_and_not_less()
    {
        layers.Chance = 0;
        var date = (layers.Clock.GetUtcNow() + TimeSpan.FromSeconds(37)).ToString("R", CultureInfo.InvariantCulture);
        server.Answers(Error(429, "slow down").With("Retry-After", "7"), Error(503, "slow down").With("Retry-After", date), FakeAnswer.Says("here"));
        var asking = Layers.AskAsync(layers.Retry(Layers.Endpoint(server)));
        Assert.Equal(TimeSpan.FromSeconds(7), await layers.Clock.NextWaitAsync());
        layers.Clock.Advance(TimeSpan.FromSeconds(6.9));
        Assert.Single(server.Requests);
        layers.Clock.Advance(TimeSpan.FromSeconds(0.1));
        Assert.Equal(TimeSpan.FromSeconds(30), await layers.Clock.NextWaitAsync());
        layers.Clock.Advance(TimeSpan.FromSeconds(30));
        Assert.Equal("here", (await asking).Text);

        layers.Chance = 255;
        server.Answers(Error(429, "slow down").With("Retry-After", "7"), FakeAnswer.Says("here"));
        var waits = await layers.Clock.PassAsync(Layers.AskAsync(layers.Retry(Layers.Endpoint(server))));
        Assert.InRange(Assert.Single(waits), TimeSpan.FromSeconds(7), TimeSpan.FromSeconds(7.25));
    }

    [Fact]
    public async Task A_server_that_asks_for_more_than_a_minute_is_not_waited_for_and_the_failure_says_so()
    {
        server.Answers(Error(429, "tomorrow").With("Retry-After", "61"));
        var failure = await Assert.ThrowsAsync<ModelException>(() => Layers.AskAsync(layers.Retry(Layers.Endpoint(server))));
        Assert.Equal(ModelErrorCodes.RateLimited, failure.Code);
        Assert.EndsWith("try again in 61 s (the server asks to wait 61 s, and 60 s is the longest wait)", failure.Message, StringComparison.Ordinal);
        server.AssertClean();
    }

    [Fact]
    public async Task A_wait_that_would_end_after_the_run_is_not_begun()
    {
        server.Answers(Error(429, "slow down").With("Retry-After", "30"));
        var options = new ChatOptions();
        options.SetTimeLeft(() => TimeSpan.FromSeconds(20));
        var failure = await Assert.ThrowsAsync<ModelException>(() => Layers.AskAsync(layers.Retry(Layers.Endpoint(server)), options));
        Assert.Contains("would end after the run's own limit", failure.Message, StringComparison.Ordinal);
        server.AssertClean();
    }

    [Fact]
    public async Task A_wait_ends_at_once_when_it_is_cancelled()
    {
        using var stop = new CancellationTokenSource();
        server.Answers(Error(429, "slow down").With("Retry-After", "30"));
        var asking = Layers.AskAsync(layers.Retry(Layers.Endpoint(server)), cancellationToken: stop.Token);
        await layers.Clock.NextWaitAsync();
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => asking);
    }

    [Theory]
    [InlineData(400)]
    [InlineData(401)]
    [InlineData(402)]
    [InlineData(404)]
    [InlineData(413)]
    public async Task What_does_not_get_better_by_waiting_is_asked_once(int status)
    {
        server.Answers(Error(status, "no"));
        await Assert.ThrowsAsync<ModelException>(() => Layers.AskAsync(layers.Retry(Layers.Endpoint(server))));
        Assert.Single(server.Requests);
    }

    [Fact]
    public async Task Three_attempts_are_all_and_the_failure_says_how_many_there_were()
    {
        server.Answers(Error(500, "no"), Error(500, "no"), Error(500, "still no"));
        var asking = Layers.AskAsync(layers.Retry(Layers.Endpoint(server)));
        await layers.Clock.PassAsync(asking);
        Assert.EndsWith("saying \"still no\"; try again later (asked 3 times)", (await Assert.ThrowsAsync<ModelException>(() => asking)).Message, StringComparison.Ordinal);
        server.AssertClean();
    }

    [Fact]
    public async Task A_server_that_is_not_there_is_tried_three_times()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;
        listener.Stop();
        var (options, witness) = ToldWitness.Asked();
        var asking = Layers.AskAsync(layers.Retry(ModelEndpoint.Create("generic", $"http://127.0.0.1:{port}/v1", "m")), options);
        await layers.Clock.PassAsync(asking);
        var failure = await Assert.ThrowsAsync<ModelException>(() => asking);
        Assert.Equal((ModelErrorCodes.Unreachable, 5), (failure.Code, witness.Steps.Count));
    }

    [Fact]
    public async Task A_silent_server_is_given_up_and_asked_again()
    {
        var silence = new TaskCompletionSource();
        for (var i = 0; i < 3; i++) server.Answers(Stream().Waits(silence.Task));
        var (options, witness) = ToldWitness.Asked();
        var asking = Layers.AskAsync(layers.Retry(Layers.Endpoint(server)), options);
        while (!asking.IsCompleted)
        {
            layers.Clock.Advance(TimeSpan.FromSeconds(2));
            await Task.Yield();
        }
        await Assert.ThrowsAsync<ModelException>(() => asking);
        Assert.Equal(5, witness.Steps.Count);
    }

    [Fact]
    public async Task A_stream_cut_before_its_first_word_is_asked_again()
    {
        server.Answers(Events(Chunk("""{"role":"assistant"}""")).Aborts(), FakeAnswer.Says("whole"));
        var asking = Layers.AskAsync(layers.Retry(Layers.Endpoint(server)));
        await layers.Clock.PassAsync(asking);
        Assert.Equal("whole", (await asking).Text);
        server.AssertClean();
    }

    [Fact]
    public async Task A_stream_cut_after_its_first_word_is_an_error_and_nothing_is_said_twice()
    {
        Assert.Equal((1, "first"), await AskWithCutAsync(layers.Retry(Layers.Endpoint(server))));
        layers.Resting.End(new("generic", "fake-model"));
        var chain = layers.Chain(layers.Step(Layers.Endpoint(server)), layers.Step(Layers.Endpoint(server, model: "other")));
        Assert.Equal((1, "first"), await AskWithCutAsync(chain));
    }

    // The negative control: a layer that tries again whatever happened says the beginning twice, and the same question shows it.
    [Fact]
    public async Task A_layer_that_asks_again_after_the_first_word_is_caught() =>
        Assert.Equal((2, "firstfirst and last"), await AskWithCutAsync(new NaiveRetry(layers.Ledger(Layers.Endpoint(server)))));

    /// <returns>How often the server was asked, and everything a person was shown.</returns>
    async Task<(int Requests, string Shown)> AskWithCutAsync(IChatClient client)
    {
        var before = server.Requests.Count;
        // Cut once the word has arrived: a connection torn down earlier may take the word with it.
        var arrived = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        server.Answers(Events(Chunk("""{"content":"first"}""")).Waits(arrived.Task).Aborts());
        var shown = "";
        var asking = ShowAsync();
        await layers.Clock.PassAsync(asking);
        await asking;
        return (server.Requests.Count - before, shown);

        async Task ShowAsync()
        {
            try
            {
                await foreach (var update in client.GetStreamingResponseAsync([ModelMessages.User("hello")]))
                {
                    if (shown.Length == 0 && client is NaiveRetry) server.Says("first and last");
                    shown += update.Text;
                    arrived.TrySetResult();
                }
            }
            catch (ModelException failure)
            {
                Assert.Equal(ModelErrorCodes.CutStream, failure.Code);
            }
        }
    }

    sealed class NaiveRetry(IChatClient inner) : DelegatingChatClient(inner)
    {
        public override async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
            IEnumerable<ChatMessage> messages, ChatOptions? options = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
        {
            var failed = true;
            for (var number = 1; failed && number <= 3; number++)
            {
                failed = false;
                await using var updates = InnerClient.GetStreamingResponseAsync(messages, options, cancellationToken).GetAsyncEnumerator(cancellationToken);
                while (true)
                {
                    try
                    {
                        if (!await updates.MoveNextAsync()) break;
                    }
                    catch (ModelException)
                    {
                        failed = true;
                        break;
                    }
                    yield return updates.Current;
                }
            }
        }
    }
}
