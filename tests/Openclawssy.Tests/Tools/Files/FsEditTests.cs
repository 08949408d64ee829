using System.Text.Json;
using System.Text.Json.Nodes;
using Openclawssy.Runtime.Toolkit;
using Openclawssy.TestKit;
using Openclawssy.Tools.Files;
using Xunit;

namespace Openclawssy.Tests.Tools.Files;

public sealed class FsEditTests
{
    readonly FakeWorkspace workspace = new();
    readonly FsEdit tool = new();

    [Fact]
    public async Task Unique_text_is_replaced()
    {
        workspace["a"] = "one two three";
        var result = await workspace.CallAsync(tool, """{"path":"a","old":"two","new":""}""");
        Assert.Equal("""{"updated":true,"mode":"replace_once","path":"a"}""", result.OutputJson);
        Assert.Equal("one  three", workspace["a"]);
    }

    [Theory]
    [InlineData("aXbX", "X", "$.old", "occurs 2 times")]
    [InlineData("aaa", "aa", "$.old", "occurs 2 times")]
    [InlineData("abc", "x", "$.old", "is not in the file")]
    [InlineData("abc", "", "$.old", "must not be empty")]
    [InlineData("abc", "new", "$.new", "same as old")]
    public async Task Text_that_is_not_there_exactly_once_is_refused(string text, string old, string path, string sentence) =>
        await RefusedAsync(text, new JsonObject { ["old"] = old, ["new"] = "new" }, path, sentence);

    [Theory]
    [InlineData("a\r\nb\r\nc\r\n", "a\nb", "x\ny\nz", "x\r\ny\r\nz\r\nc\r\n")]
    [InlineData("a\r\nb\r\n", "a\r\nb", "x\r\ny", "x\r\ny\r\n")]
    [InlineData("a\nb\n", "a\r\nb", "x\r\ny", "x\ny\n")]
    [InlineData("a\r\nb\n", "a\r\nb", "x\ny", "x\ny\n")]
    [InlineData("\uFEFFa\n", "\uFEFFa", "\uFEFFb", "\uFEFFb\n")]
    [InlineData("\uFEFFa\n", "a", "b", "\uFEFFb\n")]
    public async Task Replacing_keeps_line_breaks_and_the_byte_order_mark(string text, string old, string replacement, string expected) =>
        Assert.Equal(expected, await EditAsync(text, new JsonObject { ["old"] = old, ["new"] = replacement }));

    [Theory]
    [InlineData("1\n2\n3\n", """[{"startLine":2,"endLine":2,"newText":"two"}]""", "1\ntwo\n3\n")]
    [InlineData("1\n2\n3\n", """[{"startLine":3,"endLine":3,"newText":"c\n"},{"startLine":1,"endLine":2,"newText":"a\nb"}]""", "a\nb\nc\n")]
    [InlineData("1\n2\n3\n", """[{"startLine":2,"endLine":3,"newText":""}]""", "1\n")]
    [InlineData("1\n2\n3\n", """[{"startLine":2,"endLine":2,"newText":"\n"}]""", "1\n\n3\n")]
    [InlineData("1\n2\n", """[{"startLine":3,"endLine":3,"newText":"3"}]""", "1\n2\n3\n")]
    [InlineData("1\n2", """[{"startLine":3,"endLine":3,"newText":"3\n"}]""", "1\n2\n3")]
    [InlineData("", """[{"startLine":1,"endLine":1,"newText":"1"}]""", "1\n")]
    [InlineData("1\r\n2\r\n", """[{"startLine":1,"endLine":1,"newText":"a\nb"}]""", "a\r\nb\r\n2\r\n")]
    [InlineData("1\n2\n", """[{"startLine":1,"endLine":1,"newText":"a\r\nb"}]""", "a\nb\n2\n")]
    [InlineData("1\n2", """[{"startLine":2,"endLine":2,"newText":"b"}]""", "1\nb")]
    public async Task Lines_are_replaced_by_their_old_numbers(string text, string edits, string expected) =>
        Assert.Equal(expected, await EditAsync(text, new JsonObject { ["edits"] = JsonNode.Parse(edits) }));

