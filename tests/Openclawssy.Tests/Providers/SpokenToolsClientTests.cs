using System.Text;
using System.Text.Json;
using Microsoft.Extensions.AI;
using Openclawssy.Providers;
using Openclawssy.Runtime.Models;
using Openclawssy.TestKit;
using Xunit;

namespace Openclawssy.Tests.Providers;

/// <summary>Tools with a model that has none, over real HTTP, before a server that takes nothing but plain turns.</summary>
public sealed class SpokenToolsClientTests
{
    [Fact]
    public async Task A_conversation_with_calls_is_plain_words_on_the_wire()
    {
        await using var wire = await OpenAsync();
        using var client = Client(wire);
        const string content = "# T\n```json\n{}\n```\n<think>x</think>";
        wire.Server.Says($"I look first.\n\n{SpokenForm.Block(null, "fs-read", """{"path":"a"}""")}\n\n{SpokenForm.Block("own", "fs.write", $$"""{"path":"b","content":{{FakeAnswer.Quote(content)}}}""")}\n").Then("done");

        var first = await Wire.AskAsync(client, Wire.Question);
        Assert.Equal(("I look first.", "stop"), (first.Text, first.FinishReason));
        Assert.Equal([("call_1", "fs.read"), ("own", "fs.write")], first.Calls.Select(call => (call.Id, call.Name)));
        using var arguments = JsonDocument.Parse(first.Calls[1].Arguments);
        Assert.Equal(content, arguments.RootElement.GetProperty("content").GetString());

        IReadOnlyList<ChatMessage> next =
            [.. Wire.Question, first.ToMessage(), ModelMessages.ToolResult("call_1", """{"content":"text"}"""), ModelMessages.ToolResult("own", "{}"), ModelMessages.User("go on")];
        Assert.Equal("done", (await Wire.AskAsync(client, next)).Text);
        wire.Server.AssertClean();

        using var body = JsonDocument.Parse(wire.Server.Requests[1].Body);
        var messages = body.RootElement.GetProperty("messages").EnumerateArray().Select(message => (message.GetProperty("role").GetString(), message.GetProperty("content").GetString()!)).ToList();
        Assert.Equal(["system", "user", "assistant", "user"], messages.Select(message => message.Item1));
        Assert.Equal("tool result call_1 fs.read:\n{\"content\":\"text\"}\n\ntool result own fs.write:\n{}\n\ngo on", messages[3].Item2);
        Assert.False(body.RootElement.TryGetProperty("tools", out _));
        Assert.Equal(0.2, body.RootElement.GetProperty("temperature").GetDouble(), 3);
    }

    [Fact]
    public async Task The_bytes_sent_can_be_made_again()
    {
        await using var wire = await OpenAsync();
        using var client = Client(wire);
        wire.Server.Says("done");
        var witness = new Bodies();
        var options = Wire.Options;
        options.SetWitness(witness);
        await Wire.AskAsync(client, Wire.Question, options);
        var (messages, plain) = SpokenForm.Of(Wire.Question, Wire.Options);
        var again = ChatCompletionsBody.Write(messages, plain, wire.Endpoint).ToArray();
        Assert.Equal(Encoding.UTF8.GetString(again), Encoding.UTF8.GetString(Assert.Single(witness.Seen)));
        Assert.Equal(again, wire.Server.Requests[0].Body);
    }

    [Fact]
    public async Task A_call_that_cannot_be_used_carries_its_reason()
    {
        await using var wire = await OpenAsync();
        using var client = Client(wire);
        const string broken = """{"tool_name":"fs-read","arguments":"a \"path\""}""";
        wire.Server.Says($"```tool\n{broken}\n```");
        var calls = new List<FunctionCallContent>();
        await foreach (var update in client.GetStreamingResponseAsync(Wire.Question, Wire.Options)) calls.AddRange(update.Contents.OfType<FunctionCallContent>());
        var call = Assert.Single(calls);
        Assert.Equal(("call_1", "fs.read", "arguments must be a JSON object"), (call.CallId, call.Name, call.GetRejection()));
        using var arguments = JsonDocument.Parse(call.GetArgumentsText()!);
        Assert.Equal(broken, arguments.RootElement.GetProperty("snippet").GetString());
        wire.Server.AssertClean();
    }

    [Fact]
    public async Task An_answer_with_a_json_example_stays_an_answer()
    {
        await using var wire = await OpenAsync();
        using var client = Client(wire);
        const string answer = "Let me show it:\n```json\n{\"arguments\": {\"a\": 1}, \"function\": \"x\"}\n```\n";
        wire.Server.Says(answer);
        var given = await Wire.AskAsync(client, Wire.Question);
        Assert.Equal((answer, 0), (given.Text, given.Calls.Count));
    }

    [Fact]
    public async Task Without_tools_nothing_is_a_call()
    {
        await using var wire = await OpenAsync();
        using var client = Client(wire);
        var block = SpokenForm.Block(null, "fs.read", "{}");
        wire.Server.Says(block);
        var given = await Wire.AskAsync(client, Wire.Question, new ChatOptions());
        Assert.Equal((block, 0), (given.Text, given.Calls.Count));
        Assert.DoesNotContain("# Tools", wire.Server.Requests[0].Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_call_in_a_thought_is_a_thought_and_a_call_behind_an_unclosed_one_is_a_call()
    {
        await using var wire = await OpenAsync();
        using var client = Client(wire);
        var block = SpokenForm.Block(null, "fs.read", """{"path":"a"}""");
        wire.Server.Says($"<think>{block}</think>no").Says($"<think>I read it.\n{block}");
        var thought = await Wire.AskAsync(client, Wire.Question);
        Assert.Equal(("no", block, 0), (thought.Text, thought.Thinking, thought.Calls.Count));
        var unclosed = await Wire.AskAsync(client, Wire.Question);
        Assert.Equal(("I read it.", 1), (unclosed.Text, unclosed.Calls.Count));
    }

    static async Task<Wire> OpenAsync()
    {
        var wire = await Wire.OpenAsync();
        wire.Server.Rules.PlainTurns = true;
        wire.Server.ToolsRefusal = FakeAnswer.Error(400, "no tools here");
        return wire;
    }

    static SpokenToolsClient Client(Wire wire) => new(new ThinkingTagsClient(wire.Client));

    sealed class Bodies : IWireWitness
    {
        public List<byte[]> Seen { get; } = [];

        public ValueTask SendingAsync(WireTarget target, ReadOnlyMemory<byte> body, CancellationToken cancellationToken)
        {
            Seen.Add(body.ToArray());
            return default;
        }

        public ValueTask FailedAsync(ModelException failure, WireNext following, CancellationToken cancellationToken) => default;
    }
}
