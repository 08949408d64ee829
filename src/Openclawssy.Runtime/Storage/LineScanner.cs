using Microsoft.Win32.SafeHandles;

namespace Openclawssy.Runtime.Storage;

/// <summary>Walks through a file line by line with one buffer. A last line without its newline is not handed out but counted.</summary>
sealed class LineScanner : IDisposable
{
    readonly string path;
    readonly SafeFileHandle handle;
    readonly long size;
    byte[] buffer;
    int start, filled;
    long readTo;

    LineScanner(string path, SafeFileHandle handle, long from, long upTo, long last)
    {
        (this.path, this.handle) = (path, handle);
        size = Math.Min(upTo, Posix.Facts(handle).Size);
        End = readTo = Math.Max(from, size - last);
        buffer = new byte[Math.Clamp(size - readTo, 1, 256 * 1024)];
    }

    /// <summary>Null when there is no such file.</summary>
    /// <param name="upTo">Bytes beyond are not looked at: a file that grows is read as it was.</param>
    /// <param name="last">Only so many bytes at the end are looked at; the first line may then be a part of one.</param>
    /// <param name="from">Where a line begins; those before it are not read.</param>
    public static LineScanner? Open(string path, long upTo = long.MaxValue, long last = long.MaxValue, long from = 0) =>
        Posix.OpenToRead(path) is { } handle ? new(path, handle, from, upTo, last) : null;

    /// <summary>Number of the line handed out last, from 1.</summary>
    public long Number { get; private set; }

    /// <summary>Where the line handed out last begins and where the next one does, in bytes.</summary>
    public long Offset { get; private set; }
    public long End { get; private set; }

    /// <summary>Bytes after the last newline; known when <see cref="Next"/> has returned false.</summary>
    public long TornBytes => size - End;

    public bool Next(out ReadOnlySpan<byte> line)
    {
        var searched = 0;
        while (true)
        {
            var found = buffer.AsSpan(start + searched, filled - start - searched).IndexOf((byte)'\n');
            if (found >= 0)
            {
                line = buffer.AsSpan(start, searched + found);
                start += line.Length + 1;
                (Number, Offset, End) = (Number + 1, End, End + line.Length + 1);
                return true;
            }
            searched = filled - start;
            if (readTo >= size || !Fill())
            {
                line = default;
                return false;
            }
        }
    }

    bool Fill()
    {
        buffer.AsSpan(start, filled - start).CopyTo(buffer);
        (filled, start) = (filled - start, 0);
        if (filled == buffer.Length)
        {
            if (filled > ChainedLine.MaxBytes) throw new ChainBrokenException(path, Number + 1, 0, "is longer than any record");
            Array.Resize(ref buffer, buffer.Length * 4);
        }
        var count = Posix.ReadAt(handle, buffer.AsSpan(filled, (int)Math.Min(buffer.Length - filled, size - readTo)), readTo, path);
        filled += count;
        readTo += count;
        return count > 0;
    }

    public void Dispose() => handle.Dispose();
}
