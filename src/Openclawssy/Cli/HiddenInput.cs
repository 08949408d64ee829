using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Microsoft.Win32.SafeHandles;

namespace Openclawssy.Cli;

/// <summary>
/// One line typed at the terminal without being shown. The terminal hands over each byte as it comes (no echo, no line
/// discipline, no signals) and is put back as it was, whatever happens.
/// </summary>
static unsafe partial class HiddenInput
{
    const int StandardInput = 0, NowAndForget = 2;

    // struct termios of Linux, the same on x64 and arm64: four words of flags, one byte, 32 control characters, two speeds.
    const int LocalFlags = 12, ControlCharacters = 17, Time = 5, Minimum = 6, Size = 60;
    const uint Signals = 0x1, Lines = 0x2, Echo = 0x8;

    /// <summary>The line without its end; null when standard input is no terminal.</summary>
    /// <exception cref="CliException">Ctrl-C.</exception>
    public static byte[]? Ask(string prompt)
    {
        byte* before = stackalloc byte[Size], during = stackalloc byte[Size];
        if (Console.IsInputRedirected || tcgetattr(StandardInput, before) != 0) return null;
        Buffer.MemoryCopy(before, during, Size, Size);
        *(uint*)(during + LocalFlags) &= ~(Signals | Lines | Echo);
        (during[ControlCharacters + Time], during[ControlCharacters + Minimum]) = (0, 1);
        // Asked for only when nothing is shown any more: what was typed before was shown, and is forgotten.
        if (tcsetattr(StandardInput, NowAndForget, during) != 0) return null;
        using var error = Console.OpenStandardError();
        // The console's own stream would echo what it reads.
        using var keys = new FileStream(new SafeFileHandle(StandardInput, ownsHandle: false), FileAccess.Read, bufferSize: 0);
        try
        {
            error.Write(System.Text.Encoding.UTF8.GetBytes(prompt));
            return ReadLine(keys);
        }
        finally
        {
            _ = tcsetattr(StandardInput, NowAndForget, before);
            error.Write("\n"u8);
        }
    }

    /// <summary>Backspace, Ctrl-U, Ctrl-C, Ctrl-D and Enter mean what they mean elsewhere.</summary>
    internal static byte[] ReadLine(Stream keys)
    {
        var line = GC.AllocateArray<byte>(64 * 1024, pinned: true);
        try
        {
            for (var length = 0; ;)
            {
                var key = keys.ReadByte();
                switch (key)
                {
                    case 3: throw new CliException("cancelled", null, ExitCodes.Interrupted);
                    case -1 or 4 or '\r' or '\n': return Pinned(line.AsSpan(0, length));
                    case 0x15: length = 0; break;
                    case 8 or 0x7f:
                        while (length > 0 && (line[--length] & 0xc0) == 0x80) { }
                        break;
                    default:
                        if (length == line.Length) throw CliException.Usage($"the line is longer than {line.Length} bytes", "give it by standard input");
                        line[length++] = (byte)key;
                        break;
                }
            }
        }
        finally { CryptographicOperations.ZeroMemory(line); }
    }

    static byte[] Pinned(ReadOnlySpan<byte> bytes)
    {
        var own = GC.AllocateArray<byte>(bytes.Length, pinned: true);
        bytes.CopyTo(own);
        return own;
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial int tcgetattr(int descriptor, byte* state);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int tcsetattr(int descriptor, int when, byte* state);
}
