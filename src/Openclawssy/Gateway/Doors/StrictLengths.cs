using System.Buffers;
using System.IO.Pipelines;
using System.Runtime.InteropServices;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;

namespace Openclawssy.Gateway.Doors;

/// <summary>
/// The server reads <c>Content-Length: +3</c> as 3 and shows nobody how it was written, while another one before it may read
/// something else: the door for smuggled requests. This looks at the bytes before the server does. A sign at the start of a length
/// becomes a zero byte, which the server refuses in a header with 400. It looks at every line, for where headers end only the server
/// knows; in a body such a line cannot be JSON, and the zero byte in it is not either.
/// </summary>
sealed class StrictLengths(PipeReader inner) : PipeReader
{
    const int InLine = -1, AfterColon = 15;
    static ReadOnlySpan<byte> Name => "content-length:"u8;

    // How much of the name the line has, or that it is another line.
    int matched;
    // Of what the reader has not taken: bytes that were looked at already.
    long looked;
    ReadOnlySequence<byte> shown;

    /// <summary>Puts itself between the connection and the server.</summary>
    public static ConnectionDelegate Watch(ConnectionDelegate next) => async connection =>
    {
        // Version 2 has lengths of its own, and none of them is written in a line.
        if (connection.Features.Get<ITlsApplicationProtocolFeature>()?.ApplicationProtocol.Span.SequenceEqual("h2"u8) == true)
        {
            await next(connection);
            return;
        }
        var transport = connection.Transport;
        connection.Transport = new Watched(new StrictLengths(transport.Input), transport.Output);
        try { await next(connection); }
        finally { connection.Transport = transport; }
    };

    public override async ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default) => Look(await inner.ReadAsync(cancellationToken));

    public override bool TryRead(out ReadResult result)
    {
        if (!inner.TryRead(out result)) return false;
        Look(result);
        return true;
    }

    ReadResult Look(ReadResult result)
    {
        shown = result.Buffer;
        if (shown.Length > looked)
            foreach (var piece in shown.Slice(looked))
                Look(MemoryMarshal.AsMemory(piece).Span);
        looked = shown.Length;
        return result;
    }

    void Look(Span<byte> bytes)
    {
        for (var i = 0; i < bytes.Length; i++)
        {
            if (matched == InLine)
            {
                var end = bytes[i..].IndexOf((byte)'\n');
                if (end < 0) return;
                i += end;
                matched = 0;
                continue;
            }
            var sign = bytes[i];
            if (matched < AfterColon)
            {
                var small = sign is >= (byte)'A' and <= (byte)'Z' ? (byte)(sign | 0x20) : sign;
                matched = small == Name[matched] ? matched + 1 : sign == (byte)'\n' ? 0 : InLine;
                continue;
            }
            if (sign is (byte)' ' or (byte)'\t') continue;
            if (sign is (byte)'+' or (byte)'-') bytes[i] = 0;
            matched = sign == (byte)'\n' ? 0 : InLine;
        }
    }

    public override void AdvanceTo(SequencePosition consumed) => AdvanceTo(consumed, consumed);

    public override void AdvanceTo(SequencePosition consumed, SequencePosition examined)
    {
        looked -= shown.Slice(shown.Start, consumed).Length;
        shown = default;
        inner.AdvanceTo(consumed, examined);
    }

    public override void CancelPendingRead() => inner.CancelPendingRead();

    public override void Complete(Exception? exception = null) => inner.Complete(exception);

    public override ValueTask CompleteAsync(Exception? exception = null) => inner.CompleteAsync(exception);

    sealed class Watched(PipeReader input, PipeWriter output) : IDuplexPipe
    {
        public PipeReader Input => input;
        public PipeWriter Output => output;
    }
}
