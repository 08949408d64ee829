using System.Buffers;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using Openclawssy.Runtime.Text;

namespace Openclawssy.Providers;

/// <summary>Text out of JSON and into JSON that stays valid Unicode: a server may cut an escaped emoji in two, or never finish it.</summary>
static class SoundText
{
    /// <inheritdoc cref="WellFormed.Of"/>
    public static string Of(string text) => WellFormed.Of(text);

    /// <summary>
    /// A JSON string's characters, lone surrogates kept, so that fragments can be joined before they are judged. Empty for what is no string.
    /// </summary>
    public static string Loose(JsonElement element)
    {
        if (element.ValueKind != JsonValueKind.String) return "";
        var raw = JsonMarshal.GetRawUtf8Value(element)[1..^1];
        if (!raw.Contains((byte)'\\')) return Encoding.UTF8.GetString(raw);

        var buffer = ArrayPool<char>.Shared.Rent(raw.Length);
        var written = 0;
        while (raw.Length > 0)
        {
            var plain = raw.IndexOf((byte)'\\');
            if (plain < 0) plain = raw.Length;
            written += Encoding.UTF8.GetChars(raw[..plain], buffer.AsSpan(written));
            raw = raw[plain..];
            if (raw.Length == 0) break;
            // The parser has checked that an escape is complete.
            if (raw[1] == (byte)'u')
            {
                buffer[written++] = (char)((Hex(raw[2]) << 12) | (Hex(raw[3]) << 8) | (Hex(raw[4]) << 4) | Hex(raw[5]));
                raw = raw[6..];
                continue;
            }
            buffer[written++] = raw[1] switch
            {
                (byte)'n' => '\n',
                (byte)'t' => '\t',
                (byte)'r' => '\r',
                (byte)'b' => '\b',
                (byte)'f' => '\f',
                var other => (char)other,
            };
            raw = raw[2..];
        }
        var text = new string(buffer, 0, written);
        ArrayPool<char>.Shared.Return(buffer);
        return text;
    }

    static int Hex(byte digit) => digit <= (byte)'9' ? digit - '0' : (digit | 0x20) - 'a' + 10;
}

/// <summary>A text that arrives in pieces and is passed on in sound pieces: half a character waits for its other half.</summary>
sealed class TextFlow
{
    string held = "";

    public string Next(string piece)
    {
        if (piece.Length == 0) return "";
        piece = held + piece;
        held = char.IsHighSurrogate(piece[^1]) ? piece[^1..] : "";
        return SoundText.Of(piece[..^held.Length]);
    }

    public string Rest() => SoundText.Of(held);
}
