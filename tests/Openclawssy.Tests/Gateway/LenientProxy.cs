using System.Text;

namespace Openclawssy.Tests.Gateway;

/// <summary>
/// What stands before a gateway somewhere and reads requests generously: lines may end with a line feed alone, a length may have a
/// sign, blanks are cut off names and values. It takes one request out of the bytes, by Content-Length alone, and passes its bytes on
/// as they came. What the gateway finds in them beyond one request was smuggled past it.
/// </summary>
static class LenientProxy
{
    /// <summary>The bytes of the one request it believes to see; null when it sees none.</summary>
    public static byte[]? One(byte[] bytes)
    {
        var text = Encoding.Latin1.GetString(bytes);
        var (end, skip) = EndOfHead(text);
        if (end < 0) return null;
        var length = 0L;
        foreach (var line in text[..end].Split('\n').Skip(1))
            if (line.Split(':', 2) is [var name, var value] && name.Trim().Equals("Content-Length", StringComparison.OrdinalIgnoreCase) && long.TryParse(value.Trim(), out var said) && said >= 0) length = said;
        var all = end + skip + length;
        return all > bytes.Length ? bytes : bytes[..(int)all];
    }

    static (int, int) EndOfHead(string text)
    {
        var (strict, loose) = (text.IndexOf("\r\n\r\n", StringComparison.Ordinal), text.IndexOf("\n\n", StringComparison.Ordinal));
        return strict >= 0 && (loose < 0 || strict < loose) ? (strict, 4) : loose >= 0 ? (loose, 2) : (-1, 0);
    }
}
