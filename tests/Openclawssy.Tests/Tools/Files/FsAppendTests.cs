using Openclawssy.TestKit;
using Openclawssy.Tools.Files;
using Xunit;

namespace Openclawssy.Tests.Tools.Files;

public sealed class FsAppendTests
{
    [Fact]
    public async Task Text_is_added_and_the_file_created_when_missing()
    {
        var workspace = new FakeWorkspace();
        var result = await workspace.CallAsync(new FsAppend(), """{"path":"log","content":"a\n"}""");
        Assert.Equal("""{"path":"log","bytes_appended":2,"lines_appended":2,"summary":"appended 2 line(s) to log"}""", result.OutputJson);
        await workspace.CallAsync(new FsAppend(), """{"path":"log","content":"b"}""");
        Assert.Equal("a\nb", workspace["log"]);
    }
}
