namespace Openclawssy.Sandboxes;

/// <summary>Names of signals on Linux, the same on x64 and arm64.</summary>
static class SignalNames
{
    const int CpuTime = 24, FileSize = 25;

    static readonly string[] names =
    [
        "", "HUP", "INT", "QUIT", "ILL", "TRAP", "ABRT", "BUS", "FPE", "KILL", "USR1", "SEGV", "USR2", "PIPE", "ALRM", "TERM", "STKFLT", "CHLD", "CONT", "STOP", "TSTP", "TTIN", "TTOU", "URG",
        "XCPU", "XFSZ", "VTALRM", "PROF", "WINCH", "IO", "PWR", "SYS",
    ];

    public static string? Of(int? signal) => signal is null ? null : signal < names.Length ? $"SIG{names[signal.Value]}" : $"signal {signal}";

    /// <summary>The limit whose breach the kernel answers with this end, or null.</summary>
    public static string? LimitOf(int exitCode) => (exitCode - 128) switch
    {
        CpuTime => "cpu",
        FileSize => "file_size",
        _ => null,
    };
}
