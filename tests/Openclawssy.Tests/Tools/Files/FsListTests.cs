using Openclawssy.Runtime.Toolkit;
using Openclawssy.TestKit;
using Openclawssy.Tools.Files;
using Xunit;

namespace Openclawssy.Tests.Tools.Files;

public sealed class FsListTests
{
    readonly FakeWorkspace workspace = new();
    readonly FsList tool = new();

    [Fact]
    public async Task Names_are_sorted_and_folders_and_links_told_apart()
    {
        workspace.Put("b.txt", []).Put("a/inner.txt", []).Put("to-b", EntryKind.Link).Put("Z", []).Put("pipe", EntryKind.Other);
        var result = await workspace.CallAsync(tool, "{}");
        Assert.Equal("""{"path":".","entries":["Z","a/","b.txt","pipe","to-b"],"truncated":false,"links":["to-b"],"special":["pipe"]}""", result.OutputJson);
        Assert.Equal("listed 5 entries in .", result.Summary);
    }

    [Fact]
    public async Task A_folder_below_is_listed_by_its_path()
    {
        workspace.Put("a/inner.txt", []);
        Assert.Equal("""{"path":"./a","entries":["inner.txt"],"truncated":false}""", (await workspace.CallAsync(tool, """{"path":"./a"}""")).OutputJson);
    }

    [Fact]
    public async Task A_huge_folder_is_cut_and_says_so()
    {
        for (var i = 0; i <= 5000; i++) workspace.Put($"{i:D4}", []);
        var output = await workspace.OutputAsync(tool, "{}");
        Assert.Equal((5000, true), (output.GetProperty("entries").GetArrayLength(), output.GetProperty("truncated").GetBoolean()));
    }
}
