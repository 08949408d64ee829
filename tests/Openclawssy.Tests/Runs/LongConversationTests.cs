using System.Security.Cryptography;
using System.Text;
using Openclawssy.Providers;
using Openclawssy.Runtime.Context;
using Openclawssy.Runtime.Journal;
using Openclawssy.Runtime.Models;
using Openclawssy.Runtime.Runs;
using Openclawssy.TestKit;
using Openclawssy.Tests.House;
using Xunit;

namespace Openclawssy.Tests.Runs;

/// <summary>A run that outgrows its model's window, over the real wire.</summary>
public sealed class LongConversationTests
{
    [Fact]
    public async Task A_run_larger_than_the_window_goes_on_and_every_request_fits_and_can_be_rebuilt()
    {
        await using var server = await FakeModelServer.StartAsync();
        await using var house = new TestHouse { ContextWindow = 24_000 };
        for (var i = 0; i < 40; i++) house.Place($"f{i}.txt", new string((char)('a' + i % 26), 9000));
        var turn = 0;
        // The summary questions have no tools; the server answers turns in the order they come.
        server.Responds(request => request.Text.Contains("\"tools\"", StringComparison.Ordinal)
            ? NextTurn() : FakeAnswer.Says("They read files."));
        FakeAnswer NextTurn() => turn < 40 ? FakeAnswer.Calls(("fs.read", $$"""{"path":"f{{turn++}}.txt"}""")) : FakeAnswer.Says("read them all");
        var endpoint = Wire.Endpoint(server);
        var run = await house.AskAsync("read everything", Wire.Client(endpoint));
        Assert.Equal((RunStates.Completed, "read them all"), (run.State, run.Output));
        server.AssertClean();

        var story = TestHouse.Read(run);
        Assert.Contains(story.Entries, entry => entry.Event is ContextCompacted { SummaryBy: "model" });
        Assert.All(server.Requests, request => Assert.True(Encoding.UTF8.GetByteCount(request.Text) < 24_000 * 4));
        var requests = story.Entries.Where(entry => entry.Event is ModelRequested).ToList();
        Assert.Equal(requests.Select(entry => ((ModelRequested)entry.Event).BodySha256),
            requests.Select(entry => Convert.ToHexStringLower(SHA256.HashData(RebuiltRequestsTests.Rebuild(story, entry, endpoint)))));
        Assert.Equal(41, run.Turns);
    }

    [Fact]
    public async Task A_summariser_that_fails_leaves_the_facts()
    {
        await using var server = await FakeModelServer.StartAsync();
        await using var house = new TestHouse { ContextWindow = 24_000 };
        for (var i = 0; i < 40; i++) house.Place($"f{i}.txt", new string('x', 9000));
        var turn = 0;
        server.Responds(request => !request.Text.Contains("\"tools\"", StringComparison.Ordinal) ? FakeAnswer.Error(500, "no summary today")
            : turn < 40 ? FakeAnswer.Calls(("fs.read", $$"""{"path":"f{{turn++}}.txt"}""")) : FakeAnswer.Says("read them all"));
        var run = await house.AskAsync("read everything", Wire.Client(Wire.Endpoint(server)));
        Assert.Equal(RunStates.Completed, run.State);
        var compacted = TestHouse.Read(run).Entries.Select(entry => entry.Event).OfType<ContextCompacted>().First(happened => happened.Summary is not null);
        Assert.Equal("digest", compacted.SummaryBy);
        Assert.Contains("called fs.read", compacted.Summary, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_that_finds_the_request_too_long_is_asked_again_with_less()
    {
        await using var house = new TestHouse { ContextWindow = 30_000 };
        house.Place("big.txt", new string('x', 200_000));
        house.Model.Calls("fs.read", """{"path":"big.txt"}""").Fails(new ModelException(ModelErrorCodes.ContextTooLong, "too long")).Says("short enough");
        var run = await house.AskAsync("go");
        Assert.Equal((RunStates.Completed, "short enough"), (run.State, run.Output));
        Assert.True(house.Model.Heard[2].Sum(message => message.Contents.Sum(content => Spoken.Text(content).Length))
            < house.Model.Heard[1].Sum(message => message.Contents.Sum(content => Spoken.Text(content).Length)));
    }

    [Fact]
    public async Task A_message_that_cannot_fit_is_refused_before_anything_is_sent()
    {
        await using var house = new TestHouse { ContextWindow = 4000 };
        var run = await house.AskAsync(new string('x', 100_000));
        Assert.Equal((RunStates.Failed, ModelErrorCodes.ContextTooLong), (run.State, run.Reason));
        Assert.Empty(house.Model.Heard);
        Assert.Contains("shorten", run.Error, StringComparison.Ordinal);
    }
}
