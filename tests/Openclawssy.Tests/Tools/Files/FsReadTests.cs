using System.Text;
using CsCheck;
using Openclawssy.Runtime.Toolkit;
using Openclawssy.TestKit;
using Openclawssy.Tests.Text;
using Openclawssy.Tools.Files;
using Xunit;

namespace Openclawssy.Tests.Tools.Files;

public sealed class FsReadTests
{
    readonly FakeWorkspace workspace = new();
    readonly FsRead tool = new();

    [Fact]
    public async Task A_whole_file_is_read()
    {
        workspace["docs/a.txt"] = "hé <b>\n";
        var result = await workspace.CallAsync(tool, """{"path":"docs/a.txt"}""");
        Assert.Equal("""{"path":"docs/a.txt","content":"hé <b>\n","truncated":false,"size_bytes":8}""", result.OutputJson);
        Assert.Equal("read docs/a.txt", result.Summary);
        Assert.Equal("docs/a.txt", result.Source);
    }

    [Theory]
    [InlineData("")]
    [InlineData(" \n")]
    public async Task A_blank_file_is_called_empty(string content)
    {
        workspace["a"] = content;
        Assert.Equal("read a (empty)", (await workspace.CallAsync(tool, """{"path":"a"}""")).Summary);
    }

    [Fact]
    public async Task Truncated_is_true_only_if_more_follows()
    {
        workspace["a"] = "12345";
        Assert.Equal("""{"path":"a","content":"12345","truncated":false,"size_bytes":5}""", (await workspace.CallAsync(tool, """{"path":"a","max_bytes":5}""")).OutputJson);
        Assert.Equal("""{"path":"a","content":"1234","truncated":true,"size_bytes":5,"next_offset":4}""", (await workspace.CallAsync(tool, """{"path":"a","max_bytes":4}""")).OutputJson);
        Assert.Equal("""{"path":"a","content":"5","truncated":false,"offset":4,"size_bytes":5}""", (await workspace.CallAsync(tool, """{"path":"a","max_bytes":4,"offset":4}""")).OutputJson);
        Assert.Equal("""{"path":"a","content":"","truncated":false,"offset":5,"size_bytes":5}""", (await workspace.CallAsync(tool, """{"path":"a","offset":5}""")).OutputJson);
    }

    [Fact]
    public async Task A_limit_of_a_million_is_a_limit_of_a_million()
    {
        workspace["a"] = new string('x', 1_048_577);
        Assert.Equal(1_048_576, (await workspace.OutputAsync(tool, """{"path":"a","max_bytes":1048576}""")).GetProperty("content").GetString()!.Length);
    }

    [Fact]
    public void Slices_put_together_are_the_file() =>
        Gen.Select(Pick.Of("a", "é", "€", "😀", "\n").Array[0, 30].Select(string.Concat), Gen.Int[1, 9]).Sample((text, max) =>
        {
            var workspace = new FakeWorkspace { ["a"] = text };
            var read = new StringBuilder();
            for (long? offset = 0; offset is not null;)
            {
                var slice = workspace.OutputAsync(tool, $$"""{"path":"a","max_bytes":{{max}},"offset":{{offset}}}""").Result;
                var content = slice.GetProperty("content").GetString()!;
                Assert.True(Encoding.UTF8.GetByteCount(content) <= Math.Max(max, 4));
                read.Append(content);
                offset = slice.TryGetProperty("next_offset", out var next) ? next.GetInt64() : null;
                Assert.Equal(offset is not null, slice.GetProperty("truncated").GetBoolean());
            }
            Assert.Equal(text, read.ToString());
        });

    [Fact]
    public async Task An_offset_inside_a_character_begins_with_the_next()
    {
        workspace["a"] = "😀b";
        var slice = await workspace.OutputAsync(tool, """{"path":"a","offset":2}""");
        Assert.Equal(("b", 4), (slice.GetProperty("content").GetString(), slice.GetProperty("offset").GetInt32()));
    }

    [Fact]
    public async Task An_offset_beyond_the_file_is_refused()
    {
        workspace["a"] = "12345";
        var refusal = await Assert.ThrowsAsync<ToolException>(() => workspace.CallAsync(tool, """{"path":"a","offset":6}"""));
        Assert.Equal((ToolErrorCodes.InputInvalid, "$.offset"), (refusal.Code, refusal.Path));
    }

    [Theory]
    [InlineData(new byte[] { (byte)'a', 0, (byte)'b' }, "binary")]
    [InlineData(new byte[] { (byte)'a', 0xE9, (byte)'b' }, "not valid UTF-8")]
    [InlineData(new byte[] { 0x89, (byte)'P', (byte)'N', (byte)'G' }, "not valid UTF-8")]
    [InlineData(new byte[] { (byte)'a', 0xC3 }, "not valid UTF-8")]
    public async Task What_is_not_text_is_refused_and_the_reason_named(byte[] bytes, string reason)
    {
        workspace.Put("a", bytes);
        var refusal = await Assert.ThrowsAsync<ToolException>(() => workspace.CallAsync(tool, """{"path":"a"}"""));
        Assert.Equal((ToolErrorCodes.InputInvalid, "a"), (refusal.Code, refusal.Path));
        Assert.Contains(reason, refusal.Message, StringComparison.Ordinal);
    }
}
