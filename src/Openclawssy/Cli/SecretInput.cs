using System.Security.Cryptography;
using Openclawssy.Runtime.Secrets;

namespace Openclawssy.Cli;

/// <summary>How values and passphrases come in: typed unseen and twice, or by standard input. Never as an argument.</summary>
static class SecretInput
{
    /// <summary>The bytes given, without one line break at the end. The caller overwrites them.</summary>
    /// <exception cref="CliException">Two different answers, or too much.</exception>
    public static byte[] Read(CommandContext context, string prompt)
    {
        if (!context.Surroundings.InputIsTerminal) return FromInput(context);
        var first = context.Surroundings.AskHidden(prompt) ?? throw CliException.Usage("nobody is there to ask", "give it by standard input");
        var second = context.Surroundings.AskHidden("once more: ") ?? [];
        var same = CryptographicOperations.FixedTimeEquals(first, second);
        CryptographicOperations.ZeroMemory(second);
        if (same) return first;
        CryptographicOperations.ZeroMemory(first);
        throw CliException.Usage("the two were not the same; nothing was changed", "try again");
    }

    static byte[] FromInput(CommandContext context)
    {
        var buffer = GC.AllocateArray<byte>(SecretValue.MaxBytes + 3, pinned: true);
        try
        {
            using var input = context.Surroundings.OpenInput();
            var read = input.ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false);
            var value = buffer.AsSpan(0, read);
            if (value is [.., (byte)'\r', (byte)'\n']) value = value[..^2];
            else if (value is [.., (byte)'\n']) value = value[..^1];
            var own = GC.AllocateArray<byte>(value.Length, pinned: true);
            value.CopyTo(own);
            return own;
        }
        finally { CryptographicOperations.ZeroMemory(buffer); }
    }
}
