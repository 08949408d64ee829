namespace Openclawssy.Runtime.Storage;

/// <summary>
/// A file of lines that any number of processes append to. An appender takes a short lock, looks whether the end is what it
/// left, moves what a killed writer left half-written into quarantine, and writes once; it syncs outside the lock.
/// </summary>
sealed class SharedLines : IDisposable
{
    const int Window = 16 * 1024;

    readonly Lock gate = new();
    readonly FileLatch latch;
    readonly AppendFile file;
    bool looked;

    SharedLines(FileLatch latch, AppendFile file) => (this.latch, this.file) = (latch, file);

    /// <summary>Opens the file, making it when it is missing.</summary>
    public static SharedLines Open(string path, string lockPath) => new(new(lockPath), AppendFile.OpenOrCreate(path));

    /// <summary>Adds whole lines with one <c>write(2)</c>. Returns a position for <see cref="SyncAsync"/>.</summary>
    /// <param name="held">Runs while the file is held, before anything is written, and is given the lock's number; what it throws keeps the lines out.</param>
    public long Append(ReadOnlySpan<byte> lines, Action<long>? held = null)
    {
        if (lines is not [.., (byte)'\n']) throw new ArgumentException("what is appended must end with a newline", nameof(lines));
        lock (gate)
        {
            latch.Enter();
            try
            {
                held?.Invoke(latch.Mark);
                LookAtTheEnd();
                return file.Append(lines);
            }
            finally { latch.Leave(); }
        }
    }

    /// <inheritdoc cref="AppendFile.BeginSync"/>
    public void BeginSync() => file.BeginSync();

    /// <inheritdoc cref="AppendFile.SyncAsync"/>
    public ValueTask SyncAsync(long position) => file.SyncAsync(position);

    void LookAtTheEnd()
    {
        var facts = file.Facts();
        if (facts.Links == 0) throw new IOException($"{file.Path} was removed while it was in use; put it back or begin anew");
        if (facts.Size < file.Length) throw new IOException($"{file.Path} became shorter while it was in use; end the program that changes it, then try again");
        if (looked && facts.Size == file.Length) return;
        file.GrownTo(facts.Size);
        var sound = EndOfLastLine(facts.Size);
        if (facts.Size - sound > ChainedLine.MaxBytes) throw new IOException($"{file.Path} ends with {facts.Size - sound} bytes that are no line; move it away");
        if (sound < facts.Size) TornTail.Quarantine(file, sound, facts.Size);
        looked = true;
    }

    // Usually the last byte is a newline; only after a crash is there more to look at.
    long EndOfLastLine(long size)
    {
        Span<byte> bytes = stackalloc byte[Window];
        for (var window = 1; size > 0; window = Window)
        {
            var part = bytes[..(int)Math.Min(window, size)];
            if (file.ReadAt(part, size - part.Length) < part.Length) throw new IOException($"{file.Path} became shorter while it was read");
            var newline = part.LastIndexOf((byte)'\n');
            if (newline >= 0) return size - part.Length + newline + 1;
            size -= part.Length;
        }
        return 0;
    }

    public void Dispose()
    {
        lock (gate)
        {
            file.Dispose();
            latch.Dispose();
        }
    }
}
