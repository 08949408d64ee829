using System.Text;
using Microsoft.Extensions.AI;
using Openclawssy.Providers;
using Openclawssy.Runtime.Models;
using Openclawssy.TestKit;
using Xunit;

namespace Openclawssy.Tests.Providers;

public sealed class RehearsalTests
{
    const string Script = """
        {
          // a comment
          "turns": [
            { "thinking": "hm, well", "text": "I read it.", "calls": [{ "name": "fs.read", "arguments": { "path": "a", "n": 1.0 } }, { "name": "fs.read", "arguments": "broken" }] },
            { "expect": ["forty", "two"], "text": ["first", "second"], },
          ],
        }
        """;

    [Fact]
    public async Task It_plays_turn_after_turn_and_says_that_it_is_one()
    {
        using var rehearsal = new Rehearsal(RehearsalScript.Parse(Script, "s.json"));
        var updates = new List<ChatResponseUpdate>();
        await foreach (var update in rehearsal.GetStreamingResponseAsync(Wire.Question, Wire.Options)) updates.Add(update);
        Assert.All(updates, update => Assert.Equal(("rehearsal", true), (update.ModelId, update.AdditionalProperties![Rehearsal.Mark])));
        Assert.Equal("rehearsal", ((ChatClientMetadata)rehearsal.GetService(typeof(ChatClientMetadata))!).ProviderName);
        Assert.True(updates.Count(update => update.Text.Length > 0) > 1);

        var first = Assemble(updates);
        Assert.Equal(("I read it.", "hm, well", "tool_calls"), (first.Text, first.Thinking, first.FinishReason));
        Assert.Equal([("rehearsal_1_1", """{ "path": "a", "n": 1.0 }"""), ("rehearsal_1_2", "broken")], first.Calls.Select(call => (call.Id, call.Arguments)));

        var second = await AskAsync(rehearsal, [.. Wire.Question, first.ToMessage(), ModelMessages.ToolResult("rehearsal_1_1", "forty"), ModelMessages.ToolResult("rehearsal_1_2", "two")]);
        Assert.Equal(("first\nsecond", "stop"), (second.Text, second.FinishReason));
    }

    [Fact]
    public async Task A_new_message_starts_the_script_again_and_guidance_does_not()
    {
        using var rehearsal = new Rehearsal(RehearsalScript.Parse(Script, "s.json"));
        ChatMessage[] round = [.. Wire.Question, ModelMessages.Assistant("", [new("1", "fs.read", "{}")], null), ModelMessages.ToolResult("1", "forty two")];
        Assert.Equal("first\nsecond", (await AskAsync(rehearsal, [.. round, ModelMessages.User("guidance")])).Text);
        Assert.Equal("I read it.", (await AskAsync(rehearsal, [.. round, ModelMessages.Assistant("bye", [], null), ModelMessages.User("again")])).Text);
    }

    [Fact]
    public async Task An_unmet_expectation_says_what_was_there()
    {
        using var rehearsal = new Rehearsal(RehearsalScript.Parse(Script, "s.json"));
        var fault = await Assert.ThrowsAsync<ModelException>(() =>
            AskAsync(rehearsal, [.. Wire.Question, ModelMessages.Assistant("", [new("1", "fs.read", "{}")], null), ModelMessages.ToolResult("1", "forty-one")]));
        Assert.Equal(ModelErrorCodes.Misconfigured, fault.Code);
        Assert.Contains("turn 2 of the rehearsal s.json expected \"two\" in the last tool result, but it was: forty-one", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Running_past_the_end_says_which_turn()
    {
        using var rehearsal = new Rehearsal(RehearsalScript.Parse("""{"turns":[{"text":"only"}]}""", "s.json"));
        var fault = await Assert.ThrowsAsync<ModelException>(() => AskAsync(rehearsal, [.. Wire.Question, ModelMessages.Assistant("x", [], null)]));
        Assert.Contains("asked for turn 2, but the script s.json has 1", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_witness_sees_the_body_that_would_be_sent()
    {
        using var rehearsal = new Rehearsal(RehearsalScript.Parse(Script, "s.json"));
        var witness = new Witness();
        var options = Wire.Options;
        options.SetWitness(witness);
        await rehearsal.GetResponseAsync(Wire.Question, options);
        Assert.StartsWith("""{"model":"rehearsal","messages":[{"role":"system","content":"Be brief."}""", witness.Body, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{", "no valid JSON near line 1")]
    [InlineData("{\n\"turns\":[]\n}", "at least one turn")]
    [InlineData("""{"turns":[{"text":"x","texts":"y"}]}""", "turn 1 has an unknown field \"texts\"; known are expect, thinking, text, calls")]
    [InlineData("""{"turns":[{"text":"x","text":"y"}]}""", "no valid JSON")]
    [InlineData("""{"turns":[{"thinking":"x"}]}""", "turn 1 has neither \"text\" nor \"calls\"")]
    [InlineData("""{"turns":[{"calls":[{"name":"fs.read"}]}]}""", "the last turn calls tools")]
    [InlineData("""{"turns":[{"calls":[{"arguments":{}}]},{"text":"x"}]}""", "a call of turn 1 has no \"name\"")]
    [InlineData("""{"turns":[{"text":7}]}""", "\"text\" of turn 1 must be a text or a list of texts")]
    [InlineData("""[]""", "the script must be an object")]
    public void A_wrong_script_says_where(string text, string sentence)
    {
        var fault = Assert.Throws<ModelException>(() => RehearsalScript.Parse(text, "s.json"));
        Assert.Equal(ModelErrorCodes.Misconfigured, fault.Code);
        Assert.Contains("s.json", fault.Message, StringComparison.Ordinal);
        Assert.Contains(sentence, fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_demo_and_the_documents_example_are_valid_scripts()
    {
        var demo = RehearsalScript.Parse(File.ReadAllText(Path.Combine(Repository.Root, "samples/rehearsals/demo.json")), "demo.json");
        Assert.Equal(["fs.list", "fs.write", "fs.edit", "fs.read"], demo.Turns.SelectMany(turn => turn.Calls).Select(call => call.Name));
        var page = File.ReadAllText(Path.Combine(Repository.Root, "docs/REHEARSAL.md"));
        var start = page.IndexOf("{\n  \"turns\"", StringComparison.Ordinal);
        Assert.Equal(2, RehearsalScript.Parse(page[start..page.IndexOf("```", start, StringComparison.Ordinal)], "the example").Turns.Count);
    }

    static async Task<ModelAnswer> AskAsync(Rehearsal rehearsal, IReadOnlyList<ChatMessage> messages)
    {
        var updates = new List<ChatResponseUpdate>();
        await foreach (var update in rehearsal.GetStreamingResponseAsync(messages, Wire.Options)) updates.Add(update);
        return Assemble(updates);
    }

    static ModelAnswer Assemble(IEnumerable<ChatResponseUpdate> updates)
    {
        var assembler = new AnswerAssembler(1);
        foreach (var update in updates) assembler.Add(update);
        return assembler.Finish();
    }

    sealed class Witness : IWireWitness
    {
        public string Body { get; private set; } = "";

        public ValueTask SendingAsync(WireTarget target, ReadOnlyMemory<byte> body, CancellationToken cancellationToken)
        {
            Body = Encoding.UTF8.GetString(body.Span);
            return default;
        }

        public ValueTask FailedAsync(ModelException failure, WireNext following, CancellationToken cancellationToken) => default;
    }
}
