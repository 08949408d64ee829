using Microsoft.Win32.SafeHandles;
using Openclawssy.Runtime.Toolkit;

namespace Openclawssy.Runtime.Workspaces;

/// <summary>Changing one workspace, for one permitted call.</summary>
/// <remarks>
/// New files are readable by their owner only (0600); existing ones keep mode and owner, not their extended attributes, because
/// the content comes in a new file. Files with several hard links, links and special files are refused, not replaced.
/// </remarks>
sealed partial class Editor(Guard guard, Protection protection, WriterLock order, LiveWriters writers, Permit permit) : IWorkspaceEdits
{
    /// <summary>
    /// Up to this size, 8 MiB, an appended file is replaced whole, so that it is old or new even when the process is killed. A
    /// larger one gets one write at its end: an error takes that back, but a kill or a power cut can leave a part of it.
    /// </summary>
    public const int ReplacedWholeBytes = 8 * 1024 * 1024;

    public bool Write(WorkspacePath path, ReadOnlyMemory<byte> content, CancellationToken cancellationToken)
    {
        const string action = "write";
        var place = Locate(path, action);
        using var turn = Begin(alone: false, cancellationToken);
        using var folder = guard.OpenFolderOf(place, action)!;
        for (var attempt = 0; attempt < Kernel.Attempts; attempt++)
        {
            var existing = LookWritable(folder, place, action);
            if (Replacement.Put(folder, place, existing, null, 0, content.Span, action, cancellationToken)) return existing is null;
        }
        throw Unsteady(place, action);
    }

    public long Append(WorkspacePath path, ReadOnlyMemory<byte> content, CancellationToken cancellationToken)
    {
        const string action = "append to";
        var place = Locate(path, action);
        using var turn = Begin(alone: true, cancellationToken);
        using var folder = guard.OpenFolderOf(place, action)!;
        for (var attempt = 0; attempt < Kernel.Attempts; attempt++)
        {
            if (LookWritable(folder, place, action) is null)
            {
                if (Replacement.Put(folder, place, null, null, 0, content.Span, action, cancellationToken)) return content.Length;
                continue;
            }
            using var old = guard.OpenFileIn(folder, place, 0, action, out var stat);
            if (stat.SizeBytes > ReplacedWholeBytes - content.Length) return AppendInPlace(folder, place, content.Span);
            if (Replacement.Put(folder, place, stat, old, stat.SizeBytes, content.Span, action, cancellationToken)) return stat.SizeBytes + content.Length;
        }
        throw Unsteady(place, action);
    }

    public void Rewrite(WorkspacePath path, int maxBytes, Func<ReadOnlyMemory<byte>, ReadOnlyMemory<byte>> change, CancellationToken cancellationToken)
    {
        const string action = "edit";
        var place = Locate(path, action);
        using var turn = Begin(alone: true, cancellationToken);
        using var folder = guard.OpenFolderOf(place, action)!;
        var existing = LookWritable(folder, place, action) ?? throw Refusal.Missing(path);
        byte[] content;
        using (var file = guard.OpenFileIn(folder, place, 0, action, out existing))
        {
            if (existing.SizeBytes > maxBytes)
                throw ToolException.InvalidInput($"cannot edit {Refusal.Quoted(path)}: it has {existing.SizeBytes} bytes, the limit is {maxBytes}", path.Given);
            content = new byte[existing.SizeBytes];
            for (var read = 0; read < content.Length;)
            {
                cancellationToken.ThrowIfCancellationRequested();
                var length = Kernel.Read(file, content.AsSpan(read), read, out var error);
                if (length < 0) throw Refusal.Of(error, path, action);
                if (length == 0) throw Unsteady(place, action);
                read += length;
            }
        }
        Replacement.Put(folder, place, existing, null, 0, change(content).Span, action, cancellationToken);
    }

    long AppendInPlace(SafeFileHandle folder, Place place, ReadOnlySpan<byte> content)
    {
        const string action = "append to";
        using var file = guard.OpenFileIn(folder, place, Flag.WriteOnly | Flag.Append, action, out var stat);
        var error = Kernel.WriteAll(file, content);
        if (error == 0) error = Kernel.Sync(file);
        if (error == 0) return stat.SizeBytes + content.Length;
        Kernel.Truncate(file, stat.SizeBytes);
        throw Refusal.Of(error, place.Asked, action);
    }

    /// <summary>Where a change would happen, once its words are allowed: no protected name, not the workspace itself.</summary>
    Place Locate(WorkspacePath path, string action)
    {
        var place = guard.Locate(path);
        if (place.IsWorkspace) throw ToolException.Denied($"cannot {action} the workspace itself; name something in it", path.Given);
        protection.DemandChangeable(place.Parts, path, permit.Agent);
        return place;
    }

    WriterLock.Turn Begin(bool alone, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        permit.Demand(Reach.WritesFiles);
        writers.Join(cancellationToken);
        var turn = alone ? order.Alone(cancellationToken) : order.Together(cancellationToken);
        try
        {
            guard.DemandApart();
            // Waiting for a turn can outlast the call.
            permit.Demand(Reach.WritesFiles);
            return turn;
        }
        catch
        {
            turn.Dispose();
            throw;
        }
    }

    /// <summary>What would be replaced, or null; refuses what is no plain file or is not ours to write.</summary>
    EntryStat? LookWritable(SafeFileHandle folder, Place place, string action)
    {
        if (Guard.Look(folder, place, action) is not { } stat) return null;
        if (Refusal.UnlessPlainFile(stat, guard.RootStat, place.Asked, action) is { } refusal) throw refusal;
        // Replacing needs no right to the file, so a read-only file is asked for its own consent.
        var error = Kernel.MayWrite(folder, place.Name);
        return error is 0 or Errno.NoEntry ? stat : throw Refusal.Of(error, place.Asked, action);
    }

    static ToolException Unsteady(Place place, string action) =>
        ToolException.Failed($"cannot {action} {Refusal.Quoted(place.Asked)}: something else keeps changing it; try again", retryable: true, place.Asked.Given);
}
