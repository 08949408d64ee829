using System.Security.Cryptography;
using Openclawssy.Providers;
using Openclawssy.Runtime.Journal;
using Openclawssy.Runtime.Runs;
using Openclawssy.TestKit;
using Openclawssy.Tests.House;
using Xunit;

namespace Openclawssy.Tests.Runs;

/// <summary>A journal stores each text once; this is the proof that the requests are nevertheless all in it.</summary>
public sealed class RebuiltRequestsTests
{
    [Fact]
    public async Task Every_request_body_is_rebuilt_from_events_jsonl_alone_byte_for_byte()
    {
        await using var server = await FakeModelServer.StartAsync();
        server.Calls("fs.write", """{"path":"a.txt","content":"zwei\nZeilen „und” 👍"}""");
        server.Calls("fs.read", """{ "path" : "a.txt" }""");
        server.Calls("fs.read", """{"path":"../no"}""");
        server.Says("all done");
        var endpoint = Wire.Endpoint(server);
        await using var house = new TestHouse();
        var run = await house.AskAsync("write something", Wire.Client(endpoint));
        Assert.Equal(RunStates.Completed, run.State);
        server.AssertClean();

        var story = TestHouse.Read(run);
        var requests = story.Entries.Select(entry => entry.Event).OfType<ModelRequested>().ToList();
        Assert.Equal(4, requests.Count);
        foreach (var request in requests)
        {
            var body = Rebuild(story, request, endpoint);
            Assert.Equal(request.BodySha256, Convert.ToHexStringLower(SHA256.HashData(body)));
            Assert.Equal(request.BodyBytes, body.Length);
        }
        Assert.Equal(server.Requests.Select(seen => seen.Text), requests.Select(request => System.Text.Encoding.UTF8.GetString(Rebuild(story, request, endpoint))));
    }

    // Attempts of one turn go to different servers, with different models, fields and habits; each body follows from its own event.
    [Fact]
    public async Task Bodies_of_repeated_and_fallen_back_attempts_are_rebuilt_too()
    {
        await using var first = await FakeModelServer.StartAsync();
        await using var second = await FakeModelServer.StartAsync();
        using var layers = new Layers { Chance = 0 };
        first.Answers(FakeAnswer.Error(500, "one moment"));
        first.Answers(FakeAnswer.Events(
            FakeAnswer.Chunk("""{"reasoning_content":"read it","reasoning_details":[{"type":"x","data":"signature"}]}"""),
            FakeAnswer.Chunk("""{"tool_calls":[{"index":0,"id":"a","function":{"name":"fs-read","arguments":"{\"path\":\"a.txt\"}"}}]}"""), FakeAnswer.Chunk("{}", "tool_calls")));
        first.Answers(FakeAnswer.Error(401, "key taken away"));
        second.Says("all done");
        ModelEndpoint[] endpoints = [Layers.Endpoint(first, model: "big"), Layers.Endpoint(second, "openrouter", "small")];
        await using var house = new TestHouse();
        house.Place("a.txt", "text");
        var run = await house.AskAsync("read something", layers.Chain(layers.Step(endpoints[0]), layers.Step(endpoints[1])));
        Assert.Equal((RunStates.Completed, "all done"), (run.State, run.Output));
        first.AssertClean();
        second.AssertClean();

        var story = TestHouse.Read(run);
        var requests = story.Entries.Select(entry => entry.Event).OfType<ModelRequested>().ToList();
        Assert.Equal([(1, 1, "big"), (1, 2, "big"), (2, 1, "big"), (2, 2, "small")], requests.Select(request => (request.Turn, request.Attempt, request.Options.Model)));
        var sent = first.Requests.Concat(second.Requests).Select(seen => seen.Text).ToList();
        foreach (var (request, text) in requests.Zip(sent))
        {
            var body = Rebuild(story, request, endpoints.Single(endpoint => endpoint.Model == request.Options.Model));
            Assert.Equal(request.BodySha256, Convert.ToHexStringLower(SHA256.HashData(body)));
            Assert.Equal(text, System.Text.Encoding.UTF8.GetString(body));
        }
        // What the first server wants back is its own affair.
        Assert.Contains("signature", sent[2], StringComparison.Ordinal);
        Assert.DoesNotContain("signature", sent[3], StringComparison.Ordinal);
    }

    static byte[] Rebuild(Story story, ModelRequested request, ModelEndpoint endpoint)
    {
        var conversation = new Conversation(story);
        foreach (var part in request.Parts) conversation.Add(part);
        var offered = OfferedTools.Of(story.First<ToolsOffered>()!);
        Assert.Equal(offered.Hash, request.CatalogueHash);
        return ChatCompletionsBody.Write(conversation.Messages, ModelTurn.OptionsOf(request.Options, offered), endpoint).ToArray();
    }
}
