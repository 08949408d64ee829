namespace Openclawssy.Cli;

/// <summary>The part of <c>doctor</c> about what this kernel has for holding commands; the self-test then tries it.</summary>
/// <param name="read">The text of a file below <c>/proc</c> or <c>/sys</c>; null when there is none or it may not be read.</param>
sealed class KernelCheck(Func<string, string?> read)
{
    public Finding Run()
    {
        if (read("/proc/sys/kernel/osrelease")?.Trim() is not { Length: > 0 } release) return new("kernel", Health.Warning, "this is no Linux, or /proc is missing: no command can be held in a sandbox", "run openclawssy on Linux");
        var missing = new List<string>();
        // Seen from inside a container the list of security modules may be hidden: then only the self-test knows.
        if (read("/sys/kernel/security/lsm") is { } modules && !modules.Trim().Split(',').Contains("landlock")) missing.Add("Landlock (boot with lsm=landlock,…)");
        if (read("/proc/sys/kernel/seccomp/actions_avail") is not { } actions || !actions.Contains("errno", StringComparison.Ordinal)) missing.Add("filters on system calls (seccomp)");
        if (missing.Count > 0) return new("kernel", Health.Warning, $"Linux {release} has not: {string.Join(", ", missing)}; no command can be held in a sandbox", "use a kernel that has it (Linux 5.13 or newer of a common distribution)");
        return new("kernel", Health.Ok, $"Linux {release} with seccomp{(Namespaces ? " and namespaces of a user's own" : "; no namespaces of a user's own, so bubblewrap cannot be used without root")}");
    }

    bool Namespaces =>
        read("/proc/sys/user/max_user_namespaces")?.Trim() is { } most && most != "0"
        && read("/proc/sys/kernel/unprivileged_userns_clone")?.Trim() != "0"
        && read("/proc/sys/kernel/apparmor_restrict_unprivileged_userns")?.Trim() != "1";

    public static string? OfThisMachine(string path)
    {
        try { return File.ReadAllText(path); }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException) { return null; }
    }
}
