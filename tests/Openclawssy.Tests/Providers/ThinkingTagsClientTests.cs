using Microsoft.Extensions.AI;
using Openclawssy.Providers;
using Openclawssy.Runtime.Models;
using Openclawssy.TestKit;
using Xunit;
using static Openclawssy.TestKit.FakeAnswer;

namespace Openclawssy.Tests.Providers;

public sealed class ThinkingTagsClientTests
{
    [Fact]
    public async Task Tags_become_thinking_beside_what_the_server_calls_thinking()
    {
        await using var wire = await Wire.OpenAsync();
        using var client = new ThinkingTagsClient(wire.Client);
        wire.Server.Answers(Says("<think>\nis it a greeting?\n</think>\n\nHello, `<think>` 🙂", thinking: "hm. "));
        var answer = await Wire.AskAsync(client, Wire.Question);
        Assert.Equal(("Hello, `<think>` 🙂", "hm. is it a greeting?", "stop"), (answer.Text, answer.Thinking, answer.FinishReason));
        Assert.Equal((new(11, 5, 16), "fake-model"), (answer.Usage, answer.AnsweredBy));
        wire.Server.AssertClean();
    }

    [Fact]
    public async Task Calls_pass_untouched_and_an_open_tag_hides_nothing()
    {
        await using var wire = await Wire.OpenAsync();
        using var client = new ThinkingTagsClient(wire.Client);
        wire.Server.Answers(Calls(("fs.write", """{"content":"<think>a</think>"}""")), Says("<think>never closed"));
        Assert.Equal("""{"content":"<think>a</think>"}""", Assert.Single((await Wire.AskAsync(client, Wire.Question)).Calls).Arguments);
        var answer = await Wire.AskAsync(client, Wire.Question);
        Assert.Equal(("never closed", null), (answer.Text, answer.Thinking));
        wire.Server.AssertClean();
    }

    [Fact]
    public async Task Nothing_of_a_thought_is_passed_on_as_text_while_it_arrives()
    {
        await using var wire = await Wire.OpenAsync();
        using var client = new ThinkingTagsClient(wire.Client);
        wire.Server.Answers(Says("well <analysis>secret thought</analysis>done"));
        var text = new List<string>();
        await foreach (var update in client.GetStreamingResponseAsync(Wire.Question, Wire.Options))
            text.AddRange(update.Contents.OfType<TextContent>().Select(content => content.Text));
        Assert.Equal("well done", string.Concat(text));
        Assert.Equal("well ", text[0]);
    }

    [Fact]
    public async Task A_whole_response_has_it_too_and_what_is_inside_can_be_asked_for()
    {
        await using var wire = await Wire.OpenAsync();
        using var client = new ThinkingTagsClient(wire.Client);
        wire.Server.Says("<think>a</think>b");
        Assert.Equal("b", (await client.GetResponseAsync(Wire.Question, Wire.Options)).Text);
        Assert.Same(wire.Client, client.GetService(typeof(ChatCompletionsClient)));
        Assert.Same(client, client.GetService(typeof(ThinkingTagsClient)));
    }
}
