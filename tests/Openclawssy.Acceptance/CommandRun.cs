using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text;

namespace Openclawssy.Acceptance;

/// <param name="Signal">A signal's number, or 0 for none.</param>
/// <param name="After">The output after which it is sent.</param>
sealed record PlannedSignal(int Signal, string After);

/// <summary>One run of the program: what it printed and how it ended.</summary>
sealed record CommandRun(string CommandLine, int ExitCode, string Out, string Error)
{
    /// <summary>No story takes longer; a program that hangs fails its script instead of the whole suite.</summary>
    static readonly TimeSpan limit = TimeSpan.FromSeconds(60);

    public static async Task<CommandRun> StartAsync(IReadOnlyList<string> arguments, string folder, IReadOnlyDictionary<string, string> environment, string input, PlannedSignal? signal)
    {
        using var process = Process.Start(Prepared(arguments, folder, environment))!;
        using var overdue = new CancellationTokenSource(limit);
        var sent = 0;
        var output = CollectAsync(process.StandardOutput);
        var error = CollectAsync(process.StandardError);
        try
        {
            await process.StandardInput.WriteAsync(input);
            process.StandardInput.Close();
        }
        catch (IOException) { /* It ended without reading, which is its right. */ }
        try { await process.WaitForExitAsync(overdue.Token); }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException($"openclawssy {string.Join(' ', arguments)} did not end within {limit.TotalSeconds} s; so far: {await output}{await error}");
        }
        return new(string.Join(' ', arguments), process.ExitCode, await output, await error);

        async Task<string> CollectAsync(StreamReader reader)
        {
            var text = new StringBuilder();
            var buffer = new char[4096];
            while (await reader.ReadAsync(buffer) is var read and > 0)
            {
                text.Append(buffer, 0, read);
                if (signal is not null && text.ToString().Contains(signal.After, StringComparison.Ordinal) && Interlocked.Exchange(ref sent, 1) == 0)
                    _ = NativeMethods.Kill(process.Id, signal.Signal);
            }
            return text.ToString();
        }
    }

    public static ProcessStartInfo Prepared(IReadOnlyList<string> arguments, string folder, IReadOnlyDictionary<string, string> environment)
    {
        // A suite started in the background may have been told to ignore Ctrl-C, and a child inherits that; env becomes the program.
        var start = new ProcessStartInfo("/usr/bin/env", ["--default-signal=INT", Binary.Path, .. arguments])
        {
            WorkingDirectory = folder,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardInputEncoding = new UTF8Encoding(false),
            StandardOutputEncoding = Encoding.UTF8,
            StandardErrorEncoding = Encoding.UTF8,
        };
        start.Environment.Clear();
        foreach (var (name, value) in environment) start.Environment[name] = value;
        return start;
    }

    public override string ToString() => $"openclawssy {CommandLine}\nexit {ExitCode}\nstdout: {Out}\nstderr: {Error}";
}

static partial class NativeMethods
{
    [LibraryImport("libc", EntryPoint = "kill")]
    public static partial int Kill(int process, int signal);

    [LibraryImport("libc", EntryPoint = "link", StringMarshalling = StringMarshalling.Utf8)]
    public static partial int Link(string existing, string name);

    [LibraryImport("libc", EntryPoint = "mkfifo", StringMarshalling = StringMarshalling.Utf8)]
    public static partial int MakePipe(string name, uint mode);
}
