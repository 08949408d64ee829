using Openclawssy.Runtime.Text;

namespace Openclawssy.Runtime.Secrets;

/// <summary>How a passphrase becomes a master key. Kept in the store's header, so that it can be made stronger one day.</summary>
/// <param name="Kdf">Always <c>argon2id</c> (RFC 9106).</param>
public sealed record Stretching(string Kdf, int MemoryKib, int Passes, int Lanes, byte[] Salt)
{
    const string Argon2id = "argon2id";

    /// <summary>64 MiB, three passes, one lane: RFC 9106's second recommended choice with one lane for small machines.</summary>
    public static Stretching New(Randomness randomness)
    {
        var salt = new byte[16];
        randomness(salt);
        return new(Argon2id, 64 * 1024, 3, 1, salt);
    }

    /// <summary>The header is read before it can be verified: what it asks for must not hang or fill the machine.</summary>
    internal bool IsSound => Kdf == Argon2id && MemoryKib is >= 8 * 1024 and <= 1024 * 1024 && Passes is >= 1 and <= 16 && Lanes is >= 1 and <= 16 && Salt.Length is >= 16 and <= 64;
}

/// <summary>Computes 32 bytes from a passphrase. Handed in by the program, which has the library.</summary>
public delegate byte[] Stretch(byte[] passphrase, Stretching how);
