using Konscious.Security.Cryptography;
using Openclawssy.Runtime.Secrets;

namespace Openclawssy;

/// <summary>Passphrases made into keys with Argon2id (RFC 9106). Takes half a second, which is the point.</summary>
static class Passphrases
{
    public static byte[] Stretch(byte[] passphrase, Stretching how)
    {
        using var argon = new Argon2id(passphrase) { Salt = how.Salt, MemorySize = how.MemoryKib, Iterations = how.Passes, DegreeOfParallelism = how.Lanes };
        return argon.GetBytes(32);
    }
}
