using System.Runtime.InteropServices;

namespace Openclawssy.Runtime.Storage;

/// <summary>The kernel refused something on disk, and said why.</summary>
public sealed class DiskException(string action, string path, int errno) : IOException(Describe(action, path, errno))
{
    /// <summary>The kernel's error number.</summary>
    public int Errno { get; } = errno;

    static string Describe(string action, string path, int errno) =>
        $"cannot {action} {path}: {Marshal.GetPInvokeErrorMessage(errno)}{(errno == Storage.Errno.Loop ? " (it is a link; put a regular file there)" : "")}";
}

/// <summary>
/// A checked <c>fsync</c> failed. The kernel may already have dropped the data and may answer yes to a second try, so nobody
/// tries again: what was written last must be taken as lost until the program is started anew.
/// </summary>
public sealed class DurabilityLostException(string path, int errno)
    : IOException($"{path} could not be made durable: {Marshal.GetPInvokeErrorMessage(errno)}; check the disk, then start the program again")
{
    /// <summary>The kernel's error number.</summary>
    public int Errno { get; } = errno;
}

/// <summary>A chained file is not what its own links say. Nothing is appended to it.</summary>
public sealed class ChainBrokenException(string path, long line, long seq, string what)
    : IOException($"{path}{(line > 0 ? $", line {line}" : "")}{(seq > 0 ? $" (record {seq})" : "")}: {what}; run `openclawssy audit verify`")
{
    public string Path { get; } = path;

    /// <summary>Line number from 1; 0 when not known.</summary>
    public long Line { get; } = line;

    /// <summary>The record that was expected there; 0 when not known.</summary>
    public long Seq { get; } = seq;

    public string What { get; } = what;
}
