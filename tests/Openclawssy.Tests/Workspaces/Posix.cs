using System.Runtime.InteropServices;

namespace Openclawssy.Tests.Workspaces;

/// <summary>What an attacker or an administrator can do that the framework cannot.</summary>
static partial class Posix
{
    const int Cwd = -100;

    public static void Exchange(string left, string right) => renameat2(Cwd, left, Cwd, right, 2);

    public static void MakePipe(string path) => Assert(mkfifo(path, 0x1b6));

    /// <summary>False where this process may not.</summary>
    public static bool TryMakeDevice(string path) => mknod(path, 0x2000 | 0x1b6, (1 << 8) | 3) == 0; // /dev/null

    public static void HardLink(string existing, string path) => Assert(link(existing, path));

    public static bool TryMountMemory(string folder, string size) => mount("tmpfs", folder, "tmpfs", 0, "size=" + size) == 0;

    public static bool TryBind(string from, string folder) => mount(from, folder, "none", 4096, null) == 0;

    public static void Unmount(string folder) => umount2(folder, 2);

    static void Assert(int result)
    {
        if (result != 0) throw new IOException($"error {Marshal.GetLastPInvokeError()}");
    }

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int renameat2(int from, string name, int to, string newName, uint flags);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int mkfifo(string path, uint mode);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int mknod(string path, uint mode, ulong device);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int link(string existing, string path);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int mount(string source, string target, string type, ulong flags, string? data);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int umount2(string target, int flags);
}
