using System.Diagnostics;
using System.Text;

namespace Openclawssy.Acceptance;

/// <summary><c>openclawssy serve</c> in the background: what it has said so far, signals to it, its end.</summary>
sealed class RunningGateway : IDisposable
{
    static readonly TimeSpan limit = TimeSpan.FromSeconds(60);

    /// <summary>Begins the last line of its report.</summary>
    const string LastLine = "\noff  ";

    readonly Process process;
    readonly string commandLine;
    readonly StringBuilder output = new(), error = new();
    readonly Task reading;

    // Renewed with whatever it says, so that nobody who waits for words has to look again and again.
    TaskCompletionSource more = New();

    RunningGateway(Process process, string commandLine)
    {
        (this.process, this.commandLine) = (process, commandLine);
        process.StandardInput.Close();
        reading = Task.WhenAll(CollectAsync(process.StandardOutput, output), CollectAsync(process.StandardError, error));
    }

    /// <summary>Where it listens.</summary>
    public Uri Address { get; private set; } = null!;

    /// <summary>The token it made and showed, or null when it was given one.</summary>
    public string? Token { get; private set; }

    public int ProcessId => process.Id;

    /// <summary>Starts it and waits until it listens.</summary>
    public static Task<RunningGateway> StartAsync(IReadOnlyList<string> arguments, string folder, IReadOnlyDictionary<string, string> environment) =>
        StartAsync(CommandRun.Prepared(["serve", .. arguments], folder, environment), $"serve {string.Join(' ', arguments)}");

    /// <param name="start">Whatever becomes the gateway.</param>
    public static async Task<RunningGateway> StartAsync(ProcessStartInfo start, string commandLine)
    {
        var gateway = new RunningGateway(Process.Start(start)!, commandLine);
        try
        {
            await gateway.SaysAsync(LastLine);
            var lines = gateway.Said().Out.Split('\n');
            gateway.Address = new(lines.First(line => line.StartsWith("listening on ", StringComparison.Ordinal))["listening on ".Length..]);
            var token = lines.First(line => line.StartsWith("token ", StringComparison.Ordinal))["token ".Length..].Trim();
            gateway.Token = token.StartsWith("from ", StringComparison.Ordinal) ? null : token;
            return gateway;
        }
        catch
        {
            gateway.Dispose();
            throw;
        }
    }

    /// <summary>Waits until it has said that.</summary>
    public async Task SaysAsync(string text)
    {
        using var overdue = new CancellationTokenSource(limit);
        while (true)
        {
            var next = Volatile.Read(ref more).Task;
            if (Said() is var said && (said.Out.Contains(text, StringComparison.Ordinal) || said.Error.Contains(text, StringComparison.Ordinal))) return;
            if (reading.IsCompleted) throw new InvalidOperationException($"the gateway ended without saying \"{text}\"\n{said}");
            try { await Task.WhenAny(next, reading).WaitAsync(overdue.Token); }
            catch (OperationCanceledException) { throw new TimeoutException($"the gateway did not say \"{text}\" within {limit.TotalSeconds} s\n{Said()}"); }
        }
    }

    public void Signal(int signal) => _ = NativeMethods.Kill(process.Id, signal);

    /// <summary>Waits for its end.</summary>
    public async Task<CommandRun> EndAsync()
    {
        using var overdue = new CancellationTokenSource(limit);
        try { await process.WaitForExitAsync(overdue.Token); }
        catch (OperationCanceledException) { throw new TimeoutException($"the gateway did not end within {limit.TotalSeconds} s\n{Said()}"); }
        await reading;
        return Said();
    }

    CommandRun Said()
    {
        lock (output) return new(commandLine, process.HasExited ? process.ExitCode : 0, output.ToString(), error.ToString());
    }

    async Task CollectAsync(StreamReader reader, StringBuilder into)
    {
        var buffer = new char[4096];
        while (await reader.ReadAsync(buffer) is var read and > 0)
        {
            lock (output) into.Append(buffer, 0, read);
            Interlocked.Exchange(ref more, New()).SetResult();
        }
    }

    static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    public void Dispose()
    {
        if (!process.HasExited) process.Kill();
        process.WaitForExit();
        process.Dispose();
    }
}
