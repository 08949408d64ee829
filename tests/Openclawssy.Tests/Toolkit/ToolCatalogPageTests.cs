using Openclawssy.Runtime.Toolkit;
using Openclawssy.TestKit;
using Openclawssy.Tools;
using Xunit;

namespace Openclawssy.Tests.Toolkit;

public sealed class ToolCatalogPageTests
{
    [Fact]
    public void The_catalogue_page_is_current()
    {
        var path = Path.Combine(Repository.Root, "docs", "TOOL_CATALOG.md");
        var page = ToolCatalogPage.Render(Toolbox.All);
        if (Environment.GetEnvironmentVariable("UPDATE") == "1")
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllText(path, page);
        }
        Assert.True(File.Exists(path), "docs/TOOL_CATALOG.md is missing; run the tests with UPDATE=1");
        Assert.Equal(page, File.ReadAllText(path));
    }

    [Fact]
    public void The_page_names_every_tool_alias_and_field()
    {
        var page = ToolCatalogPage.Render(Toolbox.All);
        foreach (var tool in Toolbox.All)
        {
            Assert.Contains($"## {tool.Name}\n", page, StringComparison.Ordinal);
            foreach (var alias in tool.Aliases) Assert.Contains($"`{alias}`", page, StringComparison.Ordinal);
            foreach (var field in tool.InputSchema.GetProperty("properties").EnumerateObject()) Assert.Contains($"| `{field.Name}` |", page, StringComparison.Ordinal);
        }
    }
}
