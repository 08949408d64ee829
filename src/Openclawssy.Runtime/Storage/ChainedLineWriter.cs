using System.Buffers;
using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace Openclawssy.Runtime.Storage;

/// <summary>
/// Makes the lines of one chain. A composed line becomes part of the chain only with <see cref="Commit"/>, so that a failed
/// write leaves neither a gap nor a number used twice. Not for several threads at once.
/// </summary>
sealed class ChainedLineWriter
{
    readonly ArrayBufferWriter<byte> line = new(1024);
    readonly byte[] prev = Encoding.ASCII.GetBytes(ChainedLine.Genesis), composed = new byte[ChainedLine.HashLength];

    /// <summary>Number of the chain's last line; 0 before the first.</summary>
    public long Seq { get; private set; }

    /// <summary>Hash of the chain's last line.</summary>
    public string Hash => Encoding.ASCII.GetString(prev);

    /// <summary>Hash of the line composed last.</summary>
    public string ComposedHash => Encoding.ASCII.GetString(composed);

    public void ContinueAfter(long seq, ReadOnlySpan<byte> hash)
    {
        Seq = seq;
        hash.CopyTo(prev);
    }

    /// <summary>The next line with its newline, valid until the next call.</summary>
    /// <param name="fields">One JSON object with at least one property; its properties become the line's.</param>
    public ReadOnlySpan<byte> Compose(DateTimeOffset ts, ReadOnlySpan<byte> fields)
    {
        if (fields.Length < 3 || fields[0] != '{' || fields[^1] != '}') throw new ArgumentException("the fields of a record must be a JSON object that is not empty", nameof(fields));
        line.ResetWrittenCount();
        line.Write(ChainedLine.Start);
        Utf8Formatter.TryFormat(Seq + 1, line.GetSpan(20), out var written);
        line.Advance(written);
        line.Write(ChainedLine.TimeStart);
        ts.UtcDateTime.TryFormat(line.GetSpan(ChainedLine.TimeLength), out written, "O");
        line.Advance(written);
        line.Write("\","u8);
        line.Write(fields[1..^1]);
        line.Write(ChainedLine.PrevStart);
        line.Write(prev);
        line.Write("\""u8);
        if (line.WrittenCount > ChainedLine.MaxBytes - 100) throw new IOException($"a record of {line.WrittenCount} bytes is too long to be kept");

        Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(line.WrittenSpan, digest);
        Convert.TryToHexStringLower(digest, composed, out _);
        line.Write(ChainedLine.HashStart);
        line.Write(composed);
        line.Write(ChainedLine.Close);
        line.Write("\n"u8);
        return line.WrittenSpan;
    }

    /// <summary>The composed line is in the file: the next one follows it.</summary>
    public void Commit()
    {
        Seq++;
        composed.CopyTo(prev, 0);
    }
}
