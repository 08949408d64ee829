using System.Buffers;
using System.Buffers.Binary;
using Microsoft.Win32.SafeHandles;
using Openclawssy.Runtime.Toolkit;

namespace Openclawssy.Runtime.Workspaces;

/// <summary>The raw entries of one open folder, read from its handle: no path is resolved on the way. <c>.</c> and <c>..</c> are left out.</summary>
ref struct FolderEntries(SafeFileHandle folder) : IDisposable
{
    readonly byte[] buffer = ArrayPool<byte>.Shared.Rent(32 * 1024);
    int position, length;
    int type;

    /// <summary>The current name in the kernel's form, with its NUL; good until the next step.</summary>
    public ReadOnlySpan<byte> Name { get; private set; }

    /// <summary>The error that ended the reading; 0 is its natural end.</summary>
    public int Error { get; private set; }

    /// <summary>The current entry's kind where the file system told it, else null: look at it.</summary>
    public readonly EntryKind? Kind => type switch
    {
        8 => EntryKind.File,
        4 => EntryKind.Directory,
        10 => EntryKind.Link,
        0 => null,
        _ => EntryKind.Other,
    };

    public bool Next()
    {
        while (true)
        {
            if (position == length)
            {
                length = Kernel.ReadFolder(folder, buffer, out var error);
                position = 0;
                if (length <= 0)
                {
                    // A folder that was removed while it was open has no entries left.
                    (length, Error) = (0, error == Errno.NoEntry ? 0 : error);
                    return false;
                }
            }
            // struct linux_dirent64: inode and offset (8 bytes each), record length (2), type (1), name with a NUL.
            var record = buffer.AsSpan(position, BinaryPrimitives.ReadUInt16LittleEndian(buffer.AsSpan(position + 16)));
            position += record.Length;
            type = record[18];
            var name = record[19..];
            name = name[..(name.IndexOf((byte)0) + 1)];
            if (name.SequenceEqual(".\0"u8) || name.SequenceEqual("..\0"u8)) continue;
            Name = name;
            return true;
        }
    }

    public readonly void Dispose() => ArrayPool<byte>.Shared.Return(buffer);
}
