using Microsoft.Win32.SafeHandles;

namespace Openclawssy.Runtime.Storage;

/// <summary>
/// Walks through a file of lines from its end to its beginning and reads only as much as is asked for. Bytes after the last
/// newline are no line; a line above the limit is stepped over without being held in memory. Both are counted.
/// </summary>
sealed class ReverseLines : IDisposable
{
    const int Block = 32 * 1024;

    readonly string path;
    readonly SafeFileHandle handle;
    readonly int maxLine;
    byte[] buffer;
    // What is read and not yet handed out is buffer[start..end]; it begins at this offset of the file.
    int start, end, searched;
    long offset, dropped;
    bool afterTail, done;

    ReverseLines(string path, SafeFileHandle handle, long size, int maxLine)
    {
        (this.path, this.handle, offset, this.maxLine) = (path, handle, size, maxLine);
        buffer = new byte[Math.Clamp(size, 1, 2 * Block)];
        start = end = buffer.Length;
    }

    /// <summary>The file as it is while no appender holds <paramref name="lockPath"/>; what is added later is not seen. Null when there is no such file.</summary>
    /// <param name="maxLine">In bytes, without the newline.</param>
    public static ReverseLines? Open(string path, string lockPath, int maxLine)
    {
        using var held = FileLatch.Share(lockPath);
        return Posix.OpenToRead(path) is { } handle ? new(path, handle, Posix.Facts(handle).Size, maxLine) : null;
    }

    /// <summary>Bytes after the last newline; known after the first <see cref="Next"/>.</summary>
    public long TornBytes { get; private set; }

    /// <summary>Lines above the limit met so far.</summary>
    public int Overlong { get; private set; }

    /// <summary>The line before the one handed out last, without its newline; valid until the next call.</summary>
    public bool Next(out ReadOnlySpan<byte> line)
    {
        while (Piece(out line, out var whole))
        {
            if (!afterTail)
            {
                afterTail = true;
                TornBytes = whole;
            }
            else if (whole > maxLine) Overlong++;
            else return true;
        }
        return false;
    }

    // The bytes between two newlines, the file's ends counting as such. Of a piece above the limit only the length is kept.
    bool Piece(out ReadOnlySpan<byte> piece, out long whole)
    {
        piece = default;
        whole = 0;
        if (done) return false;
        while (true)
        {
            var newline = buffer.AsSpan(start, end - searched - start).LastIndexOf((byte)'\n');
            done = newline < 0 && offset == 0;
            if (newline >= 0 || done)
            {
                piece = buffer.AsSpan((start + newline + 1)..end);
                (whole, dropped) = (piece.Length + dropped, 0);
                end -= piece.Length + (done ? 0 : 1);
                searched = 0;
                return true;
            }
            searched = end - start;
            if (searched > maxLine)
            {
                dropped += searched;
                (start, end, searched) = (buffer.Length, buffer.Length, 0);
            }
            Fill();
        }
    }

    void Fill()
    {
        var count = (int)Math.Min(Block, offset);
        var kept = end - start;
        if (start < count)
        {
            var roomier = kept + count > buffer.Length ? new byte[Math.Max(buffer.Length * 2, kept + count)] : buffer;
            buffer.AsSpan(start, kept).CopyTo(roomier.AsSpan(roomier.Length - kept));
            (buffer, start, end) = (roomier, roomier.Length - kept, roomier.Length);
        }
        start -= count;
        offset -= count;
        if (Posix.ReadAt(handle, buffer.AsSpan(start, count), offset, path) < count) throw new IOException($"{path} became shorter while it was read");
    }

    public void Dispose() => handle.Dispose();
}
