using System.Diagnostics;

namespace Openclawssy.Tests.Storage;

/// <summary>Starts the process that the crash tests kill, starve and lie to.</summary>
static class Dummy
{
    static string Program => Path.Combine(AppContext.BaseDirectory, "Openclawssy.Dummy");

    public static Process Start(params string[] arguments) => Start(Program, arguments);

    /// <summary>With every fsync (or whatever is named) answered by an error, from the <c>when</c>-th on.</summary>
    public static (int ExitCode, string Error) UnderStrace(string inject, string? onlyPath, params string[] arguments)
    {
        string[] only = onlyPath is null ? [] : ["-P", onlyPath];
        return Finish(Start("/usr/bin/strace", ["-f", "-o", "/dev/null", "-e", "trace=" + inject.Split(':')[0], "-e", "inject=" + inject, .. only, Program, .. arguments]));
    }

    public static (int ExitCode, string Output, string Error) UnderFileSizeLimit(int kilobytes, params string[] arguments)
    {
        // Without the signal, exceeding the limit is the error a full disk would be.
        using var process = Start("/bin/bash", ["-c", $"trap '' XFSZ; ulimit -f {kilobytes}; exec \"$0\" \"$@\"", Program, .. arguments]);
        var error = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output, error.Result);
    }

    public static (int ExitCode, string Error) Finish(Process process)
    {
        using (process)
        {
            var output = process.StandardOutput.ReadToEndAsync();
            var error = process.StandardError.ReadToEnd();
            process.WaitForExit();
            _ = output.Result;
            return (process.ExitCode, error);
        }
    }

    static Process Start(string program, string[] arguments)
    {
        var start = new ProcessStartInfo(program) { RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true };
        foreach (var argument in arguments) start.ArgumentList.Add(argument);
        // The tests need the machine's own truth about the disk, not a diagnostics socket.
        start.Environment["DOTNET_EnableDiagnostics"] = "0";
        // The runtime maps code through a file otherwise, which a file size limit would hit first.
        start.Environment["DOTNET_EnableWriteXorExecute"] = "0";
        return Process.Start(start)!;
    }
}
