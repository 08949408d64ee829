using System.Security.Cryptography;
using Openclawssy.Providers;
using Openclawssy.Runtime.Context;
using Openclawssy.Runtime.Journal;
using Openclawssy.Runtime.Models;
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
        var requests = story.Entries.Where(entry => entry.Event is ModelRequested).ToList();
        Assert.Equal(4, requests.Count);
        foreach (var entry in requests)
        {
            var request = (ModelRequested)entry.Event;
            var body = Rebuild(story, entry, endpoint);
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
        var requests = story.Entries.Where(entry => entry.Event is ModelRequested).Select(entry => (Entry: entry, Request: (ModelRequested)entry.Event)).ToList();
        Assert.Equal([(1, 1, "big"), (1, 2, "big"), (2, 1, "big"), (2, 2, "small")], requests.Select(asked => (asked.Request.Turn, asked.Request.Attempt, asked.Request.Options.Model)));
        var sent = first.Requests.Concat(second.Requests).Select(seen => seen.Text).ToList();
        foreach (var ((entry, request), text) in requests.Zip(sent))
        {
            var body = Rebuild(story, entry, endpoints.Single(endpoint => endpoint.Model == request.Options.Model));
            Assert.Equal(request.BodySha256, Convert.ToHexStringLower(SHA256.HashData(body)));
            Assert.Equal(text, System.Text.Encoding.UTF8.GetString(body));
        }
        // What the first server wants back is its own affair.
        Assert.Contains("signature", sent[2], StringComparison.Ordinal);
        Assert.DoesNotContain("signature", sent[3], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_model_that_takes_no_tools_is_spoken_to_in_text_and_those_bodies_are_rebuilt_too()
    {
        await using var server = await FakeModelServer.StartAsync();
        server.ToolsRefusal = FakeAnswer.Error(400, "this model does not support tools");
        server.Says("I write it.\n```tool\n{\"tool_name\":\"fs.write\",\"arguments\":{\"path\":\"a.md\",\"content\":\"```json\\n{}\\n```\"}}\n```");
        server.Says("```tool\n{\"tool_name\":\"fs.read\",\"arguments\":[]}\n```");
        server.Says("<think>done?</think>written");
        var endpoint = Wire.Endpoint(server);
        await using var house = new TestHouse();
        var run = await house.AskAsync("write something", new ToolProtocolClient(new ThinkingTagsClient(Wire.Client(endpoint)), new()));
        Assert.Equal((RunStates.Completed, "written"), (run.State, run.Output));
        Assert.Equal("```json\n{}\n```", File.ReadAllText(house.PathOf("a.md")));
        Assert.Equal(("done?", true), (run.Thinking, run.HadRejectedCalls));

        var story = TestHouse.Read(run);
        Assert.Equal("protocol text", story.First<ModelFailed>()!.Next);
        Assert.Equal("tool.input_invalid", story.Entries.Select(entry => entry.Event).OfType<ToolAnswered>().Last().Error!.Code);
        Assert.Contains("arguments must be a JSON object", story.Entries.Select(entry => entry.Event).OfType<ToolAnswered>().Last().Error!.Message, StringComparison.Ordinal);
        var requests = story.Entries.Where(entry => entry.Event is ModelRequested).ToList();
        Assert.Equal([null, "text", "text", "text"], requests.Select(entry => ((ModelRequested)entry.Event).Protocol));
        Assert.Equal(server.Requests.Select(seen => seen.Text), requests.Select(entry => System.Text.Encoding.UTF8.GetString(Rebuild(story, entry, endpoint))));
    }

    internal static byte[] Rebuild(Story story, JournalEntry entry, ModelEndpoint endpoint)
    {
        var request = (ModelRequested)entry.Event;
        var conversation = Conversation.Of(story, request, entry.Seq);
        var offered = request.Purpose is null ? OfferedTools.Of(story.First<ToolsOffered>()!) : null;
        Assert.Equal(offered?.Hash, request.CatalogueHash);
        var messages = request.Purpose is null ? conversation.Messages : SummaryRequest.Of(conversation.Parts);
        var options = ModelTurn.OptionsOf(request.Options, offered);
        if (request.Protocol == ToolProtocols.Text) (messages, options) = SpokenForm.Of(messages, options);
        return ChatCompletionsBody.Write(messages, options, endpoint).ToArray();
    }
}
