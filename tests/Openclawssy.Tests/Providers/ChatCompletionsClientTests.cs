using System.Text.Json;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Time.Testing;
using Openclawssy.Providers;
using Openclawssy.Runtime.Models;
using Openclawssy.TestKit;
using Xunit;
using static Openclawssy.TestKit.FakeAnswer;

namespace Openclawssy.Tests.Providers;

/// <summary>What servers of this protocol really send: each habit a sentence, over real HTTP.</summary>
public sealed class ChatCompletionsClientTests
{
    [Fact]
    public async Task Text_thinking_usage_and_model_arrive()
    {
        await using var wire = await Wire.OpenAsync();
        var answer = await wire.AskAsync(Says("Hello, world, äöü 🙂", thinking: "greet"));
        Assert.Equal("Hello, world, äöü 🙂", answer.Text);
        Assert.Equal("greet", answer.Thinking);
        Assert.Equal("stop", answer.FinishReason);
        Assert.Equal(new(11, 5, 16), answer.Usage);
        Assert.Equal("fake-model", answer.AnsweredBy);
        Assert.Equal("""{"reasoning_content":"greet"}""", answer.Extra);
    }

    [Fact]
    public async Task A_conversation_with_parallel_calls_obeys_the_protocol()
    {
        await using var wire = await Wire.OpenAsync();
        wire.Server.Answers(Calls(("fs.read", """{"path":"a"}"""), ("fs.write", """{"path":"b","content":"x"}"""))).Then("done");
        var first = await wire.AskAsync();
        Assert.Equal(["fs.read", "fs.write"], first.Calls.Select(call => call.Name));
        Assert.Equal("""{"path":"b","content":"x"}""", first.Calls[1].Arguments);
        var second = await wire.AskAsync(
            [.. Wire.Question, first.ToMessage(), ModelMessages.ToolResult(first.Calls[0].Id, "{}"), ModelMessages.ToolResult(first.Calls[1].Id, "{}")]);
        Assert.Equal("done", second.Text);
        wire.Server.AssertClean();
    }

    [Theory]
    [InlineData("""[{"id":"a","function":{"name":"fs-read","arguments":"{}"}},{"id":"b","function":{"name":"fs-write","arguments":"{}"}}]""", null)]
    [InlineData("""[{"id":"a","function":{"name":"fs-read","arguments":"{"}}]""", """[{"id":"a","function":{"arguments":"}"}},{"id":"b","function":{"name":"fs-write","arguments":"{}"}}]""")]
    public async Task Calls_without_an_index_are_told_apart_by_id(string first, string? second)
    {
        await using var wire = await Wire.OpenAsync();
        var answer = await wire.AskAsync(Events(
            Chunk($$"""{"tool_calls":{{first}}}"""), Chunk(second is null ? "{}" : $$"""{"tool_calls":{{second}}}"""), Chunk("{}", "tool_calls")));
        Assert.Equal([("a", "fs.read", "{}"), ("b", "fs.write", "{}")], answer.Calls.Select(call => (call.Id, call.Name, call.Arguments)));
    }

    [Fact]
    public async Task Calls_with_neither_index_nor_id_are_told_apart_by_a_name_that_begins_anew()
    {
        await using var wire = await Wire.OpenAsync();
        var answer = await wire.AskAsync(Events(
            Chunk("""{"tool_calls":[{"function":{"name":"fs-read","arguments":"{\"path\":"}}]}"""),
            Chunk("""{"tool_calls":[{"function":{"name":"fs-read","arguments":"\"a\"}"}}]}"""),
            Chunk("""{"tool_calls":[{"function":{"name":"fs-read","arguments":"{\"path\":\"b\"}"}}]}"""), Chunk("{}", "tool_calls")));
        Assert.Equal(["""{"path":"a"}""", """{"path":"b"}"""], answer.Calls.Select(call => call.Arguments));
        Assert.Equal(2, answer.Calls.Select(call => call.Id).Distinct().Count());
    }

    [Fact]
    public async Task Calls_that_all_have_the_index_0_are_told_apart_by_id()
    {
        await using var wire = await Wire.OpenAsync();
        var answer = await wire.AskAsync(Events(
            Chunk("""{"tool_calls":[{"index":0,"id":"a","function":{"name":"fs-read","arguments":"{\"path\":\"a\"}"}}]}"""),
            Chunk("""{"tool_calls":[{"index":0,"id":"b","function":{"name":"fs-read","arguments":"{\"path\""}}]}"""),
            Chunk("""{"tool_calls":[{"index":0,"function":{"arguments":":\"b\"}"}}]}"""), Chunk("{}", "tool_calls")));
        Assert.Equal(["""{"path":"a"}""", """{"path":"b"}"""], answer.Calls.Select(call => call.Arguments));
    }

