using System.Text;
using System.Text.Unicode;
using Openclawssy.Runtime.Text;

namespace Openclawssy.Egress;

/// <summary>An answer as a model reads it: text where it is text, without cookies and what belongs to the connection, without secrets.</summary>
static class AnswerText
{
    static readonly HashSet<string> leftOut = new(StringComparer.OrdinalIgnoreCase)
    {
        "Set-Cookie", "Set-Cookie2", "Connection", "Keep-Alive", "Proxy-Authenticate", "Proxy-Authorization", "Proxy-Connection", "TE", "Trailer", "Transfer-Encoding", "Upgrade",
        "Content-Encoding", "Content-Length", "Alt-Svc",
    };

    /// <summary>Header names in the usual capitals, several values joined by commas.</summary>
    public static SortedDictionary<string, string> Headers(HttpResponseMessage response, Func<string, string> scrub)
    {
        var shown = new SortedDictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var (name, values) in response.Headers.NonValidated.Concat(response.Content.Headers.NonValidated))
            if (!leftOut.Contains(name)) shown[Capitals(scrub(name))] = scrub(string.Join(", ", values));
        return shown;
    }

    /// <param name="charset">As the server says; null or unknown is tried as UTF-8.</param>
    public static (string Text, bool IsBase64) Of(byte[] bytes, string? charset, bool truncated, Func<string, string> scrub)
    {
        if (Decode(bytes, charset, truncated) is { } text) return (scrub(text), false);
        // A secret in the middle of other bytes is still a secret.
        var latin = Encoding.Latin1.GetString(bytes);
        var scrubbed = scrub(latin);
        return (Convert.ToBase64String(ReferenceEquals(latin, scrubbed) || latin == scrubbed ? bytes : Encoding.Latin1.GetBytes(scrubbed)), true);
    }

    static string? Decode(byte[] bytes, string? charset, bool truncated)
    {
        switch (charset?.Trim('"').ToLowerInvariant())
        {
            case "iso-8859-1" or "latin1": return bytes.AsSpan().Contains((byte)0) ? null : Encoding.Latin1.GetString(bytes);
            case "utf-16" or "utf-16le": return Wide(bytes, Encoding.Unicode);
            case "utf-16be": return Wide(bytes, Encoding.BigEndianUnicode);
            default:
                ReadOnlySpan<byte> whole = bytes;
                if (truncated) whole = whole[..Truncation.WholeUtf8(whole)];
                if (whole.StartsWith(Encoding.UTF8.Preamble)) whole = whole[3..];
                return Utf8.IsValid(whole) && !whole.Contains((byte)0) ? Encoding.UTF8.GetString(whole) : null;
        }
    }

    static string? Wide(byte[] bytes, Encoding encoding) => bytes.Length % 2 == 0 && encoding.GetString(bytes) is var text && !text.Contains('\uFFFD') && !text.Contains('\0') ? text : null;

    static string Capitals(string name) => string.Join('-', name.Split('-').Select(part => part.Length == 0 ? part : char.ToUpperInvariant(part[0]) + part[1..].ToLowerInvariant()));
}
