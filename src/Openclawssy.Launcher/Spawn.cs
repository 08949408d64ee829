using System.Runtime.InteropServices;

namespace Openclawssy.Launcher;

/// <summary>Starts another program from this one. The C library does it in one step, so no code of the runtime ever runs between fork and exec.</summary>
static unsafe class Spawn
{
    // POSIX_SPAWN_SETSIGDEF, _SETSIGMASK, _SETSID; the structures are opaque and smaller than this.
    const short Flags = 0x04 | 0x08 | 0x80;
    const int Opaque = 1024;

    /// <param name="descriptors">What the new program finds where; everything else is closed.</param>
    /// <returns>Its process number.</returns>
    /// <exception cref="StageException">It could not be started.</exception>
    public static int Start(string program, IReadOnlyList<string> arguments, IReadOnlyList<(int From, int To)> descriptors)
    {
        var actions = (byte*)NativeMemory.AllocZeroed(Opaque);
        var attributes = (byte*)NativeMemory.AllocZeroed(Opaque);
        var signals = stackalloc byte[128];
        Libc.posix_spawn_file_actions_init(actions);
        Libc.posix_spawnattr_init(attributes);
        Libc.posix_spawnattr_setflags(attributes, Flags);
        new Span<byte>(signals, 128).Clear();
        Libc.posix_spawnattr_setsigmask(attributes, signals);
        Libc.sigfillset(signals);
        Libc.posix_spawnattr_setsigdefault(attributes, signals);
        foreach (var (from, to) in descriptors)
            if (Libc.posix_spawn_file_actions_adddup2(actions, from, to) is var refused and not 0) throw new StageException("spawn", refused);
        int process;
        var error = Libc.posix_spawn(&process, Libc.Text(program), actions, attributes, Libc.Texts(arguments), Libc.Texts([]));
        return error == 0 ? process : throw new StageException("spawn", error);
    }

    /// <summary>A copy of a descriptor above all numbers a child is promised, so that placing one cannot cover another.</summary>
    public static int Aside(int descriptor)
    {
        var copy = Libc.fcntl(descriptor, 1030, 200);
        Libc.close(descriptor);
        return copy >= 0 ? copy : throw new StageException("descriptor", Libc.LastError);
    }
}
