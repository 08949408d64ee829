using System.Security.Cryptography;

namespace Openclawssy.Runtime.Storage;

/// <summary>The end of a line file that a crash cut off: bytes after the last newline.</summary>
/// <param name="File">The file's name.</param>
/// <param name="Offset">Where the torn bytes began.</param>
public sealed record TornTail(string File, long Offset, long Bytes, string Sha256)
{
    /// <summary>What is torn is kept here, beside the file it was in.</summary>
    internal const string Extension = ".quarantine";

    /// <summary>How many torn bytes are kept for a file, in all.</summary>
    internal static long KeptFor(string path) => Posix.Facts(path + Extension)?.Size ?? 0;

    /// <summary>Moves everything from <paramref name="offset"/> on into the quarantine: first kept there, then cut off.</summary>
    internal static TornTail Quarantine(AppendFile file, long offset, long size)
    {
        var torn = new byte[size - offset];
        torn = torn[..file.ReadAt(torn, offset)];
        using (var quarantine = AppendFile.OpenOrCreate(file.Path + Extension)) quarantine.Sync(quarantine.Append(torn));
        file.CutAt(offset);
        return new(Path.GetFileName(file.Path), offset, torn.Length, Convert.ToHexStringLower(SHA256.HashData(torn)));
    }
}
