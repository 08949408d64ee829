using System.Globalization;
using System.Text;

namespace Openclawssy.Launcher;

/// <summary>Writes the answer on standard output.</summary>
static class Report
{
    /// <summary>Small enough that a pipe with room takes a frame in one step, so the supervisor never waits for its reader.</summary>
    public const int MaxFrame = 4096;

    /// <summary>Writes a frame whose content begins at <see cref="Frames.Head"/> in the buffer.</summary>
    public static bool Send(byte kind, Span<byte> buffer, int length)
    {
        buffer[0] = kind;
        System.Buffers.Binary.BinaryPrimitives.WriteInt32LittleEndian(buffer[1..], length);
        return Libc.WriteAll(1, buffer[..(Frames.Head + length)]);
    }

    /// <summary>Sends one JSON object. Names and words are the launcher's own, so nothing needs escaping.</summary>
    public static void Finish(params ReadOnlySpan<(string Name, object? Value)> members)
    {
        var json = new StringBuilder("{\"v\":1");
        foreach (var (name, value) in members)
        {
            if (value is null) continue;
            json.Append(",\"").Append(name).Append("\":").Append(value switch
            {
                bool flag => flag ? "true" : "false",
                string word => $"\"{word}\"",
                IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
                _ => "null",
            });
        }
        var bytes = Encoding.ASCII.GetBytes(json.Append("}\n").ToString());
        var frame = new byte[Frames.Head + bytes.Length];
        bytes.CopyTo(frame, Frames.Head);
        Send(Frames.End, frame, bytes.Length);
    }
}
