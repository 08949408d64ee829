using Openclawssy.Runtime.Toolkit;

namespace Openclawssy.Runtime.Workspaces;

/// <summary>Where in the workspace a given path points, by its words alone.</summary>
/// <param name="Parts">Names from the workspace's root; none is the workspace itself.</param>
readonly record struct Place(WorkspacePath Asked, IReadOnlyList<string> Parts)
{
    public bool IsWorkspace => Parts.Count == 0;

    /// <summary>The last name, as the kernel wants it.</summary>
    public byte[] Name => Names.Bytes(Parts[^1]);

    public bool IsBelow(Place other)
    {
        if (other.Parts.Count >= Parts.Count) return false;
        for (var i = 0; i < other.Parts.Count; i++)
            if (other.Parts[i] != Parts[i]) return false;
        return true;
    }

    public bool IsSameAs(Place other) => Parts.SequenceEqual(other.Parts, StringComparer.Ordinal);
}

/// <summary>Names between text and what the kernel reads: UTF-8 that ends with a NUL.</summary>
static class Names
{
    public static byte[] Bytes(string name)
    {
        var bytes = new byte[System.Text.Encoding.UTF8.GetByteCount(name) + 1];
        System.Text.Encoding.UTF8.GetBytes(name, bytes);
        return bytes;
    }

    /// <summary>For people and for comparing; bytes that are no UTF-8 become replacement characters.</summary>
    public static string Text(ReadOnlySpan<byte> name) => System.Text.Encoding.UTF8.GetString(name[..^1]);
}
