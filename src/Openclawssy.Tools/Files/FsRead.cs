using System.ComponentModel;
using System.Text.Json.Serialization;
using Openclawssy.Runtime.Text;
using Openclawssy.Runtime.Toolkit;

namespace Openclawssy.Tools.Files;

/// <summary>Reads a text file of the workspace, whole or in slices that never split a character.</summary>
public sealed class FsRead() : Tool<FsRead.Input, FsRead.Output>(FsReadJson.Default)
{
    // The longest UTF-8 sequence: a slice always holds at least one whole character.
    const int LongestCharacter = 4;

    public sealed record Input(
        [property: Description("File in the workspace, for example src/app.py.")] WorkspacePath Path,
        [property: Description("Read at most this many bytes."), Bounds(1, 5_242_880)] int MaxBytes = 262_144,
        [property: Description("Begin at this byte; take next_offset of the slice before."), Bounds(0, long.MaxValue)] long Offset = 0);

    public sealed record Output(
        [property: Description("The path as given.")] string Path,
        [property: Description("The text.")] string Content,
        [property: Description("True when the file goes on after this slice.")] bool Truncated,
        [property: Description("Byte at which the content begins, when not 0.")] long? Offset,
        [property: Description("Size of the whole file in bytes.")] long SizeBytes,
        [property: Description("Where to go on reading, when truncated.")] long? NextOffset);

    public override string Name => "fs.read";
    public override string Description =>
        "Read a UTF-8 text file. A file longer than max_bytes comes with truncated=true and next_offset for the following call. Binary files and other encodings are refused.";
    public override Reach Reach => Reach.ReadsFiles;

    protected override Task<Answer<Output>> RunAsync(Input input, ToolScope scope, CancellationToken cancellationToken)
    {
        var slice = scope.Files.Read(input.Path, input.Offset, Math.Max(input.MaxBytes, LongestCharacter), cancellationToken);
        if (input.Offset > slice.SizeBytes)
            throw ToolException.InvalidInput($"$.offset: {input.Path} has only {slice.SizeBytes} byte(s)", "$.offset");

        var bytes = slice.Bytes.Span;
        var skipped = 0;
        // An offset inside a character begins with the next one.
        if (input.Offset > 0) while (skipped < Math.Min(bytes.Length, LongestCharacter - 1) && Truncation.IsContinuation(bytes[skipped])) skipped++;
        var start = input.Offset + skipped;
        bytes = Whole(bytes[skipped..], input.MaxBytes, start, slice.SizeBytes);

        if (!FileText.TryDecode(bytes, out var content, out var reason))
            throw ToolException.InvalidInput($"cannot read {input.Path} as text: {FileText.Explain(reason)}; size {slice.SizeBytes} byte(s)", input.Path.Given);
        var end = start + bytes.Length;
        var more = end < slice.SizeBytes;
        return Task.FromResult(new Answer<Output>(
            new(input.Path.Given, content, more, start > 0 ? start : null, slice.SizeBytes, more ? end : null),
            content.AsSpan().IsWhiteSpace() ? $"read {input.Path} (empty)" : $"read {input.Path}",
            input.Path.Given));
    }

    /// <summary>As many whole characters as fit, and one where none does.</summary>
    static ReadOnlySpan<byte> Whole(ReadOnlySpan<byte> bytes, int maxBytes, long start, long size)
    {
        var fits = bytes[..Math.Min(bytes.Length, maxBytes)];
        if (start + fits.Length >= size) return fits;
        var end = Truncation.WholeUtf8(fits);
        if (end > 0 || fits.IsEmpty) return fits[..end];
        for (end = 1; end < bytes.Length && Truncation.IsContinuation(bytes[end]); end++) { }
        return bytes[..end];
    }
}

[JsonSerializable(typeof(FsRead.Input))]
[JsonSerializable(typeof(FsRead.Output))]
sealed partial class FsReadJson : JsonSerializerContext;
