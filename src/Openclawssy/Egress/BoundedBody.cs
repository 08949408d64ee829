using System.Buffers;
using System.IO.Compression;

namespace Openclawssy.Egress;

/// <summary>Reads an answer's body, taking off one layer of compression, and stops at the size that was asked for.</summary>
/// <param name="maxBytes">After decompression.</param>
/// <param name="slack">Compressed bytes allowed beyond that size.</param>
sealed class BoundedBody(int maxBytes, int slack)
{
    public async Task<(byte[] Bytes, bool Truncated)> ReadAsync(HttpResponseMessage response, Silence silence)
    {
        var encoding = string.Join(',', response.Content.Headers.ContentEncoding);
        await using var wire = new WireBytes(await response.Content.ReadAsStreamAsync(silence.Token), (long)maxBytes + slack, silence);
        await using var plain = Decoded(wire, encoding);
        var kept = new ArrayBufferWriter<byte>(Math.Min(maxBytes, 16 * 1024));
        while (true)
        {
            var room = maxBytes - kept.WrittenCount;
            // One byte more than fits tells whether the body goes on.
            var memory = kept.GetMemory(Math.Min(room + 1, 16 * 1024));
            var read = await plain.ReadAsync(memory[..Math.Min(memory.Length, room + 1)], silence.Token);
            if (read > room)
            {
                kept.Advance(room);
                return (kept.WrittenSpan.ToArray(), true);
            }
            if (read == 0) return (kept.WrittenSpan.ToArray(), wire.IsCut);
            kept.Advance(read);
        }
    }

    // Several layers are nobody's habit but a bomb's; such a body is handed on as it came.
    static Stream Decoded(Stream wire, string encoding) => encoding.ToLowerInvariant() switch
    {
        "gzip" or "x-gzip" => new GZipStream(wire, CompressionMode.Decompress),
        "deflate" => new ZLibStream(wire, CompressionMode.Decompress),
        "br" => new BrotliStream(wire, CompressionMode.Decompress),
        _ => wire,
    };

    /// <summary>The bytes as they come, each wait bounded, ended after so many.</summary>
    sealed class WireBytes(Stream inner, long limit, Silence silence) : ReadingStream
    {
        long left = limit;

        /// <summary>True once there was more than is read.</summary>
        public bool IsCut { get; private set; }

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            if (buffer.Length == 0) return 0;
            if (left == 0)
            {
                IsCut = true;
                return 0;
            }
            silence.Start();
            var read = await inner.ReadAsync(buffer[..(int)Math.Min(buffer.Length, left)], cancellationToken);
            silence.Stop();
            left -= read;
            return read;
        }

        protected override void Dispose(bool disposing)
        {
            if (disposing) inner.Dispose();
            base.Dispose(disposing);
        }
    }
}
