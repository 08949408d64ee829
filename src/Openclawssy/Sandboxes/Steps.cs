namespace Openclawssy.Sandboxes;

/// <summary>The launcher's steps in words, for the one who must do something about it.</summary>
static class Steps
{
    public static string Words(string step, int error) => step switch
    {
        "landlock" => $"the kernel has no Landlock, or it is switched off (error {error}); Linux 6.2 or newer with landlock among its security modules is needed",
        "landlock_abi" => $"the kernel's Landlock is version {error}, and 3 is needed to govern truncation (Linux 6.2)",
        "seccomp" => $"the kernel took no filter on system calls (error {error})",
        "no_new_privs" or "capset" or "setgroups" or "setresgid" or "setresuid" => $"privileges could not be given up at {step} (error {error})",
        "door" => $"the command's way to the proxy could not be made (error {error})",
        "network" => $"the network of the namespace is not empty ({error} interfaces)",
        "bubblewrap" => "bubblewrap could not make its namespaces",
        "request" => "the launcher beside the program is of another version; build both again",
        _ => $"the launcher failed at {step} (error {error})",
    };

    /// <summary>Whether the failure is about this one command and not about the sandbox.</summary>
    public static bool IsAboutCommand(string step) => step is "execve" or "folder";
}
