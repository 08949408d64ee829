using System.Text;
using System.Text.Json;
using CsCheck;
using Microsoft.Extensions.AI;
using Openclawssy.Providers;
using Openclawssy.Runtime.Models;
using Openclawssy.TestKit;
using Xunit;

namespace Openclawssy.Tests.Providers;

public sealed class ChatCompletionsBodyTests
{
    static readonly ModelEndpoint Generic = ModelEndpoint.Create("generic", "http://127.0.0.1:1/v1", "m-1");

    static readonly ChatMessage[] Conversation =
    [
        ModelMessages.System("You are \"claw\"."),
        ModelMessages.User("Lies ä.txt 🙂"),
        ModelMessages.Assistant("I read.", [new("c1", "fs.read", """{"path":"ä.txt"}""", """{"extra_content":{"google":{"thought_signature":"s=="}},"function":{"sig":"f"}}"""), new("c2", "fs.read", "{}")],
            """{"reasoning_content":"hm","role":"evil","reasoning_details":[{"type":"reasoning.text","text":"a"}]}"""),
        ModelMessages.ToolResult("c1", """{"content":"x"}"""),
        ModelMessages.ToolResult("c2", "{\"error\":{\"code\":\"tool.input_invalid\"}}"),
        ModelMessages.Assistant("", [new("c3", "made up!", "not json")], null),
        ModelMessages.ToolResult("c3", "{}"),
    ];

    [Fact]
    public void The_body_is_exactly_this() => Assert.Equal(
        """{"model":"m-1","messages":[{"role":"system","content":"You are \"claw\"."},{"role":"user","content":"Lies ä.txt \uD83D\uDE42"},"""
        + """{"role":"assistant","content":"I read.","tool_calls":[{"id":"c1","type":"function","function":{"name":"fs-read","arguments":"{\"path\":\"ä.txt\"}","sig":"f"},"extra_content":{"google":{"thought_signature":"s=="}}},"""
        + """{"id":"c2","type":"function","function":{"name":"fs-read","arguments":"{}"}}],"reasoning_content":"hm","reasoning_details":[{"type":"reasoning.text","text":"a"}]},"""
        + """{"role":"tool","tool_call_id":"c1","content":"{\"content\":\"x\"}"},{"role":"tool","tool_call_id":"c2","content":"{\"error\":{\"code\":\"tool.input_invalid\"}}"},"""
        + """{"role":"assistant","content":null,"tool_calls":[{"id":"c3","type":"function","function":{"name":"made_up_","arguments":"{\"not_a_json_object\":\"not json\"}"}}]},{"role":"tool","tool_call_id":"c3","content":"{}"}],"""
        + "\"tools\":" + """[{"type":"function","function":{"name":"fs-read","description":"The tool fs.read.","parameters":{"type":"object","properties":{"path":{"type":"string"}},"required":["path"],"additionalProperties":false}}},"""
        + """{"type":"function","function":{"name":"fs-write","description":"The tool fs.write.","parameters":{"type":"object","properties":{"path":{"type":"string"},"content":{"type":"string"}}}}}],"""
        + "\"max_tokens\":" + """1000,"temperature":0.2,"stream":true,"stream_options":{"include_usage":true}}""",
        Write(Conversation, Wire.Options, Generic));

    [Fact]
    public void The_smallest_body_has_nothing_that_was_not_said() => Assert.Equal(
        """{"model":"glm","messages":[{"role":"user","content":"hi"}],"stream":true}""",
        Write([ModelMessages.User("hi")], null, ModelEndpoint.Create("zai", null, "glm")));

    [Fact]
    public void Openai_names_the_limit_differently() => Assert.Contains(
        "\"max_completion_tokens\":1000", Write(Wire.Question, Wire.Options, ModelEndpoint.Create("openai", null, "gpt")), StringComparison.Ordinal);

    [Fact]
    public void A_strict_host_gets_no_fields_back()
    {
        var body = Write(Conversation, null, ModelEndpoint.Create("generic", "https://api.groq.com/openai/v1", "m"));
        Assert.DoesNotContain("reasoning", body, StringComparison.Ordinal);
        Assert.DoesNotContain("extra_content", body, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("none", "\"tool_choice\":\"none\"")]
    [InlineData("required", "\"tool_choice\":\"required\"")]
    [InlineData("fs.read", "\"tool_choice\":{\"type\":\"function\",\"function\":{\"name\":\"fs-read\"}}")]
    public void A_tool_choice_is_said_only_when_it_is_not_the_usual_one(string mode, string expected)
    {
        var options = Wire.Options;
        options.ToolMode = mode switch { "none" => ChatToolMode.None, "required" => ChatToolMode.RequireAny, _ => ChatToolMode.RequireSpecific(mode) };
        Assert.Contains(expected, Write(Wire.Question, options, Generic), StringComparison.Ordinal);
        options.ToolMode = ChatToolMode.Auto;
        Assert.DoesNotContain("tool_choice", Write(Wire.Question, options, Generic), StringComparison.Ordinal);
    }

    [Fact]
    public void Any_text_gives_valid_JSON_and_the_same_bytes_again() => Gen.String.Array[3].Sample(texts =>
    {
        ChatMessage[] messages = [ModelMessages.User(texts[0]), ModelMessages.Assistant(texts[1], [new("c", texts[2], texts[1])], null), ModelMessages.ToolResult("c", texts[2])];
        var body = Write(messages, null, Generic);
        Assert.Equal(body, Write(messages, null, Generic));
        using var document = JsonDocument.Parse(body);
        Assert.Equal(SoundText.Of(texts[0]), document.RootElement.GetProperty("messages")[0].GetProperty("content").GetString());
    }, iter: Campaign.Scale(300, 50_000));

    static string Write(IEnumerable<ChatMessage> messages, ChatOptions? options, ModelEndpoint endpoint) =>
        Encoding.UTF8.GetString(ChatCompletionsBody.Write(messages, options, endpoint).Span);
}