    [Theory]
    [InlineData("""[{"startLine":2,"endLine":1,"newText":""}]""", "$.edits[0]", "endLine 1 is before startLine 2")]
    [InlineData("""[{"startLine":1,"endLine":4,"newText":""}]""", "$.edits[0]", "is beyond the file, which has 3 line(s)")]
    [InlineData("""[{"startLine":5,"endLine":5,"newText":""}]""", "$.edits[0]", "is beyond the file")]
    [InlineData("""[{"startLine":2,"endLine":3,"newText":""},{"startLine":1,"endLine":2,"newText":""}]""", "$.edits[0]", "overlaps")]
    [InlineData("""[{"startLine":4,"endLine":4,"newText":"a"},{"startLine":4,"endLine":4,"newText":"b"}]""", "$.edits[1]", "overlaps")]
    [InlineData("""[{"startLine":0,"endLine":1,"newText":""}]""", "$.edits[0].startLine", "must be between 1 and")]
    [InlineData("""[{"startLine":1,"newText":""}]""", "$.edits[0].endLine", "is missing")]
    [InlineData("""[{"start_line":1,"endLine":1,"newText":""}]""", "$.edits[0].start_line", "its fields are startLine, endLine, newText")]
    public async Task Line_edits_that_do_not_fit_are_refused(string edits, string path, string sentence) =>
        await RefusedAsync("1\n2\n3\n", new JsonObject { ["edits"] = JsonNode.Parse(edits) }, path, sentence);

    [Fact]
    public async Task A_patch_is_applied_and_its_hunks_counted()
    {
        workspace["a"] = "1\n2\n3\n";
        var result = await workspace.CallAsync(tool, """{"path":"a","patch":"--- /etc/passwd\n+++ ../b\n@@ -1,2 +1,2 @@\n-1\n+one\n 2\n@@ -3 +3 @@\n-3\n+three\n"}""");
        Assert.Equal("""{"updated":true,"mode":"unified_diff","path":"a","applied_edits":2}""", result.OutputJson);
        Assert.Equal("applied 2 edit(s) to a", result.Summary);
        Assert.Equal("one\n2\nthree\n", workspace["a"]);
    }

    [Theory]
    [InlineData("@@ -1 +1 @@\n-x\n+y\n", "context mismatch at line 1")]
    [InlineData("nothing", "does not contain any @@ hunks")]
    public async Task A_patch_that_does_not_fit_changes_nothing(string patch, string sentence) =>
        await RefusedAsync("1\n2\n3\n", new JsonObject { ["patch"] = patch }, "$.patch", sentence);

    [Fact]
    public async Task No_edits_change_nothing_and_say_so()
    {
        workspace["a"] = "1\n";
        Assert.Equal("""{"updated":false,"mode":"line_patch","path":"a","applied_edits":0}""", (await workspace.CallAsync(tool, """{"path":"a","edits":[]}""")).OutputJson);
    }

    [Theory]
    [InlineData("{}", null, "exactly one edit mode")]
    [InlineData("""{"old":"a","new":"b","patch":"x"}""", null, "exactly one edit mode")]
    [InlineData("""{"edits":[],"patch":"x"}""", null, "exactly one edit mode")]
    [InlineData("""{"old":"a"}""", "$.new", "new is missing")]
    [InlineData("""{"new":"a"}""", "$.old", "old is missing")]
    public void The_mode_must_be_clear_before_anything_is_asked(string fields, string? path, string sentence)
    {
        var input = JsonNode.Parse(fields)!.AsObject();
        input["path"] = "a";
        var refusal = Assert.Throws<ToolException>(() => tool.Parse(System.Text.Encoding.UTF8.GetBytes(input.ToJsonString())));
        Assert.Equal((ToolErrorCodes.InputInvalid, path), (refusal.Code, refusal.Path));
        Assert.Contains(sentence, refusal.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(new byte[] { 1, 0, 2 })]
    [InlineData(new byte[] { (byte)'a', 0xE9 })]
    public async Task A_file_that_is_not_text_is_never_rewritten(byte[] bytes)
    {
        workspace.Put("a", bytes);
        await Assert.ThrowsAsync<ToolException>(() => workspace.CallAsync(tool, """{"path":"a","old":"a","new":"b"}"""));
        Assert.Equal(bytes, workspace.Bytes("a"));
        Assert.Equal(0, workspace.Changes);
    }

    async Task<string> EditAsync(string text, JsonObject fields)
    {
        workspace["a"] = text;
        fields["path"] = "a";
        Assert.True((await workspace.OutputAsync(tool, fields.ToJsonString())).GetProperty("updated").GetBoolean());
        return workspace["a"];
    }

    async Task RefusedAsync(string text, JsonObject fields, string path, string sentence)
    {
        workspace["a"] = text;
        fields["path"] = "a";
        var refusal = await Assert.ThrowsAsync<ToolException>(() => workspace.CallAsync(tool, fields.ToJsonString()));
        Assert.Equal((ToolErrorCodes.InputInvalid, path), (refusal.Code, refusal.Path));
        Assert.Contains(sentence, refusal.Message, StringComparison.Ordinal);
        Assert.Equal((text, 0), (workspace["a"], workspace.Changes));
    }
}
