namespace Openclawssy.Runtime.Storage;

/// <summary>Files that nobody but their owner may read or replace: keys, and what keys open.</summary>
public static class PrivateFile
{
    const int OthersAnything = 0x3f, OthersWrite = 0x12, Sticky = 0x200;

    /// <summary>The whole content in memory that is never moved, so that it can be overwritten; null when there is no such file.</summary>
    /// <exception cref="NotPrivateException">Somebody else owns it, may read it, or may put another in its place.</exception>
    public static byte[]? ReadOrNull(string path, int maxBytes)
    {
        using var handle = Posix.OpenToRead(path);
        if (handle is null) return null;
        var facts = Posix.Facts(handle);
        if (facts.Owner != StateFolder.EffectiveUser)
            throw new NotPrivateException($"{path} belongs to uid {facts.Owner}, and this process runs as uid {StateFolder.EffectiveUser}", "run as its owner, or put a file of your own there");
        if ((facts.Permissions & OthersAnything) != 0)
            throw new NotPrivateException($"{path} is open to other users of this machine (mode {Octal(facts.Permissions)})", $"chmod 600 {path}; if somebody could have read a key there, make a new one with `openclawssy secrets rekey`");
        DemandOwnFolder(path);
        if (facts.Size > maxBytes) throw new IOException($"{path} has {facts.Size} bytes; at most {maxBytes} are read");
        var content = GC.AllocateArray<byte>((int)facts.Size, pinned: true);
        var read = Posix.ReadAt(handle, content, 0, path);
        return read == content.Length ? content : content[..read];
    }

    // Who may write the folder may put another file under the name; in a sticky folder only the owner may.
    static void DemandOwnFolder(string path)
    {
        var folder = Path.GetDirectoryName(path) ?? "";
        if (Posix.Facts(folder.Length == 0 ? "." : folder) is { IsFolder: true } facts && (facts.Permissions & OthersWrite) != 0 && (facts.Permissions & Sticky) == 0)
            throw new NotPrivateException($"other users of this machine may replace files in {folder} (mode {Octal(facts.Permissions)})", $"chmod go-w {folder}");
    }

    static string Octal(int permissions) => Convert.ToString(permissions, 8).PadLeft(4, '0');
}

/// <summary>A file that must be private is not. Says what to do next.</summary>
public sealed class NotPrivateException(string message, string nextStep) : IOException(message)
{
    public string NextStep { get; } = nextStep;
}
