namespace Openclawssy.TestKit;

/// <summary>Where the sources are, found from the test binary.</summary>
public static class Repository
{
    public static string Root { get; } = Find();

    static string Find()
    {
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "Openclawssy.slnx")))
            folder = Path.GetDirectoryName(folder) ?? throw new DirectoryNotFoundException("the tests run outside the repository");
        return folder;
    }
}
