using Openclawssy.Egress;
using Openclawssy.Runtime.Models;

namespace Openclawssy.Providers;

/// <summary>
/// A server's bytes under limits: how many, how many without a line break, and how long between two reads. Ends with an empty line,
/// so that a last event the server did not close is still read.
/// </summary>
sealed class WireStream(Stream inner, WireLimits limits, WireFaults faults, Silence idle) : ReadingStream
{
    static ReadOnlySpan<byte> Ending => "\n\n"u8;

    byte[] seen = [];
    int seenAt;
    int endingAt;
    long total;
    long line;
    (byte, byte) last;

    /// <summary>True when the bytes ended between two line breaks that would have closed an event.</summary>
    public bool EndedInsideEvent { get; private set; }

    /// <summary>The first byte that is no white space, or -1 at the end; nothing is consumed.</summary>
    public async ValueTask<int> PeekAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            var at = seen.AsSpan().IndexOfAnyExcept(" \t\r\n\uFEFF"u8);
            if (at >= 0) return seen[at];
            var more = new byte[4096];
            var count = await TakeAsync(more, cancellationToken);
            if (count == 0) return -1;
            seen = [.. seen, .. more.AsSpan(0, count)];
        }
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (seenAt < seen.Length)
        {
            var part = Math.Min(buffer.Length, seen.Length - seenAt);
            seen.AsMemory(seenAt, part).CopyTo(buffer);
            seenAt += part;
            return part;
        }
        var count = await TakeAsync(buffer, cancellationToken);
        if (count > 0) return count;
        EndedInsideEvent = last.Item2 is not (0 or (byte)'\n' or (byte)'\r') || last.Item1 is not (0 or (byte)'\n' or (byte)'\r');
        var rest = Math.Min(buffer.Length, Ending.Length - endingAt);
        Ending.Slice(endingAt, rest).CopyTo(buffer.Span);
        endingAt += rest;
        return rest;
    }

    /// <summary>Everything up to the end, at most <paramref name="max"/> bytes.</summary>
    public async ValueTask<ReadOnlyMemory<byte>> ReadAllAsync(long max, CancellationToken cancellationToken)
    {
        using var all = new MemoryStream();
        all.Write(seen.AsSpan(seenAt));
        seenAt = seen.Length;
        var buffer = new byte[16 * 1024];
        while (all.Length < max && await TakeAsync(buffer, cancellationToken) is > 0 and var count) all.Write(buffer, 0, count);
        return all.ToArray();
    }

    async ValueTask<int> TakeAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        idle.Start();
        var count = await inner.ReadAsync(buffer, cancellationToken);
        idle.Stop();
        if (count == 0) return 0;
        var bytes = buffer.Span[..count];
        last = count > 1 ? (bytes[^2], bytes[^1]) : (last.Item2, bytes[0]);
        if ((total += count) > limits.AnswerBytes) throw faults.TooMuch("more", $"{limits.AnswerBytes} bytes");
        var lineBreak = bytes.LastIndexOfAny((byte)'\n', (byte)'\r');
        line = lineBreak < 0 ? line + count : count - 1 - lineBreak;
        return line > limits.LineBytes ? throw faults.TooMuch("a longer line", $"{limits.LineBytes} bytes") : count;
    }
}
