using System.Text;
using Openclawssy.Runtime.Storage;

namespace Openclawssy.Runtime.Journal;

/// <summary>
/// Reads a journal that is still being written, every byte of it once: each reading goes on where the one before ended, and
/// checks as much as <see cref="JournalReader"/> does. Between readings it holds neither a file nor a buffer. One reader, one thread.
/// </summary>
public sealed class JournalTail(string path)
{
    /// <summary>Bytes read at once; a longer line is read whole.</summary>
    const long Window = 32 * 1024;

    string prev = ChainedLine.Genesis;
    long seq, offset;

    /// <summary>The next events, in order: those that fit into one window, none when nothing new is whole.</summary>
    /// <param name="after">Events up to this number are checked and not handed out.</param>
    /// <param name="upTo">Later events are not read yet.</param>
    /// <exception cref="ChainBrokenException">The journal is not what its links say, or became shorter.</exception>
    /// <exception cref="FileNotFoundException">There is no such journal.</exception>
    public IReadOnlyList<JournalEntry> Read(long after, long upTo)
    {
        var size = Posix.Facts(path)?.Size ?? throw new FileNotFoundException($"there is no journal at {path}", path);
        if (size < offset) throw new ChainBrokenException(path, seq, seq, "is shorter than it was");
        var found = new List<JournalEntry>();
        for (var window = Window; found.Count == 0 && offset < size && seq < upTo;)
        {
            var end = Math.Min(size, offset + window);
            var before = offset;
            ReadLines(end, after, upTo, found);
            if (offset > before) window = Window;
            else if (end < size) window *= 4;
            else break;
        }
        return found;
    }

    void ReadLines(long end, long after, long upTo, List<JournalEntry> found)
    {
        using var lines = LineScanner.Open(path, upTo: end, from: offset) ?? throw new FileNotFoundException($"there is no journal at {path}", path);
        while (seq < upTo && lines.Next(out var line))
        {
            JournalReader.Check(line, path, seq + 1, prev, out var parsed);
            (seq, prev, offset) = (parsed.Seq, Encoding.ASCII.GetString(parsed.Hash), lines.End);
            if (seq > after) found.Add(JournalReader.Entry(parsed));
        }
    }
}
