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

    static byte[] Rebuild(Story story, ModelRequested request, ModelEndpoint endpoint)
    {
        var conversation = new Conversation(story);
        foreach (var part in request.Parts) conversation.Add(part);
        var offered = OfferedTools.Of(story.First<ToolsOffered>()!);
        Assert.Equal(offered.Hash, request.CatalogueHash);
        return ChatCompletionsBody.Write(conversation.Messages, ModelTurn.OptionsOf(request.Options, offered), endpoint).ToArray();
    }
}
