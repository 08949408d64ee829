using System.Runtime.InteropServices;

namespace Openclawssy.Launcher;

/// <summary>The calls this program is made of. Only numbers and pointers cross, so nothing is converted or allocated on the way.</summary>
static unsafe partial class Libc
{
    public const int CloseOnExec = 0x80000, PathOnly = 0x200000, WriteOnly = 1, DirectoryOnX64 = 0x10000, DirectoryOnArm64 = 0x4000;

    public static int Directory => SystemCall.IsArm64 ? DirectoryOnArm64 : DirectoryOnX64;

    public static int LastError => Marshal.GetLastPInvokeError();

    /// <summary>UTF-8 with the final NUL, in memory that is never freed: the process ends or becomes another one.</summary>
    public static byte* Text(string text) => (byte*)Marshal.StringToCoTaskMemUTF8(text);

    /// <summary>A vector of texts with the final null pointer.</summary>
    public static byte** Texts(IReadOnlyList<string> texts)
    {
        var vector = (byte**)NativeMemory.AllocZeroed((nuint)texts.Count + 1, (nuint)sizeof(nint));
        for (var i = 0; i < texts.Count; i++) vector[i] = Text(texts[i]);
        return vector;
    }

    /// <summary>Opens an address; negative is the error number.</summary>
    public static int Open(string address, int flags)
    {
        var opened = open(Text(address), flags | CloseOnExec, 0);
        return opened >= 0 ? opened : -LastError;
    }

    /// <summary>Opens a relative path without following any link and without leaving the folder; negative is the error number.</summary>
    public static int OpenBeneath(int folder, string path, int flags)
    {
        // RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS
        var how = stackalloc ulong[3] { (ulong)(uint)(flags | CloseOnExec), 0, 0x08 | 0x04 | 0x02 };
        var opened = (int)syscall(SystemCall.OpenAt2, folder, (nint)Text(path.Length == 0 ? "." : path), (nint)how, 24, 0);
        return opened >= 0 ? opened : -LastError;
    }

    /// <summary>Where a link leads, as it is written; null when it is none.</summary>
    public static string? LinkTarget(string address)
    {
        var buffer = stackalloc byte[4096];
        // readlinkat(AT_FDCWD, …)
        var length = (int)syscall(SystemCall.IsArm64 ? 78 : 267, -100, (nint)Text(address), (nint)buffer, 4096, 0);
        return length > 0 ? System.Text.Encoding.UTF8.GetString(buffer, length) : null;
    }

    public static bool WriteAll(int descriptor, ReadOnlySpan<byte> bytes)
    {
        fixed (byte* from = bytes)
            for (var done = 0; done < bytes.Length;)
            {
                var written = write(descriptor, from + done, bytes.Length - done);
                if (written < 0 && LastError != 4) return false;
                if (written > 0) done += (int)written;
            }
        return true;
    }

    /// <summary>Reads until the buffer is full or the end; returns what came.</summary>
    public static int ReadAll(int descriptor, Span<byte> into)
    {
        var done = 0;
        fixed (byte* to = into)
            while (done < into.Length)
            {
                var got = read(descriptor, to + done, into.Length - done);
                if (got == 0 || (got < 0 && LastError != 4)) break;
                if (got > 0) done += (int)got;
            }
        return done;
    }

    /// <summary>A small text of the kernel's, at most 64 KiB; empty when it cannot be read.</summary>
    public static string ReadText(string address)
    {
        var file = Open(address, 0);
        if (file < 0) return "";
        var buffer = new byte[64 * 1024];
        var length = ReadAll(file, buffer);
        close(file);
        return System.Text.Encoding.UTF8.GetString(buffer, 0, length);
    }

    public static bool WriteText(string address, string text)
    {
        var file = Open(address, WriteOnly);
        if (file < 0) return false;
        var written = WriteAll(file, System.Text.Encoding.UTF8.GetBytes(text));
        close(file);
        return written;
    }

