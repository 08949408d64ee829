using System.Text;
using System.Text.Encodings.Web;

namespace Openclawssy.Runtime.Policy;

/// <summary>The spellings in which a known value may turn up: as it is, and as common encodings write it.</summary>
static class SecretForms
{
    public static IEnumerable<string> Of(string value)
    {
        var bytes = Encoding.UTF8.GetBytes(value);
        var url = Uri.EscapeDataString(value);

        var forms = new List<string> { value, Convert.ToHexString(bytes), Convert.ToHexStringLower(bytes) };
        for (var shift = 0; shift < 3; shift++)
        {
            var base64 = Base64Inside(bytes, shift);
            forms.Add(base64);
            forms.Add(base64.Replace('+', '-').Replace('/', '_'));
        }
        forms.Add(url);
        forms.Add(LowerEscapes(url));
        forms.Add(url.Replace("%20", "+", StringComparison.Ordinal));
        forms.Add(JavaScriptEncoder.Default.Encode(value));
        forms.Add(JavaScriptEncoder.UnsafeRelaxedJsonEscaping.Encode(value));
        return forms.Distinct(StringComparer.Ordinal);
    }

    /// <summary>
    /// The characters that are the same whatever stands around the value, when it begins <paramref name="shift"/> bytes into
    /// a group of three. The few bits shared with a neighbour at either end stay visible: they are not worth a value.
    /// </summary>
    static string Base64Inside(byte[] bytes, int shift)
    {
        var shifted = new byte[shift + bytes.Length];
        bytes.CopyTo(shifted, shift);
        var first = (8 * shift + 5) / 6;
        var end = 8 * shifted.Length / 6;
        return Convert.ToBase64String(shifted)[first..end];
    }

    static string LowerEscapes(string url)
    {
        var text = url.ToCharArray();
        for (var i = 0; i + 2 < text.Length; i++)
            if (text[i] == '%') (text[i + 1], text[i + 2]) = (char.ToLowerInvariant(text[i + 1]), char.ToLowerInvariant(text[i + 2]));
        return new(text);
    }
}
