using System.Security.Cryptography;
using System.Text;

namespace Openclawssy.Gateway.Tokens;

/// <summary>A token as the gateway keeps it: only its hash. What somebody presents is hashed and compared in constant time.</summary>
sealed class BearerToken
{
    /// <summary>Bytes of chance in a token the program makes: 256 bits.</summary>
    const int Strength = 32;

    /// <summary>What a token needs to be called strong: length and different characters. `change-me` has 9 and 9.</summary>
    public const int StrongLength = 22, StrongVariety = 10;

    readonly byte[] hash;
    BearerToken(byte[] hash) => this.hash = hash;

    public static BearerToken Of(string token) => new(SHA256.HashData(Encoding.UTF8.GetBytes(token)));

    /// <summary>From what <see cref="Hash"/> gave; null when the text is none.</summary>
    public static BearerToken? OfHash(string text) => text.Length == 64 && text.All(char.IsAsciiHexDigitLower) ? new(Convert.FromHexString(text)) : null;

    /// <summary>A new one, to be shown once.</summary>
    public static string NewText() => "oc_" + Convert.ToBase64String(RandomNumberGenerator.GetBytes(Strength)).TrimEnd('=').Replace('+', '-').Replace('/', '_');

    /// <summary>64 hex digits. Enough for a token of our own making; for a weak one it is as good as the token, so a weak one is never stored.</summary>
    public string Hash => Convert.ToHexStringLower(hash);

    /// <summary>How records name whoever holds it; says nothing of the token.</summary>
    public string Credential => $"token:{Hash[..8]}";

    public bool Accepts(string presented)
    {
        Span<byte> theirs = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes(presented), theirs);
        return CryptographicOperations.FixedTimeEquals(hash, theirs);
    }

    /// <summary>Whether a token given by hand could be guessed: a heuristic that lets through what a generator makes and nothing people think up quickly.</summary>
    public static bool IsWeak(string token) => token.Length < StrongLength || token.Distinct().Count() < StrongVariety;
}
