using Openclawssy.Runtime.Config;
using Openclawssy.TestKit;
using Xunit;

namespace Openclawssy.Tests.Config;

public sealed class ConfigDocsTests
{
    [Fact]
    public void Config_page_is_current()
    {
        var path = Path.Combine(Repository.Root, "docs", "specs", "CONFIG.md");
        var page = ConfigDocs.Render();
        if (Environment.GetEnvironmentVariable("UPDATE") == "1")
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllText(path, page);
        }
        Assert.True(File.Exists(path), "docs/specs/CONFIG.md is missing; UPDATE=1 writes it");
        Assert.True(page == File.ReadAllText(path), "docs/specs/CONFIG.md differs from the table; UPDATE=1 rewrites it");
    }

    [Fact]
    public void Every_key_is_on_the_page()
    {
        var page = ConfigDocs.Render();
        Assert.All(ConfigSchema.Keys, key => Assert.Contains($"| `{key.Path}` |", page, StringComparison.Ordinal));
        Assert.All(KnownProviders.All, provider => Assert.Contains($"| `{provider.Name}` |", page, StringComparison.Ordinal));
    }
}