    [LibraryImport("libc", SetLastError = true)] public static partial nint syscall(nint number, nint first, nint second, nint third, nint fourth, nint fifth);
    [LibraryImport("libc", SetLastError = true)] public static partial int open(byte* path, int flags, int mode);
    [LibraryImport("libc", SetLastError = true)] public static partial nint read(int descriptor, byte* into, nint size);
    [LibraryImport("libc", SetLastError = true)] public static partial nint write(int descriptor, byte* from, nint size);
    [LibraryImport("libc", SetLastError = true)] public static partial long lseek(int descriptor, long offset, int from);
    [LibraryImport("libc")] public static partial int close(int descriptor);
    [LibraryImport("libc", SetLastError = true)] public static partial int pipe2(int* pair, int flags);
    [LibraryImport("libc", SetLastError = true)] public static partial int fcntl(int descriptor, int command, nint argument);
    [LibraryImport("libc", SetLastError = true)] public static partial int ioctl(int descriptor, nint command, nint argument);
    [LibraryImport("libc", SetLastError = true)] public static partial int fchdir(int folder);
    [LibraryImport("libc", SetLastError = true)] public static partial int mkdir(byte* path, uint mode);
    [LibraryImport("libc", SetLastError = true)] public static partial int rmdir(byte* path);
    [LibraryImport("libc", SetLastError = true)] public static partial int prctl(int option, nint first, nint second, nint third, nint fourth);
    [LibraryImport("libc", SetLastError = true)] public static partial int setrlimit(int resource, ulong* limit);
    [LibraryImport("libc", SetLastError = true)] public static partial int getrusage(int who, long* usage);
    [LibraryImport("libc", SetLastError = true)] public static partial int poll(PollEntry* entries, nuint count, int milliseconds);
    [LibraryImport("libc", SetLastError = true)] public static partial int waitpid(int process, int* status, int options);
    [LibraryImport("libc", SetLastError = true)] public static partial int kill(int process, int signal);
    [LibraryImport("libc", SetLastError = true)] public static partial int execve(byte* path, byte** arguments, byte** environment);
    [LibraryImport("libc", SetLastError = true)] public static partial nint signal(int number, nint handler);
    [LibraryImport("libc", SetLastError = true)] public static partial int sigprocmask(int how, byte* set, byte* old);
    [LibraryImport("libc", SetLastError = true)] public static partial int socket(int family, int kind, int protocol);
    [LibraryImport("libc", SetLastError = true)] public static partial int connect(int descriptor, byte* address, uint size);
    [LibraryImport("libc", SetLastError = true)] public static partial int bind(int descriptor, byte* address, uint size);
    [LibraryImport("libc", SetLastError = true)] public static partial int listen(int descriptor, int backlog);
    [LibraryImport("libc", SetLastError = true)] public static partial nint sendmsg(int descriptor, byte* message, int flags);
    [LibraryImport("libc")] public static partial int getpid();
    [LibraryImport("libc")] public static partial int getppid();
    [LibraryImport("libc")] public static partial uint getuid();
    [LibraryImport("libc")] public static partial int sigfillset(byte* set);
    [LibraryImport("libc")] public static partial int posix_spawn(int* process, byte* path, byte* actions, byte* attributes, byte** arguments, byte** environment);
    [LibraryImport("libc")] public static partial int posix_spawn_file_actions_init(byte* actions);
    [LibraryImport("libc")] public static partial int posix_spawn_file_actions_adddup2(byte* actions, int from, int to);
    [LibraryImport("libc")] public static partial int posix_spawnattr_init(byte* attributes);
    [LibraryImport("libc")] public static partial int posix_spawnattr_setflags(byte* attributes, short flags);
    [LibraryImport("libc")] public static partial int posix_spawnattr_setsigdefault(byte* attributes, byte* set);
    [LibraryImport("libc")] public static partial int posix_spawnattr_setsigmask(byte* attributes, byte* set);

    [StructLayout(LayoutKind.Sequential)]
    public struct PollEntry
    {
        public int Descriptor;
        public short Wanted, Got;
    }
}
