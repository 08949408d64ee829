namespace Openclawssy.Runtime.Storage;

/// <summary>Where a chain ends: its last record, the segment that holds it and that segment's size after it.</summary>
sealed record ChainHead(string Segment, long Seq, string Hash, long Bytes);

/// <summary>
/// One chain in numbered segments, appended to by any number of threads and processes. An appender takes the folder's lock,
/// looks whether the end is what it left, repairs a torn tail into quarantine, and writes once.
/// </summary>
/// <param name="repaired">The fields of the record that tells of a quarantined tail.</param>
/// <param name="first">The fields of the chain's very first record, if it has to be a certain one.</param>
sealed class ChainedSegments(string folder, TimeProvider clock, Func<TornTail, byte[]> repaired, Func<byte[]>? first = null) : IDisposable
{
    public const string LockName = "audit.lock";

    /// <summary>A segment of this size, in bytes, is the last to get a record.</summary>
    public const long MaxSegmentBytes = 64 * 1024 * 1024;

    const int FirstWindow = 16 * 1024;

    readonly Lock gate = new();
    readonly FileLatch latch = new(Path.Combine(folder, LockName));
    readonly ChainedLineWriter line = new();
    AppendFile? file;
    SegmentName segment;
    long passed;
    bool known;
    TornTail? torn;

    public string Folder => folder;

    /// <summary>
    /// Adds a record. Returns a position for <see cref="SyncAsync"/>. <paramref name="before"/> and <paramref name="held"/> run
    /// while the chain is held, and are given its end before (null when it is empty) and after.
    /// </summary>
    /// <param name="fields">The record's own fields, a JSON object.</param>
    public long Append(ReadOnlySpan<byte> fields, Action<ChainHead?>? before = null, Action<ChainHead>? held = null)
    {
        lock (gate)
        {
            latch.Enter();
            try
            {
                LookAtTheEnd();
                before?.Invoke(line.Seq == 0 ? null : Head);
                if (line.Seq == 0 && first is not null) Write(first());
                if (torn is not null)
                {
                    Write(repaired(torn));
                    torn = null;
                }
                var position = Write(fields);
                held?.Invoke(Head);
                return position;
            }
            finally { latch.Leave(); }
        }
    }

    /// <summary>Writes the very first record if the chain has none.</summary>
    public void Begin(Action<ChainHead> held)
    {
        // A chain never becomes empty again, so this look needs no lock.
        if (SegmentName.In(folder) is [var oldest, ..] && Posix.Facts(Path.Combine(folder, oldest.ToString())) is { Size: > 0 }) return;
        lock (gate)
        {
            latch.Enter();
            try
            {
                LookAtTheEnd();
                if (line.Seq > 0) return;
                Write(first!());
                held(Head);
            }
            finally { latch.Leave(); }
        }
    }

    /// <summary>Puts everything on disk; only for who holds the chain.</summary>
    public void SyncHeld() => file!.Sync(file.Length);

    /// <summary>The chain's end as this object left it; null before its first append.</summary>
    public (ChainHead Head, long Position)? Left
    {
        get { lock (gate) return file is null || file.Length == 0 ? null : (Head, passed + file.Length); }
    }

    /// <inheritdoc cref="AppendFile.BeginSync"/>
    public void BeginSync()
    {
        AppendFile? current;
        lock (gate) current = file;
        current?.BeginSync();
    }

    /// <summary>Returns when everything before that position is on disk.</summary>
    public ValueTask SyncAsync(long position)
    {
        AppendFile? current;
        lock (gate)
        {
            // What is in earlier segments was synced when this one was begun.
            if (file is null || position <= passed) return default;
            current = file;
            position -= passed;
        }
        return current.SyncAsync(position);
    }

    ChainHead Head => new(segment.ToString(), line.Seq, line.Hash, file?.Length ?? 0);

    void LookAtTheEnd()
    {
        if (!known || latch.Mark != segment.Number)
        {
            Find();
            return;
        }
        if (file is null) return;
        var facts = file.Facts();
        if (facts.Links == 0) throw new ChainBrokenException(file.Path, 0, line.Seq, "was removed while it was in use");
        if (facts.Size != file.Length) ReadEnd(facts.Size);
    }

