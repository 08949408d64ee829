using System.Diagnostics;
using System.Text;

namespace Openclawssy.Acceptance;

/// <summary>
/// A program at a terminal of its own, by util-linux' <c>script</c>: what is typed goes through the kernel's line discipline,
/// and everything on the screen comes back, echo included.
/// </summary>
sealed class PseudoTerminal : IDisposable
{
    const string Program = "/usr/bin/script";

    static readonly TimeSpan patience = TimeSpan.FromSeconds(60);

    readonly Process process;
    readonly StringBuilder screen = new();
    readonly Task reading;
    TaskCompletionSource more = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <param name="command">For the shell at that terminal.</param>
    public PseudoTerminal(string command, string folder, IReadOnlyDictionary<string, string> environment)
    {
        // Whoever started the tests in the background may have Ctrl-C ignored, and that is inherited.
        var start = new ProcessStartInfo("/usr/bin/env", ["--default-signal=INT", "--default-signal=QUIT", Program, "--quiet", "--flush", "--return", "--command", $"stty cols 120 rows 40; {command}", "/dev/null"])
        {
            WorkingDirectory = folder,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment.Clear();
        foreach (var (name, value) in environment) start.Environment[name] = value;
        start.Environment["TERM"] = "xterm";
        start.Environment["SHELL"] = "/bin/sh";
        process = Process.Start(start)!;
        reading = Task.WhenAll(ReadAsync(process.StandardOutput), ReadAsync(process.StandardError));
    }

    /// <summary>Why there can be none here, or null.</summary>
    public static string? Missing => !OperatingSystem.IsLinux() ? "only Linux' terminals are driven" : !File.Exists(Program) ? $"{Program} is not here" : !File.Exists("/dev/ptmx") ? "this machine gives no pseudo terminals" : null;

    /// <summary>Everything that was on the screen so far.</summary>
    public string Screen { get { lock (screen) return screen.ToString(); } }

    public async Task TypeAsync(string keys)
    {
        await process.StandardInput.WriteAsync(keys);
        await process.StandardInput.FlushAsync();
    }

    /// <summary>Returns when the text has come after everything that was waited for before.</summary>
    public async Task SeenAsync(string text)
    {
        using var late = new CancellationTokenSource(patience);
        while (true)
        {
            Task next;
            lock (screen)
            {
                var at = screen.ToString().IndexOf(text, seen, StringComparison.Ordinal);
                if (at >= 0)
                {
                    seen = at + text.Length;
                    return;
                }
                if (reading.IsCompleted) throw new InvalidOperationException($"the program ended before it showed \"{text}\": {screen}");
                next = more.Task;
            }
            try { await Task.WhenAny(next, reading).WaitAsync(late.Token); }
            catch (OperationCanceledException) { throw new TimeoutException($"\"{text}\" did not come; the screen is: {Screen}"); }
        }
    }

    int seen;

    /// <summary>The command's exit code.</summary>
    public async Task<int> EndAsync()
    {
        using var late = new CancellationTokenSource(patience);
        await process.WaitForExitAsync(late.Token);
        await reading;
        return process.ExitCode;
    }

    async Task ReadAsync(StreamReader from)
    {
        var buffer = new char[4096];
        while (await from.ReadAsync(buffer) is var read and > 0)
        {
            TaskCompletionSource told;
            lock (screen)
            {
                screen.Append(buffer, 0, read);
                (told, more) = (more, new(TaskCreationOptions.RunContinuationsAsynchronously));
            }
            told.SetResult();
        }
    }

    public void Dispose()
    {
        try { process.Kill(entireProcessTree: true); }
        catch (InvalidOperationException) { /* It has ended. */ }
        process.Dispose();
    }
}
