using System.Runtime.InteropServices;

namespace Openclawssy.Cli;

/// <summary>Ctrl-C and SIGTERM as one cancellation. The first signal asks; the second ends the process at once.</summary>
sealed class Signals : IDisposable
{
    readonly CancellationTokenSource stop = new();
    readonly PosixSignalRegistration[] registrations;
    int exitCode;

    Signals(bool listen) => registrations = listen
        ? [PosixSignalRegistration.Create(PosixSignal.SIGINT, Arrived), PosixSignalRegistration.Create(PosixSignal.SIGTERM, Arrived)]
        : [];

    /// <summary>Listens to the process's signals until disposed.</summary>
    public static Signals Listen() => new(listen: true);

    /// <summary>Never hears anything unless told by <see cref="Arrived"/>; for tests.</summary>
    public static Signals Deaf() => new(listen: false);

    public CancellationToken Token => stop.Token;

    /// <summary>128 + the first signal's number; null while none arrived.</summary>
    public int? ExitCode => Volatile.Read(ref exitCode) is var code and not 0 ? code : null;

    internal void Arrived(PosixSignalContext context)
    {
        var code = context.Signal == PosixSignal.SIGTERM ? ExitCodes.Terminated : ExitCodes.Interrupted;
        // A context that is not cancelled takes the system's default way, which is the end of the process.
        if (Interlocked.CompareExchange(ref exitCode, code, 0) != 0) return;
        context.Cancel = true;
        _ = stop.CancelAsync();
    }

    public void Dispose()
    {
        foreach (var registration in registrations) registration.Dispose();
        stop.Dispose();
    }
}
