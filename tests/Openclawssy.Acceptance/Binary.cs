using Openclawssy.TestKit;

namespace Openclawssy.Acceptance;

/// <summary>The built program the stories are told about: OPENCLAWSSY_BIN, or <c>bin/openclawssy</c> as <c>make build</c> leaves it.</summary>
static class Binary
{
    public static string Path { get; } = System.IO.Path.GetFullPath(
        Environment.GetEnvironmentVariable("OPENCLAWSSY_BIN") is { Length: > 0 } given ? given : "bin/openclawssy", Repository.Root);

    public static bool IsBuilt => File.Exists(Path);

    /// <summary>True when the binary was named on purpose: then its absence is a failure, not a reason to skip.</summary>
    public static bool IsRequired => !string.IsNullOrEmpty(Environment.GetEnvironmentVariable("OPENCLAWSSY_BIN"));
}
