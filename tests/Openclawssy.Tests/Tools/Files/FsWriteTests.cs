using Openclawssy.Runtime.Toolkit;
using Openclawssy.TestKit;
using Openclawssy.Tools.Files;
using Xunit;

namespace Openclawssy.Tests.Tools.Files;

public sealed class FsWriteTests
{
    readonly FakeWorkspace workspace = new();
    readonly FsWrite tool = new();

    [Fact]
    public async Task A_file_is_created_and_then_replaced()
    {
        var result = await workspace.CallAsync(tool, """{"path":"a.txt","content":"é\nb"}""");
        Assert.Equal("""{"path":"a.txt","bytes":4,"lines":2,"created":true,"summary":"wrote 2 line(s) to a.txt"}""", result.OutputJson);
        Assert.Equal("wrote 2 line(s) to a.txt", result.Summary);
        Assert.False((await workspace.OutputAsync(tool, """{"path":"a.txt","content":"  "}""")).GetProperty("created").GetBoolean());
        Assert.Equal("  ", workspace["a.txt"]);
    }

    [Theory]
    [InlineData("")]
    [InlineData(" \\n")]
    [InlineData("```\\nx\\n```")]
    public async Task Content_is_written_exactly_as_given(string content)
    {
        await workspace.CallAsync(tool, $$"""{"path":"a,b","content":"{{content}}"}""");
        Assert.Equal(content.Replace("\\n", "\n", StringComparison.Ordinal), workspace["a,b"]);
    }

    [Fact]
    public async Task A_missing_folder_is_not_created()
    {
        await Assert.ThrowsAsync<ToolException>(() => workspace.CallAsync(tool, """{"path":"x/a.txt","content":""}"""));
        Assert.Equal(0, workspace.Changes);
    }
}
