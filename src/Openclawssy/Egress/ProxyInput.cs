namespace Openclawssy.Egress;

/// <summary>What a command sends on one connection: a head first, then whatever follows it, none of it lost between the two.</summary>
sealed class ProxyInput(Stream inner) : ReadingStream
{
    byte[] ahead = [];
    int read;

    /// <summary>Reads to the empty line that ends a head. The wait is the caller's to bound.</summary>
    /// <returns>The head with that line; null when the other side said nothing at all.</returns>
    /// <exception cref="ProxyRefusal">It is longer than allowed, or ends in the middle.</exception>
    public async Task<byte[]?> ReadHeadAsync(int most, CancellationToken cancellationToken)
    {
        var buffer = new byte[most];
        for (var length = 0; ;)
        {
            var got = await inner.ReadAsync(buffer.AsMemory(length), cancellationToken);
            if (got == 0) return length == 0 ? null : throw new ProxyRefusal(400, "the request ends in the middle");
            var from = Math.Max(0, length - 3);
            length += got;
            if (buffer.AsSpan(from, length - from).IndexOf("\r\n\r\n"u8) is var found and >= 0)
            {
                (ahead, read) = (buffer[(from + found + 4)..length], 0);
                return buffer[..(from + found + 4)];
            }
            if (length == most) throw new ProxyRefusal(431, $"a request's head is at most {most} bytes");
        }
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var left = ahead.AsMemory(read);
        if (left.IsEmpty) return await inner.ReadAsync(buffer, cancellationToken);
        var length = Math.Min(left.Length, buffer.Length);
        left[..length].CopyTo(buffer);
        read += length;
        return length;
    }
}
