using System.Buffers;
using Microsoft.Win32.SafeHandles;
using Openclawssy.Runtime.Toolkit;

namespace Openclawssy.Runtime.Workspaces;

/// <summary>
/// A file's new content, written beside the old one, put on disk, and then renamed over it: a reader, a crash or a full disk
/// sees the old file or the new one.
/// </summary>
static class Replacement
{
    const uint NewFileMode = 0x180; // 0600
    const int ChunkBytes = 256 * 1024;

    /// <param name="folder">The folder both names are in, opened through the guard.</param>
    /// <param name="existing">What stands there now; null demands that nothing does at the moment of the rename.</param>
    /// <param name="head">A file whose first <paramref name="headBytes"/> bytes come before <paramref name="tail"/>.</param>
    /// <returns>False when something else has appeared under the name meanwhile: look again.</returns>
    public static bool Put(
        SafeFileHandle folder, Place place, EntryStat? existing, SafeFileHandle? head, long headBytes, ReadOnlySpan<byte> tail, string action, CancellationToken cancellationToken)
    {
        var name = place.Name;
        var temp = Create(folder, place, action, out var file);
        try
        {
            using (file)
            {
                if (head is not null) Copy(head, headBytes, file, place, action, cancellationToken);
                Demand(Kernel.WriteAll(file, tail));
                if (existing is { } old) Keep(file, old);
                cancellationToken.ThrowIfCancellationRequested();
                Demand(Kernel.Sync(file));
            }
            var error = Kernel.Rename(folder, temp, folder, name, replace: existing is not null);
            // Some file systems cannot refuse to replace; nothing is followed there either, only the newest write wins.
            if (error == Errno.Invalid && existing is null) error = Kernel.Rename(folder, temp, folder, name, replace: true);
            if (error == Errno.Exists)
            {
                Kernel.RemoveName(folder, temp, isFolder: false);
                return false;
            }
            Demand(error);
        }
        catch
        {
            Kernel.RemoveName(folder, temp, isFolder: false);
            throw;
        }
        SyncFolder(folder, place, action);
        return true;

        void Demand(int error)
        {
            if (error != 0) throw Refusal.Of(error, place.Asked, action);
        }
    }

    /// <summary>Puts names on disk. Called after the change: when it fails, the change is there but may be lost with the power.</summary>
    public static void SyncFolder(SafeFileHandle folder, Place place, string action)
    {
        var error = Kernel.Sync(folder);
        if (error == 0) return;
        var refusal = Refusal.Of(error, place.Asked, action);
        throw ToolException.Failed($"{refusal.Message} (the change was made, but it is not certain that it is on disk)", refusal.Retryable, place.Asked.Given);
    }

    static byte[] Create(SafeFileHandle folder, Place place, string action, out SafeFileHandle file)
    {
        while (true)
        {
            var temp = TempName.Next();
            if (Kernel.OpenOne(folder, temp, Flag.WriteOnly | Flag.Create | Flag.Exclusive, NewFileMode, out var error) is { } opened)
            {
                // Held while it is written: a sweep by another installation on the same workspace leaves it alone.
                Kernel.Lock(opened, alone: true);
                file = opened;
                return temp;
            }
            if (error == Errno.Exists) continue;
            throw error == Errno.NoEntry
                ? ToolException.Failed($"cannot {action} {Refusal.Quoted(place.Asked)}: its folder is being removed", retryable: true, place.Asked.Given)
                : Refusal.Of(error, place.Asked, action);
        }
    }

    static void Copy(SafeFileHandle from, long bytes, SafeFileHandle to, Place place, string action, CancellationToken cancellationToken)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(ChunkBytes);
        try
        {
            for (long at = 0; at < bytes;)
            {
                cancellationToken.ThrowIfCancellationRequested();
                var read = Kernel.Read(from, buffer.AsSpan(0, (int)Math.Min(buffer.Length, bytes - at)), at, out var error);
                if (read == 0) throw ToolException.Failed($"cannot {action} {Refusal.Quoted(place.Asked)}: the file became shorter meanwhile", retryable: true, place.Asked.Given);
                if (read > 0) error = Kernel.WriteAll(to, buffer.AsSpan(0, read));
                if (error != 0) throw Refusal.Of(error, place.Asked, action);
                at += read;
            }
        }
        finally { ArrayPool<byte>.Shared.Return(buffer); }
    }

    /// <summary>Keeps mode and owner. The owner first: giving a file away takes bits from its mode.</summary>
    static void Keep(SafeFileHandle file, in EntryStat old)
    {
        if (Kernel.Look(file, out var fresh) == 0 && (fresh.User != old.User || fresh.Group != old.Group))
        {
            // Who may not keep the owner still keeps the group where possible; the content is what was asked for.
            if (Kernel.SetOwner(file, old.User, old.Group) != 0) Kernel.SetOwner(file, uint.MaxValue, old.Group);
        }
        if (old.Permissions != NewFileMode) Kernel.SetMode(file, old.Permissions);
    }
}
