using System.Text.Json;
using Openclawssy.Runtime.Sessions;
using Xunit;

namespace Openclawssy.Tests.Sessions;

public sealed class ToolMessageTests
{
    [Fact]
    public void The_content_has_the_documented_fields_and_is_read_as_it_was()
    {
        var record = new ToolMessage("fs.read", "c1", "failed", "", "internal.error: no", "internal.error", "no", "{\"path\":\"a\"}");
        var message = record.ToMessage(DateTimeOffset.UnixEpoch, "run_1");
        Assert.Equal(("tool", "run_1", "c1", "fs.read"), (message.Role, message.RunId, message.ToolCallId, message.ToolName));
        Assert.Equal(["tool", "id", "summary", "output", "error", "error_code", "error_message", "arguments"],
            JsonDocument.Parse(message.Content).RootElement.EnumerateObject().Select(field => field.Name));
        Assert.Equal(record, ToolMessage.Of(message));
    }

    [Theory]
    [InlineData("no JSON at all", "no JSON at all")]
    [InlineData("[1]", "[1]")]
    [InlineData("\"text\"", "\"text\"")]
    [InlineData("{\"output\":{\"a\":1},\"extra\":2}", "{\"a\":1}")]
    [InlineData("{\"output\":null}", "")]
    [InlineData("{\"output\":\"\\ud800\"}", "{\"output\":\"\\ud800\"}")]
    public void Content_of_an_earlier_program_is_read_too(string content, string output)
    {
        var record = ToolMessage.Of(new("tool", content, ToolCallId: "c1", ToolName: "fs.read"));
        Assert.Equal(("fs.read", "c1", output), (record.Tool, record.Id, record.Output));
    }

    [Fact]
    public void What_is_kept_is_bounded_whatever_has_to_be_escaped()
    {
        var endless = new string('\u0001', 1_000_000);
        var message = new ToolMessage(endless, endless, endless, endless, endless, endless, endless, endless).ToMessage(default, "run_1");
        Assert.InRange(MessageLine.Compose([message], default).Length, 1, MessageLine.MaxBytes / 8);
        Assert.Equal("{\"omitted\":\"1000000 characters\"}", ToolMessage.Of(message).Arguments);
    }

    [Theory]
    [InlineData("", "{\"omitted\":\"not recorded\"}")]
    [InlineData("{\"a\":", "{\"omitted\":\"not a JSON object\"}")]
    [InlineData("[1]", "{\"omitted\":\"not a JSON object\"}")]
    [InlineData("{\"a\":123456789012345678901234567890}", "{\"omitted\":\"36 characters\"}")]
    [InlineData(" {\"a\":1} ", "{\"a\":1}")]
    public void Arguments_are_a_whole_object_or_say_why_they_are_not(string arguments, string expected) => Assert.Equal(expected, CallArguments.Within(arguments, 35));
}