    [Fact]
    public async Task Calls_may_be_mixed_chunk_by_chunk_when_they_have_an_index()
    {
        await using var wire = await Wire.OpenAsync();
        var answer = await wire.AskAsync(Events(
            Chunk("""{"tool_calls":[{"index":1,"id":"b","function":{"name":"fs-write","arguments":"{"}},{"index":0,"id":"a","function":{"name":"fs-read","arguments":"{"}}]}"""),
            Chunk("""{"tool_calls":[{"index":0,"function":{"arguments":"}"}},{"index":1,"function":{"arguments":"}"}}]}"""), Chunk("{}", "tool_calls")));
        Assert.Equal([("b", "{}"), ("a", "{}")], answer.Calls.Select(call => (call.Id, call.Arguments)));
    }

    [Theory]
    [InlineData("""{"path":"a","n":1.0}""", """{"path":"a","n":1.0}""")]
    [InlineData("null", "{}")]
    [InlineData("\"\"", "{}")]
    [InlineData("\"{\\\"path\\\": \"", "{\"path\": ")]
    public async Task Arguments_may_be_an_object_or_nothing_or_broken(string sent, string expected)
    {
        await using var wire = await Wire.OpenAsync();
        var answer = await wire.AskAsync(Events(Chunk($$$"""{"tool_calls":[{"index":0,"id":"a","function":{"name":"fs-read","arguments":{{{sent}}}}}]}"""), Chunk("{}", "stop")));
        Assert.Equal(expected, answer.Calls[0].Arguments);
        Assert.Equal("stop", answer.FinishReason);
    }

    [Fact]
    public async Task Unknown_finish_reasons_and_roles_are_kept_as_text()
    {
        await using var wire = await Wire.OpenAsync();
        wire.Server.Answers(Events(Chunk("""{"role":"oracle","content":"hi"}"""), Chunk("{}", "eos_token")));
        var updates = new List<ChatResponseUpdate>();
        await foreach (var update in wire.Client.GetStreamingResponseAsync(Wire.Question)) updates.Add(update);
        Assert.Equal("oracle", updates[0].Role!.Value.Value);
        Assert.Equal("eos_token", updates[^1].FinishReason!.Value.Value);
    }

    [Theory]
    [InlineData("""{"content":[{"type":"text","text":"he"},{"type":"text","text":"llo"}]}""", "hello", null)]
    [InlineData("""{"content":[{"type":"thinking","thinking":[{"type":"text","text":"hm"}]},"hello"]}""", "hello", "hm")]
    [InlineData("""{"content":"hello","reasoning":"hm"}""", "hello", "hm")]
    [InlineData("""{"content":"hello","reasoning":"hm","reasoning_content":"hm","reasoning_details":[{"type":"reasoning.text","text":"hm"}]}""", "hello", "hm")]
    [InlineData("""{"content":"hello","reasoning_details":[{"type":"reasoning.summary","summary":"h"},{"type":"reasoning.text","text":"m"}]}""", "hello", "hm")]
    [InlineData("""{"content":null,"refusal":"no"}""", "no", null)]
    public async Task Text_and_thinking_come_under_many_names(string delta, string text, string? thinking)
    {
        await using var wire = await Wire.OpenAsync();
        var answer = await wire.AskAsync(Events(Chunk(delta), Chunk("{}", "stop"), "[DONE]"));
        Assert.Equal(text, answer.Text);
        Assert.Equal(thinking, answer.Thinking);
    }

    [Fact]
    public async Task Fields_a_server_wants_back_survive_the_round()
    {
        await using var wire = await Wire.OpenAsync();
        wire.Server.Answers(Events(
            Chunk("""{"reasoning":"I ","reasoning_details":[{"type":"reasoning.text","text":"I ","index":0,"format":"x"}]}"""),
            Chunk("""{"reasoning":"think","reasoning_details":[{"type":"reasoning.text","text":"think","index":0,"format":"x"}]}"""),
            Chunk("""{"reasoning_details":[{"type":"reasoning.text","signature":"c2ln","index":0,"format":"x"},{"type":"reasoning.encrypted","data":"AAA","index":1}]}"""),
            Chunk("""{"annotations":[],"tool_calls":[{"index":0,"id":"a","type":"function","extra_content":{"google":{"thought_signature":"Zm9v"}},"function":{"name":"fs-read","arguments":"{}","thought":1}}]}"""),
            Chunk("{}", "tool_calls"))).Then("done");
        var first = await wire.AskAsync();
        await wire.AskAsync([.. Wire.Question, first.ToMessage(), ModelMessages.ToolResult("a", "{}")]);
        wire.Server.AssertClean();
        using var sent = JsonDocument.Parse(wire.Server.Requests[1].Body);
        var message = sent.RootElement.GetProperty("messages")[2];
        Assert.Equal("""[{"type":"reasoning.text","text":"I think","index":0,"format":"x","signature":"c2ln"},{"type":"reasoning.encrypted","data":"AAA","index":1}]""",
            message.GetProperty("reasoning_details").GetRawText());
        Assert.False(message.TryGetProperty("annotations", out _));
        Assert.Equal("""{"google":{"thought_signature":"Zm9v"}}""", message.GetProperty("tool_calls")[0].GetProperty("extra_content").GetRawText());
        Assert.Equal(1, message.GetProperty("tool_calls")[0].GetProperty("function").GetProperty("thought").GetInt32());
    }

