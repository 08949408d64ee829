using System.Text.Json;
using CsCheck;
using Microsoft.Extensions.AI;
using Openclawssy.Runtime.Models;
using Openclawssy.TestKit;
using Xunit;

namespace Openclawssy.Tests.Models;

public sealed class SpokenFormTests
{
    static readonly ModelTool tool = new("fs.read", "Reads a file.", JsonDocument.Parse(
        """{"type":"object","properties":{"path":{"type":"string"},"lines":{"type":"integer"}},"required":["path","lines"]}""").RootElement);

    [Fact]
    public void A_conversation_becomes_words()
    {
        var (messages, options) = SpokenForm.Of(
        [
            ModelMessages.System("Be brief."), ModelMessages.User("hello"),
            ModelMessages.Assistant("I look.", [new("c1", "fs.read", """{"path":"a"}"""), new("c2", "fs.read", "no json", """{"x":1}""")], """{"reasoning_content":"hm"}"""),
            ModelMessages.ToolResult("c1", "A"), ModelMessages.ToolResult("c2", "B"), ModelMessages.System("Hurry."),
        ], new() { Tools = [tool], Temperature = 0.5f, ModelId = "m", AllowMultipleToolCalls = true });
        Assert.Equal([ChatRole.System, ChatRole.User, ChatRole.Assistant, ChatRole.User], messages.Select(message => message.Role));
        Assert.StartsWith("Be brief.\n\n# Tools\n", messages[0].Text, StringComparison.Ordinal);
        Assert.Equal("""
            I look.

            ```tool
            {"id": "c1", "tool_name": "fs.read", "arguments": {"path":"a"}}
            ```

            ```tool
            {"id": "c2", "tool_name": "fs.read", "arguments": "no json"}
            ```
            """.ReplaceLineEndings("\n"), messages[2].Text);
        Assert.Equal("tool result c1 fs.read:\nA\n\ntool result c2 fs.read:\nB\n\nHurry.", messages[3].Text);
        Assert.All(messages, message => Assert.All(message.Contents, content => Assert.IsType<TextContent>(content)));
        Assert.Equal((null, null, null, 0.5f, "m", ToolProtocols.Text),
            (options.Tools, options.ToolMode, options.AllowMultipleToolCalls, options.Temperature, options.ModelId, options.GetProtocol()));
    }

    [Fact]
    public void The_manual_names_the_tools_their_schemas_and_the_form()
    {
        var manual = Manual(new() { Tools = [tool] });
        Assert.Contains("## fs.read\nReads a file.\nSchema of the arguments: {\"type\":\"object\",\"properties\"", manual, StringComparison.Ordinal);
        // Its example is a call as we read it.
        var reader = new SpokenReader();
        Assert.Equal([new SpokenCall(null, "fs.read", """{"path": "...", "lines": 1}""")], [.. reader.Push(manual).Concat(reader.Finish()).OfType<SpokenCall>()]);
    }

    [Fact]
    public void What_may_be_called_now_is_said_last()
    {
        Assert.EndsWith("No tool may be called now. Answer in words, without a block.", Manual(new() { Tools = [tool], ToolMode = ChatToolMode.None }), StringComparison.Ordinal);
        Assert.EndsWith("This answer must call a tool.", Manual(new() { Tools = [tool], ToolMode = ChatToolMode.RequireAny }), StringComparison.Ordinal);
        Assert.EndsWith("This answer must call fs.read.", Manual(new() { Tools = [tool], ToolMode = ChatToolMode.RequireSpecific("fs.read") }), StringComparison.Ordinal);
        Assert.Contains("at most one block", Manual(new() { Tools = [tool], AllowMultipleToolCalls = false }), StringComparison.Ordinal);
    }

    [Fact]
    public void The_same_request_gives_the_same_words_and_is_left_alone()
    {
        var options = new ChatOptions { Tools = [tool], Instructions = "First." };
        ChatMessage[] messages = [ModelMessages.System("s"), ModelMessages.User("u")];
        var (once, _) = SpokenForm.Of(messages, options);
        Assert.Equal(once.Select(message => message.Text), SpokenForm.Of(messages, options).Messages.Select(message => message.Text));
        Assert.StartsWith("First.\n\ns\n\n# Tools", once[0].Text, StringComparison.Ordinal);
        Assert.Single(options.Tools);
        Assert.Equal(("First.", ToolProtocols.Native), (options.Instructions, options.GetProtocol()));
    }

    [Fact]
    public void Whatever_the_conversation_the_turns_alternate() =>
        Gen.Select(Gen.Int[0, 4], Gen.OneOf("", " ", "x"), Gen.Bool).Array[0, 12].Sample(steps =>
        {
            var (messages, _) = SpokenForm.Of(steps.Select(step => step.Item1 switch
            {
                0 => ModelMessages.System(step.Item2),
                1 => ModelMessages.User(step.Item2),
                2 => ModelMessages.ToolResult("c", step.Item2),
                _ => ModelMessages.Assistant(step.Item2, step.Item3 ? [new("c", "n", "{}")] : [], null),
            }), null);
            var turns = messages.SkipWhile(message => message.Role == ChatRole.System).Select(message => message.Role).ToList();
            Assert.True(messages.Count - turns.Count <= 1);
            for (var i = 1; i < turns.Count; i++) Assert.NotEqual(turns[i - 1], turns[i]);
            Assert.DoesNotContain(turns, role => role != ChatRole.User && role != ChatRole.Assistant);
        }, iter: Campaign.Scale(500, 20_000));

    static string Manual(ChatOptions options) => SpokenForm.Of([ModelMessages.User("u")], options).Messages[0].Text;
}
