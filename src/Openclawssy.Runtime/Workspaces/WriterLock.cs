using Microsoft.Win32.SafeHandles;
using Openclawssy.Runtime.Toolkit;

namespace Openclawssy.Runtime.Workspaces;

/// <summary>
/// The order among writers of one workspace, in this process and in others: plain writes together, a change that depends on what
/// is there alone. It is a file in the state folder, where nothing that runs in the workspace can hold it.
/// </summary>
sealed class WriterLock(SafeFileHandle stateFolder) : IDisposable
{
    /// <summary>How long a change waits for the others, in milliseconds.</summary>
    const int PatienceMs = 30_000;

    static ReadOnlySpan<byte> FileName => "workspace.lock\0"u8;

    readonly ReaderWriterLockSlim gate = new();

    public Turn Together(CancellationToken cancellationToken) => Take(alone: false, cancellationToken);

    public Turn Alone(CancellationToken cancellationToken) => Take(alone: true, cancellationToken);

    public void Dispose() => gate.Dispose();

    Turn Take(bool alone, CancellationToken cancellationToken)
    {
        for (var waited = 0; !(alone ? gate.TryEnterWriteLock(50) : gate.TryEnterReadLock(50)); waited += 50)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (waited >= PatienceMs) throw Busy();
        }
        try { return new(gate, alone, TakeFile(stateFolder, FileName, alone, cancellationToken)); }
        catch
        {
            Leave(gate, alone);
            throw;
        }
    }

    /// <summary>Opens a lock file in the state folder and waits for its lock.</summary>
    public static SafeFileHandle TakeFile(SafeFileHandle stateFolder, ReadOnlySpan<byte> name, bool alone, CancellationToken cancellationToken)
    {
        var file = Kernel.OpenOne(stateFolder, name, Flag.ReadWrite | Flag.Create, 0x180, out var error) ?? throw Unusable(error);
        try
        {
            var pause = 1;
            for (var waited = 0; (error = Kernel.Lock(file, alone)) != 0; waited += pause)
            {
                if (error != Errno.Again) throw Unusable(error);
                if (waited >= PatienceMs) throw Busy();
                if (cancellationToken.WaitHandle.WaitOne(pause)) cancellationToken.ThrowIfCancellationRequested();
                pause = Math.Min(16, pause * 2);
            }
            return file;
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    static void Leave(ReaderWriterLockSlim gate, bool alone)
    {
        if (alone) gate.ExitWriteLock();
        else gate.ExitReadLock();
    }

    static ToolException Busy() => ToolException.Failed("others have been changing this workspace for 30 seconds; try again later", retryable: true);

    static ToolException Unusable(int error) => ToolException.Failed(
        $"the workspace's lock in the state folder cannot be used (error {error}); run the command as the owner of the state folder, on a disk with space");

    /// <summary>One writer's turn; over when disposed, on the thread that took it.</summary>
    public readonly struct Turn(ReaderWriterLockSlim gate, bool alone, SafeFileHandle file) : IDisposable
    {
        public void Dispose()
        {
            file.Dispose();
            Leave(gate, alone);
        }
    }
}
