using System.Diagnostics;
using System.Text.Json;
using Openclawssy.Launcher;
using Openclawssy.Runtime.Text;

namespace Openclawssy.Sandboxes;

/// <summary>
/// One command's launcher, from its start to its report. Standard input is the only tie: while it is open the command may run, and
/// its end, by cancelling or because this process died, is the end of everything the command started.
/// </summary>
static class LauncherProcess
{
    // Killing a tree takes milliseconds; a launcher that does not answer for so long is stuck, and is killed itself.
    static readonly TimeSpan patience = TimeSpan.FromSeconds(20);

    const int MaxFrame = 1 << 20;

    /// <exception cref="IOException">The launcher could not be started or ended without a report.</exception>
    public static async Task<LaunchReport> RunAsync(string launcher, LaunchRequest request, CapturedOutput output, CapturedOutput errors, CancellationToken cancellationToken)
    {
        var start = new ProcessStartInfo(launcher)
        {
            WorkingDirectory = "/",
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment.Clear();
        Process process;
        try { process = Process.Start(start)!; }
        catch (System.ComponentModel.Win32Exception problem) { throw new IOException($"the launcher could not be started: {problem.Message}", problem); }
        using (process)
        {
            // The framework leaves the ends of the pipes to whoever asked for them.
            var input = process.StandardInput.BaseStream;
            using var answer = process.StandardOutput;
            using var errorText = process.StandardError;
            var complaint = errorText.ReadToEndAsync(CancellationToken.None);
            using var stop = cancellationToken.Register(() => _ = Task.Run(() => End(process, input), CancellationToken.None));
            LaunchReport? report = null;
            try
            {
                await input.WriteAsync(LaunchForm.Write(request), CancellationToken.None);
                await input.FlushAsync(CancellationToken.None);
                report = await ReadAsync(answer.BaseStream, output, errors);
            }
            catch (IOException) when (report is null) { }
            End(process, input);
            await process.WaitForExitAsync(CancellationToken.None);
            var said = await complaint;
            return report ?? throw new IOException($"the launcher ended without a report (exit {process.ExitCode}): {Truncation.OneLine(said, 300)}");
        }
    }

    static void End(Process process, Stream input)
    {
        try
        {
            input.Dispose();
            if (!process.WaitForExit(patience)) process.Kill();
        }
        // It has gone already, which is what was wanted.
        catch (IOException) { }
        catch (InvalidOperationException) { }
    }

    static async Task<LaunchReport?> ReadAsync(Stream frames, CapturedOutput output, CapturedOutput errors)
    {
        var head = new byte[Frames.Head];
        var content = new byte[4096];
        while (await frames.ReadAtLeastAsync(head, head.Length, throwOnEndOfStream: false) == head.Length)
        {
            var length = BitConverter.ToInt32(head, 1);
            if (length is < 0 or > MaxFrame) return null;
            if (length > content.Length) content = new byte[length];
            await frames.ReadExactlyAsync(content.AsMemory(0, length));
            switch (head[0])
            {
                case Frames.Output: output.Add(content.AsSpan(0, length)); break;
                case Frames.Errors: errors.Add(content.AsSpan(0, length)); break;
                case Frames.End: return Report(content.AsSpan(0, length));
                default: return null;
            }
        }
        return null;
    }

    static LaunchReport? Report(ReadOnlySpan<byte> json)
    {
        try { return JsonSerializer.Deserialize(json, LaunchReportJson.Default.LaunchReport) is { V: 1 } report ? report : null; }
        catch (JsonException) { return null; }
    }
}
