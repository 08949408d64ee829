using System.Diagnostics.CodeAnalysis;
using System.Text;
using System.Text.Unicode;

namespace Openclawssy.Tools.Files;

/// <summary>What the file tools mean by text: valid UTF-8 without a NUL. Anything else is refused rather than changed by decoding it.</summary>
static class FileText
{
    public const char ByteOrderMark = '\uFEFF';

    public static bool TryDecode(ReadOnlySpan<byte> bytes, [NotNullWhen(true)] out string? text, [NotNullWhen(false)] out string? reason)
    {
        (text, reason) = (null, null);
        if (bytes.Contains((byte)0)) reason = "binary";
        else if (!Utf8.IsValid(bytes)) reason = "not_utf8";
        else text = Encoding.UTF8.GetString(bytes);
        return text is not null;
    }

    /// <summary>Says in words why bytes are not text.</summary>
    public static string Explain(string reason) => reason == "binary"
        ? "the file is binary (it holds NUL bytes), and only text can be handled"
        : "the file is not valid UTF-8 (binary, or text in another encoding), and only UTF-8 text can be handled";
}
