using Microsoft.Extensions.AI;
using Openclawssy.Providers;
using Openclawssy.Runtime.Models;
using Openclawssy.TestKit;
using Xunit;

namespace Openclawssy.Tests.Providers;

public sealed class ToolProtocolClientTests
{
    static readonly string block = SpokenForm.Block(null, "fs.read", """{"path":"a"}""");

    [Theory]
    [InlineData(400, """{"error":"registry.ollama.ai/library/gemma:2b does not support tools"}""")]
    [InlineData(404, """{"error":{"message":"No endpoints found that support tool use. To learn more, see the docs","code":404}}""")]
    [InlineData(400, """{"object":"error","message":"\"auto\" tool choice requires --enable-auto-tool-choice and --tool-call-parser to be set","type":"BadRequestError","param":null,"code":400}""")]
    [InlineData(400, """{"error":{"message":"Function calling is not enabled for this model","type":"invalid_request_error"}}""")]
    [InlineData(400, """{"error":{"message":"Unrecognized request argument supplied","type":"invalid_request_error","param":"tools","code":null}}""")]
    [InlineData(422, """{"detail":[{"type":"extra_forbidden","loc":["body","tools"],"msg":"Extra inputs are not permitted"}]}""")]
    [InlineData(501, "tools are not implemented")]
    public async Task A_server_that_takes_no_tools_is_asked_again_in_words_at_once(int status, string body)
    {
        await using var wire = await OpenAsync(FakeAnswer.Raw(status, "application/json", body));
        using var client = new ToolProtocolClient(wire.Client, new());
        wire.Server.Says(block).Then("done");
        var first = await Wire.AskAsync(client, Wire.Question);
        Assert.Equal("fs.read", Assert.Single(first.Calls).Name);
        Assert.Equal("done", (await Wire.AskAsync(client, [.. Wire.Question, first.ToMessage(), ModelMessages.ToolResult(first.Calls[0].Id, "{}")])).Text);
        wire.Server.AssertClean();
        // The second question goes out in words from the start.
        Assert.Equal([true, false, false], wire.Server.Requests.Select(request => request.Text.Contains("\"tools\":[", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task What_was_learned_holds_for_the_model_and_is_shared()
    {
        await using var wire = await OpenAsync(FakeAnswer.Error(400, "does not support tools"));
        var spoken = new SpokenModels();
        wire.Server.Says("one").Says("two").Says("three");
        using (var client = new ToolProtocolClient(wire.Client, spoken)) await Wire.AskAsync(client, Wire.Question);
        using var next = new ToolProtocolClient(wire.Client, spoken);
        await Wire.AskAsync(next, Wire.Question);
        var other = Wire.Options;
        other.ModelId = "another";
        await Wire.AskAsync(next, Wire.Question, other);
        Assert.Equal([true, false, false, true, false], wire.Server.Requests.Select(request => request.Text.Contains("\"tools\":[", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task A_server_that_takes_tools_is_spoken_to_natively()
    {
        await using var wire = await Wire.OpenAsync();
        using var client = new ToolProtocolClient(wire.Client, new());
        wire.Server.Answers(FakeAnswer.Calls(("fs.read", "{}"))).Says(block);
        Assert.Single((await Wire.AskAsync(client, Wire.Question)).Calls);
        // What looks like a spoken call is text for a model that has its own.
        var answer = await Wire.AskAsync(client, Wire.Question);
        Assert.Equal((block, 0), (answer.Text, answer.Calls.Count));
        wire.Server.AssertClean();
    }

    [Theory]
    [InlineData(400, """{"error":{"message":"Invalid schema for function 'fs-read': 'x' is not valid","param":"tools[0].function.parameters"}}""", ModelErrorCodes.Refused)]
    [InlineData(400, """{"error":{"message":"messages with role 'tool' must follow tool_calls","param":"messages.[2].role"}}""", ModelErrorCodes.Refused)]
    [InlineData(400, """{"error":{"message":"Failed to call a function. Please adjust your prompt.","code":"tool_use_failed"}}""", ModelErrorCodes.Refused)]
    [InlineData(400, """{"error":{"message":"temperature is too high","param":"temperature"}}""", ModelErrorCodes.Refused)]
    [InlineData(404, """{"error":{"message":"The model `x` does not exist"}}""", ModelErrorCodes.NotFound)]
    [InlineData(500, """{"error":{"message":"tools crashed"}}""", ModelErrorCodes.Unavailable)]
    [InlineData(401, """{"error":{"message":"this key may not use tools"}}""", ModelErrorCodes.Unauthorized)]
    public async Task Any_other_refusal_stays_what_it_is(int status, string body, string code)
    {
        await using var wire = await OpenAsync(FakeAnswer.Raw(status, "application/json", body));
        using var client = new ToolProtocolClient(wire.Client, new());
        Assert.Equal(code, (await Assert.ThrowsAsync<ModelException>(() => Wire.AskAsync(client, Wire.Question))).Code);
        Assert.Single(wire.Server.Requests);
    }

    [Fact]
    public async Task Without_tools_in_the_request_the_refusal_is_about_something_else()
    {
        await using var wire = await Wire.OpenAsync();
        wire.Server.Answers(FakeAnswer.Error(400, "does not support tools"));
        using var client = new ToolProtocolClient(wire.Client, new());
        Assert.Equal(ModelErrorCodes.Refused, (await Assert.ThrowsAsync<ModelException>(() => Wire.AskAsync(client, Wire.Question, new ChatOptions()))).Code);
    }

    [Fact]
    public async Task A_model_whose_words_fail_too_is_not_remembered()
    {
        await using var wire = await OpenAsync(FakeAnswer.Error(400, "does not support tools"));
        using var client = new ToolProtocolClient(wire.Client, new());
        wire.Server.Answers(FakeAnswer.Error(503, "busy")).Says("one");
        Assert.Equal(ModelErrorCodes.Unavailable, (await Assert.ThrowsAsync<ModelException>(() => Wire.AskAsync(client, Wire.Question))).Code);
        Assert.Equal("one", (await Wire.AskAsync(client, Wire.Question)).Text);
        Assert.Equal(4, wire.Server.Requests.Count);
    }

    [Fact]
    public async Task A_native_client_alone_names_the_setting()
    {
        await using var wire = await OpenAsync(FakeAnswer.Error(400, "does not support tools"));
        var fault = await Assert.ThrowsAsync<ModelException>(() => wire.AskAsync());
        Assert.Equal((ModelErrorCodes.ToolsUnsupported, false), (fault.Code, fault.Retryable));
        Assert.Contains("set model.tool_protocol to \"text\"", fault.Message, StringComparison.Ordinal);
    }

    static async Task<Wire> OpenAsync(FakeAnswer refusal)
    {
        var wire = await Wire.OpenAsync();
        wire.Server.Rules.PlainTurns = true;
        wire.Server.ToolsRefusal = refusal;
        return wire;
    }
}
