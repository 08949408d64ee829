using Microsoft.Win32.SafeHandles;

namespace Openclawssy.Runtime.Workspaces;

/// <summary>
/// Who may be in the middle of a change: every workspace that has begun to write holds this file's shared lock until it is
/// closed. Who can take the lock alone knows that nobody is writing, and the one byte in it that somebody died writing.
/// </summary>
sealed class LiveWriters(SafeFileHandle stateFolder) : IDisposable
{
    readonly Lock gate = new();
    SafeFileHandle? held;

    static ReadOnlySpan<byte> FileName => "workspace.writers\0"u8;

    /// <summary>Called before each change; only the first does anything.</summary>
    public void Join(CancellationToken cancellationToken)
    {
        if (Volatile.Read(ref held) is not null) return;
        lock (gate)
        {
            if (held is not null) return;
            var file = WriterLock.TakeFile(stateFolder, FileName, alone: false, cancellationToken);
            if (Kernel.Look(file, out var stat) == 0 && stat.SizeBytes == 0) Kernel.WriteAll(file, "1"u8);
            Volatile.Write(ref held, file);
        }
    }

    /// <summary>Runs <paramref name="sweep"/> when a writer died and none is alive.</summary>
    public static void AfterADeath(SafeFileHandle stateFolder, Action sweep)
    {
        using var file = Kernel.OpenOne(stateFolder, FileName, Flag.ReadWrite, 0, out _);
        if (file is null || Kernel.Lock(file, alone: true) != 0 || Kernel.Look(file, out var stat) != 0 || stat.SizeBytes == 0) return;
        sweep();
        Kernel.Truncate(file, 0);
    }

    public void Dispose()
    {
        lock (gate)
        {
            if (held is null) return;
            // The last one out says that nothing is left; when others are writing, they will.
            if (Kernel.Lock(held, alone: true) == 0) Kernel.Truncate(held, 0);
            held.Dispose();
            held = null;
        }
    }
}
