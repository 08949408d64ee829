using System.Security.Cryptography;
using Openclawssy.Providers;
using Openclawssy.Runtime.Context;
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

    internal static byte[] Rebuild(Story story, JournalEntry entry, ModelEndpoint endpoint)
    {
        var request = (ModelRequested)entry.Event;
        var conversation = Conversation.Of(story, request, entry.Seq);
        var offered = request.Purpose is null ? OfferedTools.Of(story.First<ToolsOffered>()!) : null;
        Assert.Equal(offered?.Hash, request.CatalogueHash);
        var messages = request.Purpose is null ? conversation.Messages : SummaryRequest.Of(conversation.Parts);
        return ChatCompletionsBody.Write(messages, ModelTurn.OptionsOf(request.Options, offered), endpoint).ToArray();
    }
}
