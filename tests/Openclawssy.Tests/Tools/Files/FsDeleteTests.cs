using Openclawssy.Runtime.Toolkit;
using Openclawssy.TestKit;
using Openclawssy.Tools.Files;
using Xunit;

namespace Openclawssy.Tests.Tools.Files;

public sealed class FsDeleteTests
{
    readonly FakeWorkspace workspace = new FakeWorkspace().Put("a.txt", []).Put("d/x", []).Put("l", EntryKind.Link);
    readonly FsDelete tool = new();

    [Theory]
    [InlineData("""{"path":"a.txt"}""", """{"path":"a.txt","deleted":true,"type":"file","recursive":false,"summary":"deleted a.txt"}""")]
    [InlineData("""{"path":"d","recursive":true}""", """{"path":"d","deleted":true,"type":"dir","recursive":true,"summary":"deleted d"}""")]
    [InlineData("""{"path":"l"}""", """{"path":"l","deleted":true,"type":"link","recursive":false,"summary":"deleted l"}""")]
    [InlineData("""{"path":"no","force":true}""", """{"path":"no","deleted":false,"skipped":"not_found","summary":"path not found, skipped delete: no"}""")]
    public async Task The_result_says_what_was_removed(string input, string output) => Assert.Equal(output, (await workspace.CallAsync(tool, input)).OutputJson);

    [Theory]
    [InlineData("""{"path":"no"}""", "force=true")]
    [InlineData("""{"path":"d"}""", "recursive=true")]
    [InlineData("""{"path":"d","force":true}""", "recursive=true")]
    public async Task A_refusal_says_what_to_do(string input, string hint)
    {
        var refusal = await Assert.ThrowsAsync<ToolException>(() => workspace.CallAsync(tool, input));
        Assert.Equal(ToolErrorCodes.InputInvalid, refusal.Code);
        Assert.Contains(hint, refusal.Message, StringComparison.Ordinal);
        Assert.Equal(0, workspace.Changes);
    }
}