    // The newest segment, and the chain's end in it or, when it is still empty, in the one before.
    void Find()
    {
        var segments = SegmentName.In(folder);
        var wasSeq = line.Seq;
        var newest = segments.Count == 0 ? default : segments[^1];
        if (known && newest.Number < segment.Number) throw new ChainBrokenException(Path.Combine(folder, segment.ToString()), 0, line.Seq, "was removed while it was in use");
        if (!known || newest != segment)
        {
            Leave();
            segment = newest;
            if (newest.Number > 0) file = AppendFile.Open(Path.Combine(folder, newest.ToString()));
        }
        if (file is not null) ReadEnd(file.Facts().Size);
        for (var i = segments.Count - 2; i >= 0 && file is { Length: 0 }; i--)
        {
            using var earlier = AppendFile.Open(Path.Combine(folder, segments[i].ToString()));
            if (earlier.Length == 0) continue;
            if (ContinueAfterLastLineOf(earlier, earlier.Length) != earlier.Length) throw new ChainBrokenException(earlier.Path, 0, 0, "is torn, but another segment follows it");
            break;
        }
        if (line.Seq < wasSeq) throw new ChainBrokenException(Path.Combine(folder, segment.ToString()), 0, wasSeq, "is missing records this process has seen");
        if (latch.Mark != segment.Number) latch.Mark = segment.Number;
        known = true;
    }

    void Leave()
    {
        if (file is null) return;
        file.Sync(file.Length);
        passed += file.Length;
        file.Dispose();
        file = null;
    }

    void ReadEnd(long size)
    {
        if (size < file!.Length) throw new ChainBrokenException(file.Path, 0, line.Seq, "became shorter while it was in use");
        file.GrownTo(size);
        if (size == 0) return;
        var sound = ContinueAfterLastLineOf(file, size);
        if (sound < size) torn = TornTail.Quarantine(file, sound, size);
    }

    // Returns where the last whole line ends; 0 when there is none.
    long ContinueAfterLastLineOf(AppendFile from, long size)
    {
        for (long window = Math.Min(FirstWindow, size); ; window = Math.Min(window * 8, size))
        {
            var bytes = new byte[window];
            if (from.ReadAt(bytes, size - window) < window) throw new ChainBrokenException(from.Path, 0, 0, "became shorter while it was read");
            var end = bytes.AsSpan().LastIndexOf((byte)'\n');
            var before = end < 0 ? -1 : bytes.AsSpan(0, end).LastIndexOf((byte)'\n');
            if (before < 0 && window < size)
            {
                if (window > ChainedLine.MaxBytes * 2L) throw new ChainBrokenException(from.Path, 0, 0, "has a line longer than any record");
                continue;
            }
            if (end < 0) return 0;
            if (ChainedLine.Parse(bytes.AsSpan(before + 1, end - before - 1), out var last) is { } fault)
                throw new ChainBrokenException(from.Path, 0, 0, $"its last record {fault}");
            if (last.Seq < line.Seq) throw new ChainBrokenException(from.Path, 0, line.Seq, "is missing records this process has seen");
            line.ContinueAfter(last.Seq, last.Hash);
            return size - window + end + 1;
        }
    }

    long Write(ReadOnlySpan<byte> fields)
    {
        var now = clock.GetUtcNow();
        var today = DateOnly.FromDateTime(now.UtcDateTime);
        if (file is null || segment.Date != today || file.Length >= MaxSegmentBytes) RollTo(new(segment.Number + 1, today));
        var end = file!.Append(line.Compose(now, fields));
        line.Commit();
        return passed + end;
    }

    void RollTo(SegmentName next)
    {
        Leave();
        // Marked before it exists: whoever sees another mark than its own looks at the folder, so a crash here costs a look.
        latch.Mark = next.Number;
        segment = next;
        known = false;
        file = AppendFile.CreateNew(Path.Combine(folder, next.ToString()));
        known = true;
    }

    public void Dispose()
    {
        lock (gate)
        {
            file?.Dispose();
            latch.Dispose();
        }
    }
}
