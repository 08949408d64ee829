using Openclawssy.Sandboxes;
using Openclawssy.TestKit;
using Xunit;

namespace Openclawssy.Tests.Sandboxes;

/// <summary>S12: a planted program is never found.</summary>
public sealed class ExecutableLookupTests
{
    static readonly ExecutableLookup lookup = new(ExecutableLookup.SystemFolders);

    [Fact]
    public void A_program_of_the_system_has_one_address_under_every_spelling()
    {
        var address = lookup.Find("sh");
        Assert.NotNull(address);
        Assert.Equal(address, lookup.Find("/bin/sh"));
        Assert.Equal(address, lookup.Find("/usr/bin/sh"));
    }

    [Theory]
    [InlineData("")]
    [InlineData(".")]
    [InlineData("..")]
    [InlineData("bin/sh")]
    [InlineData("./sh")]
    [InlineData("/usr/bin/../bin/sh")]
    [InlineData("/usr/bin/./sh")]
    [InlineData("/etc/passwd")]
    [InlineData("/usr/bin")]
    [InlineData("sh\0")]
    [InlineData("no-such-program")]
    public void What_is_no_program_of_a_trusted_folder_is_not_found(string program) => Assert.Null(lookup.Find(program));

    [Fact]
    public void A_planted_program_is_not_found_anywhere_it_could_be_planted()
    {
        using var folder = new TempFolder();
        Plant(folder["git"]);
        // The folder is writable by its owner alone but lies in one everybody can write to, as the temporary folder is.
        Assert.Null(new ExecutableLookup([folder.Path]).Find("git"));
        Assert.Null(lookup.Find(folder["git"]));
        var before = Environment.GetEnvironmentVariable("PATH");
        try
        {
            Environment.SetEnvironmentVariable("PATH", folder.Path);
            Assert.NotEqual(folder["git"], lookup.Find("git"));
        }
        finally { Environment.SetEnvironmentVariable("PATH", before); }
    }

    [Fact]
    public void A_naive_lookup_along_a_path_would_have_run_it()
    {
        using var folder = new TempFolder();
        Plant(folder["git"]);
        Assert.Equal(folder["git"], $"{folder.Path}:/usr/bin".Split(':').Select(place => Path.Combine(place, "git")).First(File.Exists));
    }

    static void Plant(string path)
    {
        File.WriteAllText(path, "#!/bin/sh\necho PLANTED\n");
        Native.SetMode(path, 0x1ed);
    }
}
