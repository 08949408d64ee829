using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Openclawssy.Tests.Sandboxes;

static partial class Posix
{
    /// <summary>Lets a descriptor be inherited by programs this process starts.</summary>
    public static bool Inherit(SafeFileHandle handle, bool off = false) => fcntl(handle, 2, off ? 1 : 0) == 0;

    [LibraryImport("libc")]
    private static partial int fcntl(SafeFileHandle descriptor, int command, nint argument);
}