    [Theory]
    [InlineData("""{"choices":[{"index":0,"delta":{},"finish_reason":"stop"}],"usage":{"prompt_tokens":3,"completion_tokens":2,"total_tokens":5,"prompt_tokens_details":{"cached_tokens":1},"completion_tokens_details":{"reasoning_tokens":2}}}""", 3, 2, 1, 2)]
    [InlineData("""{"choices":[{"index":0,"delta":{},"finish_reason":"stop","usage":{"prompt_tokens":3,"completion_tokens":2,"cached_tokens":1}}]}""", 3, 2, 1, null)]
    [InlineData("""{"choices":[{"index":0,"delta":{},"finish_reason":"stop"}],"usage":{"input_tokens":3,"output_tokens":2,"prompt_tokens_details":null}}""", 3, 2, null, null)]
    public async Task Usage_is_found_where_a_server_puts_it(string last, int input, int output, int? cached, int? reasoning)
    {
        await using var wire = await Wire.OpenAsync();
        var usage = (await wire.AskAsync(Events(Chunk("""{"content":"x"}"""), last))).Usage!;
        Assert.Equal((input, output, cached, reasoning), ((int)usage.Input!, (int)usage.Output!, (int?)usage.CachedInput, (int?)usage.Reasoning));
    }

    [Fact]
    public async Task A_stream_may_end_without_DONE_and_without_its_last_empty_line()
    {
        await using var wire = await Wire.OpenAsync();
        Assert.Equal("x", (await wire.AskAsync(Stream($"data: {Chunk("""{"content":"x"}""")}\n\n", $"data:{Chunk("{}", "stop")}"))).Text);
    }

    [Fact]
    public async Task Comments_keep_alives_carriage_returns_and_a_byte_order_mark_are_normal()
    {
        await using var wire = await Wire.OpenAsync();
        Assert.Equal("x", (await wire.AskAsync(Stream("\uFEFF: OPENROUTER PROCESSING\r\n\r\n", "event: message\r\nid: 7\r\ndata: " + Chunk("""{"content":"x"}""") + "\r\n\r\n",
            ": ping\r\n\r\ndata: {\"type\":\"ping\"}\r\n\r\ndata: \r\n\r\n", "data: " + Chunk("{}", "stop") + "\r\n\r\ndata: [DONE]\r\n\r\n"))).Text);
    }

    [Fact]
    public async Task An_emoji_cut_in_two_by_the_server_is_put_together()
    {
        await using var wire = await Wire.OpenAsync();
        var answer = await wire.AskAsync(Events(Chunk("""{"content":"a\ud83d"}"""), Chunk("""{"content":"\ude42b\ud83d"}"""), Chunk("{}", "stop")));
        Assert.Equal("a🙂b\uFFFD", answer.Text);
    }

    [Fact]
    public async Task A_whole_completion_instead_of_a_stream_is_an_answer()
    {
        await using var wire = await Wire.OpenAsync();
        var answer = await wire.AskAsync(Whole("""{"role":"assistant","content":"hi","tool_calls":[{"id":"a","type":"function","function":{"name":"fs-read","arguments":"{}"}}]}""", "tool_calls"));
        Assert.Equal("hi", answer.Text);
        Assert.Equal("fs.read", Assert.Single(answer.Calls).Name);
        Assert.Equal(16, answer.Usage!.Total);
    }

    [Fact]
    public async Task Thinking_alone_is_an_answer_with_empty_text()
    {
        await using var wire = await Wire.OpenAsync();
        var answer = await wire.AskAsync(Events(Chunk("""{"reasoning_content":"hm"}"""), Chunk("{}", "stop")));
        Assert.Equal(("", "hm"), (answer.Text, answer.Thinking));
    }

    [Fact]
    public async Task The_first_words_are_shown_before_the_answer_is_complete()
    {
        await using var wire = await Wire.OpenAsync();
        var rest = new TaskCompletionSource();
        wire.Server.Answers(Events(Chunk("""{"content":"first"}""")).Waits(rest.Task).Sends($"data: {Chunk("{}", "stop")}\n\n"));
        await using var updates = wire.Client.GetStreamingResponseAsync(Wire.Question).GetAsyncEnumerator();
        Assert.True(await updates.MoveNextAsync());
        Assert.Equal("first", updates.Current.Text);
        rest.SetResult();
        Assert.True(await updates.MoveNextAsync());
        Assert.False(await updates.MoveNextAsync());
    }

    [Fact]
    public async Task A_server_that_falls_silent_is_given_up_and_any_byte_buys_it_time()
    {
        var clock = new FakeTimeProvider();
        await using var wire = await Wire.OpenAsync(clock);
        wire.Server.Answers(Events(Chunk("""{"content":"first"}""")).Waits(new TaskCompletionSource().Task));
        await using var updates = wire.Client.GetStreamingResponseAsync(Wire.Question).GetAsyncEnumerator();
        Assert.True(await updates.MoveNextAsync());
        var next = updates.MoveNextAsync().AsTask();
        clock.Advance(TimeSpan.FromSeconds(119));
        Assert.False(next.IsCompleted);
        while (!next.IsCompleted)
        {
            clock.Advance(TimeSpan.FromSeconds(2));
            await Task.Yield();
        }
        var fault = await Assert.ThrowsAsync<ModelException>(() => next);
        Assert.Equal((ModelErrorCodes.CutStream, false), (fault.Code, fault.Retryable));
        Assert.Contains("sent nothing for 120 s", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_that_never_answers_is_given_up()
    {
        var clock = new FakeTimeProvider();
        await using var wire = await Wire.OpenAsync(clock);
        wire.Server.Answers(Raw(200, "text/event-stream", "").Waits(new TaskCompletionSource().Task));
        var next = wire.AskAsync();
        while (!next.IsCompleted)
        {
            clock.Advance(TimeSpan.FromSeconds(10));
            await Task.Yield();
        }
        var fault = await Assert.ThrowsAsync<ModelException>(() => next);
        Assert.True(fault.Retryable);
        Assert.Contains("120 s", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Cancelling_is_a_cancellation_and_no_error()
    {
        await using var wire = await Wire.OpenAsync();
        using var cancel = new CancellationTokenSource();
        wire.Server.Answers(Events(Chunk("""{"content":"first"}""")).Waits(new TaskCompletionSource().Task));
        await using var updates = wire.Client.GetStreamingResponseAsync(Wire.Question, cancellationToken: cancel.Token).GetAsyncEnumerator();
        Assert.True(await updates.MoveNextAsync());
        var next = updates.MoveNextAsync().AsTask();
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => next);
    }

    [Fact]
    public async Task The_witness_is_told_the_exact_body_before_it_is_sent()
    {
        await using var wire = await Wire.OpenAsync();
        wire.Server.Says("hi");
        var witness = new RecordingWitness(() => Assert.Empty(wire.Server.Requests));
        var options = Wire.Options;
        options.SetWitness(witness);
        await wire.Client.GetResponseAsync(Wire.Question, options);
        Assert.Equal(new WireTarget("generic", Wire.Options.ModelId ?? wire.Endpoint.Model), witness.Target);
        Assert.Equal(wire.Server.Requests[0].Body, witness.Body);
        Assert.Equal(witness.Body, ChatCompletionsBody.Write(Wire.Question, Wire.Options, wire.Endpoint).ToArray());
    }

    [Fact]
    public async Task A_witness_that_cannot_write_stops_the_request()
    {
        await using var wire = await Wire.OpenAsync();
        var options = Wire.Options;
        options.SetWitness(new RecordingWitness(() => throw new IOException("disk full")));
        await Assert.ThrowsAsync<IOException>(() => wire.Client.GetResponseAsync(Wire.Question, options));
        Assert.Empty(wire.Server.Requests);
    }

    [Fact]
    public async Task Configured_headers_are_sent()
    {
        await using var wire = await Wire.OpenAsync(headers: new Dictionary<string, string> { ["X-Team"] = "blue" });
        await wire.AskAsync(Says("hi"));
        Assert.Equal("blue", wire.Server.Requests[0].Headers["X-Team"]);
        Assert.Equal("openclawssy", wire.Server.Requests[0].Headers["User-Agent"]);
        Assert.False(wire.Server.Requests[0].Headers.ContainsKey("Accept-Encoding"));
    }

    sealed class RecordingWitness(Action sending) : IWireWitness
    {
        public WireTarget? Target { get; private set; }

        public byte[] Body { get; private set; } = [];

        public ValueTask SendingAsync(WireTarget target, ReadOnlyMemory<byte> body, CancellationToken cancellationToken)
        {
            sending();
            (Target, Body) = (target, body.ToArray());
            return default;
        }

        public ValueTask FailedAsync(ModelException failure, WireNext following, CancellationToken cancellationToken) => default;
    }
}
