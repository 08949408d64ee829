using CsCheck;
using Microsoft.Extensions.AI;
using Openclawssy.Runtime.Models;
using Openclawssy.TestKit;
using Xunit;

namespace Openclawssy.Tests.Models;

public sealed class AnswerAssemblerTests
{
    [Fact]
    public void However_the_text_is_cut_the_answer_is_the_same() =>
        Gen.Select(Gen.String, Gen.String, Gen.Int[1, 9].Array[1, 20]).Sample((text, thinking, cuts) =>
        {
            var assembler = new AnswerAssembler(1);
            foreach (var piece in Pieces(thinking, cuts)) assembler.Add(new(ChatRole.Assistant, [new TextReasoningContent(piece)]));
            foreach (var piece in Pieces(text, cuts)) assembler.Add(new(ChatRole.Assistant, [new TextContent(piece)]));
            assembler.Add(new() { FinishReason = ChatFinishReason.Stop });
            var answer = assembler.Finish();
            Assert.Equal(text, answer.Text);
            Assert.Equal(thinking.Length == 0 ? null : thinking, answer.Thinking);
            Assert.Equal("stop", answer.FinishReason);
        }, iter: Campaign.Scale(300, 50_000));

    [Fact]
    public void Calls_keep_the_servers_ids_where_they_are_usable_and_new()
    {
        var used = new HashSet<string> { "taken" };
        var answer = Assemble(used, WireNotes.Call("good-1", "fs.read", "{}"), WireNotes.Call("good-1", "fs.read", "{}"),
            WireNotes.Call("taken", "fs.read", "{}"), WireNotes.Call("", "fs.read", "{}"), WireNotes.Call("with space", "fs.read", "{}"));
        Assert.Equal(["good-1", "call_7_2", "call_7_3", "call_7_4", "call_7_5"], answer.Calls.Select(call => call.Id));
        Assert.Equal(6, used.Count);
    }

    [Fact]
    public void Arguments_stay_the_text_the_model_wrote() =>
        Assert.Equal("""{"a":1.0,"a":2}""", Assemble(null, WireNotes.Call("1", "fs.read", """{"a":1.0,"a":2}""")).Calls[0].Arguments);

    [Fact]
    public void A_foreign_clients_dictionary_becomes_text() =>
        Assert.Equal("""{"path":"ä.txt","n":3,"deep":{"list":[true,null,1.5]}}""", Assemble(null, new FunctionCallContent("1", "fs.read", new Dictionary<string, object?>
        {
            ["path"] = "ä.txt",
            ["n"] = 3,
            ["deep"] = new Dictionary<string, object?> { ["list"] = new object?[] { true, null, 1.5 } },
        })).Calls[0].Arguments);

    [Fact]
    public void Usage_is_added_up_and_unknown_stays_unknown()
    {
        var answer = Assemble(null, new UsageContent(new() { InputTokenCount = 3 }), new UsageContent(new() { InputTokenCount = 4, OutputTokenCount = 1 }));
        Assert.Equal(new(7, 1, null), answer.Usage);
    }

    [Fact]
    public void An_error_as_content_is_an_error() =>
        Assert.Equal(ModelErrorCodes.BadResponse, Assert.Throws<ModelException>(() => Assemble(null, new ErrorContent("boom"))).Code);

    [Fact]
    public void An_answer_becomes_the_message_the_next_request_repeats()
    {
        var message = new ModelAnswer("hello", "hm", [new("1", "fs.read", """{"path":"a"}""", """{"x":1}""")], "tool_calls", null, null, """{"reasoning_content":"hm"}""").ToMessage();
        Assert.Equal("hello", message.Text);
        Assert.Equal("""{"reasoning_content":"hm"}""", message.GetExtra());
        var call = Assert.Single(message.Contents.OfType<FunctionCallContent>());
        Assert.Equal("""{"path":"a"}""", call.GetArgumentsText());
        Assert.Equal("""{"x":1}""", call.GetExtra());
    }

    static ModelAnswer Assemble(ISet<string>? used, params IList<AIContent> contents)
    {
        var assembler = new AnswerAssembler(7, used);
        assembler.Add(new(ChatRole.Assistant, contents));
        return assembler.Finish();
    }

    static IEnumerable<string> Pieces(string text, int[] cuts)
    {
        for (int at = 0, i = 0; at < text.Length; i++)
        {
            var length = Math.Min(cuts[i % cuts.Length], text.Length - at);
            yield return text.Substring(at, length);
            at += length;
        }
    }
}
