using Openclawssy.Runtime.Toolkit;
using Openclawssy.TestKit;
using Openclawssy.Tools.Files;
using Xunit;

namespace Openclawssy.Tests.Tools.Files;

public sealed class FsMoveTests
{
    readonly FakeWorkspace workspace = new FakeWorkspace { ["a"] = "1", ["b"] = "2", ["d/x"] = "3" };
    readonly FsMove tool = new();

    [Theory]
    [InlineData("""{"src":"a","dst":"c"}""", """{"src":"a","dst":"c","moved":true,"type":"file","overwrite":false,"summary":"moved a to c"}""")]
    [InlineData("""{"src":"d","dst":"e"}""", """{"src":"d","dst":"e","moved":true,"type":"dir","overwrite":false,"summary":"moved d to e"}""")]
    [InlineData("""{"src":"a","dst":"b","overwrite":true}""", """{"src":"a","dst":"b","moved":true,"type":"file","overwrite":true,"summary":"moved a to b"}""")]
    [InlineData("""{"src":"a","dst":"./a"}""", """{"src":"a","dst":"./a","moved":false,"overwrite":false,"summary":"a and ./a are the same; nothing to move"}""")]
    public async Task The_result_says_what_was_moved(string input, string output) => Assert.Equal(output, (await workspace.CallAsync(tool, input)).OutputJson);

    [Fact]
    public async Task An_existing_destination_is_kept_without_overwrite()
    {
        var refusal = await Assert.ThrowsAsync<ToolException>(() => workspace.CallAsync(tool, """{"src":"a","dst":"b"}"""));
        Assert.Contains("overwrite=true", refusal.Message, StringComparison.Ordinal);
        Assert.Equal("2", workspace["b"]);
    }
}
