namespace Openclawssy.TestKit;

/// <summary>Published test data that is not part of this repository: beside it, or where OPENCLAWSSY_CORPORA points.</summary>
public static class Corpora
{
    /// <summary>The folder of one corpus, or null where it is absent; a test then skips and says so.</summary>
    public static string? Find(string name)
    {
        foreach (var root in new[] { Environment.GetEnvironmentVariable("OPENCLAWSSY_CORPORA"), Path.Combine(Repository.Root, "..", "shared", "corpora") })
            if (!string.IsNullOrEmpty(root) && Directory.Exists(Path.Combine(root, name))) return Path.Combine(root, name);
        return null;
    }

    public const string Absent = "the shared corpora are not here; set OPENCLAWSSY_CORPORA to run this test";
}
