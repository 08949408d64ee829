using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Openclawssy.Runtime.Storage;

/// <summary>A line's own fields in the making. Text stays readable: only what JSON or one line demands is escaped.</summary>
sealed class LineFields : IDisposable
{
    // "Unsafe" means within HTML; these lines are data. Control characters and line separators are still escaped.
    static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = false };

    readonly ArrayBufferWriter<byte> bytes = new(512);

    public LineFields() => Json = new(bytes, Options);

    public Utf8JsonWriter Json { get; }

    /// <summary>What was written, one JSON object.</summary>
    public ReadOnlySpan<byte> Finish()
    {
        Json.Flush();
        return bytes.WrittenSpan;
    }

    /// <summary>The same object with one more member in front.</summary>
    /// <param name="member">UTF-8, for example <c>"event":"run.ended"</c>.</param>
    public byte[] FinishAfter(ReadOnlySpan<byte> member)
    {
        Json.Flush();
        var fields = bytes.WrittenSpan[1..];
        var whole = new byte[member.Length + 2 + fields.Length];
        whole[0] = (byte)'{';
        member.CopyTo(whole.AsSpan(1));
        whole[member.Length + 1] = (byte)',';
        fields.CopyTo(whole.AsSpan(member.Length + 2));
        return whole;
    }

    public void Dispose() => Json.Dispose();
}
