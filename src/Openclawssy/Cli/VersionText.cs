using System.Reflection;
using System.Runtime.InteropServices;

namespace Openclawssy.Cli;

/// <summary>Which program this is. Stands alone so that asking for the version loads nothing else.</summary>
static class VersionText
{
    static readonly string full = typeof(VersionText).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "unknown";

    public static string Number => full.Split('+')[0];

    /// <summary>The commit it was built from, shortened; null when the build did not know.</summary>
    public static string? Commit => full.Split('+') is [_, { Length: > 0 } commit] ? commit[..Math.Min(12, commit.Length)] : null;

    /// <summary><c>native</c> or <c>jit</c>. Only a program started by the .NET host is handed a list of assemblies to load.</summary>
    public static string Build => AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES") is null ? "native" : "jit";

    public static string Platform => RuntimeInformation.RuntimeIdentifier;

    public static string Framework => RuntimeInformation.FrameworkDescription;

    public static string Line => $"openclawssy {Number} ({(Commit is { } commit ? $"commit {commit}, " : "")}{Build}, {Platform}, {Framework})";
}
