using System.Text;
using Microsoft.Extensions.AI;
using Openclawssy.Providers;
using Openclawssy.Runtime.Models;
using Openclawssy.TestKit;
using Xunit;

namespace Openclawssy.Tests.Providers;

/// <summary>The rules are only worth something if they catch what breaks them.</summary>
public sealed class FakeModelServerTests
{
    const string Fine = """{"model":"m","messages":[{"role":"user","content":"hi"}]}""";

    [Theory]
    [InlineData(Fine, null)]
    [InlineData("""{"model":"m","model":"n","messages":[{"role":"user","content":"hi"}]}""", "no strict JSON")]
    [InlineData("""{"messages":[{"role":"user","content":"hi"}]}""", "no model")]
    [InlineData("""{"model":"m","messages":[{"role":"user","content":"top-secret-value"}]}""", "planted secret")]
    [InlineData("""{"model":"m","messages":[{"role":"user","content":"dG9wLXNlY3JldC12YWx1ZQ=="}]}""", "planted secret")]
    [InlineData("""{"model":"m","messages":[{"role":"tool","tool_call_id":"a","content":"x"}]}""", "not open")]
    [InlineData("""{"model":"m","messages":[{"role":"assistant","content":null,"tool_calls":[{"id":"a","type":"function","function":{"name":"f","arguments":"{}"}}]},{"role":"user","content":"x"}]}""", "before the call(s) a were answered")]
    [InlineData("""{"model":"m","messages":[{"role":"assistant","content":null,"tool_calls":[{"id":"a","type":"function","function":{"name":"f.g","arguments":"x"}}]},{"role":"tool","tool_call_id":"a","content":"x"}]}""", "illegal name")]
    [InlineData("""{"model":"m","messages":[{"role":"user","content":"x"}],"tools":[{"type":"function","function":{"name":"f","parameters":{"type":"string"}}}]}""", "no object schema")]
    [InlineData("""{"model":"m","messages":[{"role":"user","content":"x"},{"role":"assistant","content":"y"}]}""", "the model's own")]
    public void A_broken_rule_is_named(string body, string? expected)
    {
        var rules = new FakeModelRules { ExpectedKey = "key-1" };
        rules.PlantedSecrets.Add("top-secret-value");
        var broken = rules.Check(Request(body, "Bearer key-1"));
        if (expected is null) Assert.Empty(broken);
        else Assert.Contains(broken, rule => rule.Contains(expected, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("""[{"role":"system","content":"s"},{"role":"user","content":"u"},{"role":"assistant","content":"a"},{"role":"user","content":"u"}]""", null)]
    [InlineData("""[{"role":"user","content":"u"},{"role":"user","content":"u"}]""", "\"user\" where \"assistant\" is due")]
    [InlineData("""[{"role":"user","content":"u"},{"role":"assistant","content":" "},{"role":"user","content":"u"}]""", "no words")]
    [InlineData("""[{"role":"user","content":"u"},{"role":"system","content":"s"}]""", "\"system\" where \"assistant\" is due")]
    public void A_server_of_words_wants_plain_turns(string messages, string? expected)
    {
        var broken = new FakeModelRules { PlainTurns = true }.Check(Request($$"""{"model":"m","messages":{{messages}}}""", "Bearer key-1"));
        if (expected is null) Assert.Empty(broken);
        else Assert.Contains(broken, rule => rule.Contains(expected, StringComparison.Ordinal));
    }

    [Fact]
    public void A_wrong_key_and_a_large_body_are_named()
    {
        var rules = new FakeModelRules { ExpectedKey = "key-1", MaxBodyBytes = 10 };
        Assert.Equal(2, rules.Check(Request(Fine, "Bearer other")).Count);
    }

    [Fact]
    public async Task A_violation_is_answered_400_and_thrown_at_the_end()
    {
        await using var wire = await Wire.OpenAsync();
        wire.Server.Says("never");
        await Assert.ThrowsAsync<ModelException>(() => wire.AskAsync([ModelMessages.ToolResult("nobody", "x")]));
        var thrown = Assert.Throws<InvalidOperationException>(() => wire.Server.AssertClean());
        Assert.Contains("not open", thrown.Message, StringComparison.Ordinal);
        Assert.Contains("never asked for", thrown.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task It_answers_at_once_for_any_number_of_conversations()
    {
        await using var wire = await Wire.OpenAsync();
        wire.Server.AnswersAtOnce(3, "fs.read", """{"path":"."}""", "finished");
        await Task.WhenAll(Enumerable.Range(0, 4).Select(async _ =>
        {
            var messages = new List<ChatMessage>(Wire.Question);
            for (var turn = 0; turn < 3; turn++)
            {
                var answer = await wire.AskAsync(messages);
                messages.Add(answer.ToMessage());
                messages.Add(ModelMessages.ToolResult(Assert.Single(answer.Calls).Id, "{}"));
            }
            Assert.Equal("finished", (await wire.AskAsync(messages)).Text);
        }));
        wire.Server.AssertClean();
    }

    static FakeRequest Request(string body, string authorization) => new("POST", "/v1/chat/completions",
        new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase) { ["Authorization"] = authorization, ["Content-Type"] = "application/json" }, Encoding.UTF8.GetBytes(body));
}
