using System.Diagnostics;
using Openclawssy.Launcher;

namespace Openclawssy.Bench;

/// <summary>One command through the launcher, as the program runs it: from the launcher's start to the end of its report.</summary>
static class Sandboxed
{
    const string Bubblewrap = "/usr/bin/bwrap";

    // As a command has them by default: what may be read, and the protected names of an empty workspace.
    static readonly string[] readable =
    [
        "/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/etc/alternatives", "/etc/ld.so.cache", "/etc/ld.so.conf", "/etc/ld.so.conf.d", "/etc/profile", "/etc/profile.d",
        "/etc/bash.bashrc", "/etc/localtime", "/etc/ssl/certs", "/etc/ca-certificates",
    ];

    static readonly string[] masked = [".git", ".openclawssy", ".vscode", ".envrc", "SOUL.md", "RULES.md", "TOOLS.md", "SPECPLAN.md", "DEVPLAN.md", "HANDOFF.md"];

    /// <summary>Whether this machine has what the tier needs.</summary>
    public static bool IsHere(LaunchTier tier) => tier == LaunchTier.Landlock || File.Exists(Bubblewrap);

    public static TimeSpan Time(string launcher, LaunchTier tier, string workspace)
    {
        var temporary = Directory.CreateDirectory(Path.Combine(workspace, "temporary")).FullName;
        var request = LaunchForm.Write(new()
        {
            Tier = tier,
            Program = "/usr/bin/true",
            Arguments = ["true"],
            Environment = ["PATH=/usr/bin:/bin"],
            Workspace = workspace,
            Temporary = tier == LaunchTier.Bubblewrap ? "/tmp" : temporary,
            ReadOnly = readable,
            Masked = tier == LaunchTier.Bubblewrap ? masked : [],
            Bubblewrap = tier == LaunchTier.Bubblewrap ? Bubblewrap : "",
            Limits = new(60_000, 60, 1L << 31, 1L << 29, 256, 1024, 1L << 26),
        });
        var began = Stopwatch.GetTimestamp();
        using var process = Process.Start(new ProcessStartInfo(launcher) { RedirectStandardInput = true, RedirectStandardOutput = true, WorkingDirectory = "/" })!;
        process.StandardInput.BaseStream.Write(request);
        process.StandardInput.BaseStream.Flush();
        var report = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        var took = Stopwatch.GetElapsedTime(began);
        return report.Contains("\"exit_code\":0,", StringComparison.Ordinal) && !report.Contains("failed", StringComparison.Ordinal) ? took : throw new InvalidOperationException($"the launcher said: {report}");
    }
}
