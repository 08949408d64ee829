using System.Text;
using Openclawssy.Runtime.Policy;
using Openclawssy.Runtime.Text;

namespace Openclawssy.Sandboxes;

/// <summary>
/// One output of a command, without any known secret value: its beginning and its end are kept, and once something had to be left out all of it goes to a file.
/// However much comes, it takes twice <see cref="Kept"/> bytes of memory.
/// </summary>
/// <param name="scrubbed">What is known stays out of all of it, the file too, before anything is cut.</param>
sealed class CapturedOutput(Func<FileStream?> openSpill, ScrubbedBytes scrubbed) : IDisposable
{
    /// <summary>Bytes kept of the beginning, and as many of the end.</summary>
    public const int Kept = 16 * 1024;

    readonly MemoryStream head = new();
    readonly byte[] tail = new byte[Kept];
    long total;
    FileStream? spill;
    bool spillFailed;

    public bool IsTruncated => total > 2 * Kept;

    /// <summary>The file that holds all of it; null when nothing was left out, or when it could not be written.</summary>
    public string? SpillFile => IsTruncated && !spillFailed ? spill?.Name : null;

    public void Add(ReadOnlySpan<byte> bytes) => Keep(scrubbed.Push(bytes));

    /// <summary>Nothing more comes.</summary>
    public void Finish() => Keep(scrubbed.Finish());

    void Keep(ReadOnlySpan<byte> bytes)
    {
        if (total + bytes.Length > 2 * Kept) Spill(bytes);
        var first = Math.Min(bytes.Length, Kept - (int)head.Length);
        head.Write(bytes[..first]);
        total += first;
        foreach (var value in bytes[first..]) tail[(int)((total++ - Kept) % Kept)] = value;
    }

    public string ToText()
    {
        var end = new byte[(int)Math.Clamp(total - Kept, 0, Kept)];
        for (var i = 0; i < end.Length; i++) end[i] = tail[(int)((total - Kept - end.Length + i) % Kept)];
        var start = head.GetBuffer().AsSpan(0, (int)head.Length);
        if (!IsTruncated) return Encoding.UTF8.GetString([.. start, .. end]);
        start = start[..Truncation.WholeUtf8(start)];
        var whole = end.AsSpan();
        while (whole.Length > 0 && Truncation.IsContinuation(whole[0])) whole = whole[1..];
        return $"{Encoding.UTF8.GetString(start)}\n[… {total - start.Length - whole.Length} bytes left out …]\n{Encoding.UTF8.GetString(whole)}";
    }

    public void Dispose()
    {
        spill?.Dispose();
        head.Dispose();
    }

    void Spill(ReadOnlySpan<byte> bytes)
    {
        if (spillFailed) return;
        try
        {
            if (spill is null)
            {
                spill = openSpill();
                if (spill is null) return;
                spill.Write(head.GetBuffer(), 0, (int)head.Length);
                spill.Write(tail, 0, (int)Math.Max(0, total - Kept));
            }
            spill.Write(bytes);
        }
        // A full disk loses the file, not the command: the result then names none.
        catch (IOException) { spillFailed = true; }
    }
}
