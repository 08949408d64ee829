namespace Openclawssy.Runtime.Policy;

/// <summary>The text between <c>-----BEGIN … PRIVATE KEY-----</c> and its end; without an end, all that follows.</summary>
static class PrivateKeyBlock
{
    const string Begin = "-----BEGIN ";

    /// <summary>Longest first line that is looked at, in characters.</summary>
    public const int MaxLine = 80;

    public static bool TryFind(ReadOnlySpan<char> text, int at, out int start, out int end)
    {
        (start, end) = (0, 0);
        if (!text[at..].StartsWith(Begin, StringComparison.Ordinal)) return false;
        var line = text[(at + Begin.Length)..];
        if (line.Length > MaxLine) line = line[..MaxLine];
        var dashes = line.IndexOf("-----");
        if (dashes < 0 || !line[..dashes].Contains("PRIVATE KEY", StringComparison.Ordinal)) return false;

        start = at + Begin.Length + dashes + 5;
        var stop = text[start..].IndexOf("-----END");
        end = stop < 0 ? text.Length : start + stop;
        // A key already masked, or a heading without a key, is left alone.
        return end - start >= 32 && !Plausible.IsPlaceholder(text[start..end].Trim("\r\n\t \\nr"));
    }
}
