using System.Security.Cryptography;

namespace Openclawssy.Runtime.Secrets;

/// <summary>
/// The three primitives everything here is made of: HKDF-SHA256 (RFC 5869), AES-GCM with 96-bit nonces and 128-bit tags (NIST SP
/// 800-38D), HMAC-SHA256 (RFC 2104). The published test vectors are run through these very methods.
/// </summary>
static class Sealing
{
    public const int KeyBytes = 32, SaltBytes = 32, NonceBytes = 12, TagBytes = 16, MacBytes = 32;

    public static void Derive(ReadOnlySpan<byte> key, ReadOnlySpan<byte> salt, ReadOnlySpan<byte> info, Span<byte> into) =>
        HKDF.DeriveKey(HashAlgorithmName.SHA256, key, into, salt, info);

    public static void Seal(ReadOnlySpan<byte> key, ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> plain, ReadOnlySpan<byte> associated, Span<byte> sealedText, Span<byte> tag)
    {
        using var cipher = new AesGcm(key, TagBytes);
        cipher.Encrypt(nonce, plain, sealedText, tag, associated);
    }

    /// <summary>False, and nothing in <paramref name="plain"/>, when any part is not what was sealed.</summary>
    public static bool TryOpen(ReadOnlySpan<byte> key, ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> sealedText, ReadOnlySpan<byte> tag, ReadOnlySpan<byte> associated, Span<byte> plain)
    {
        if (nonce.Length != NonceBytes || tag.Length != TagBytes) return false;
        using var cipher = new AesGcm(key, TagBytes);
        try
        {
            cipher.Decrypt(nonce, sealedText, tag, plain, associated);
            return true;
        }
        catch (AuthenticationTagMismatchException)
        {
            CryptographicOperations.ZeroMemory(plain);
            return false;
        }
    }

    public static void Mac(ReadOnlySpan<byte> key, ReadOnlySpan<byte> data, Span<byte> into) => HMACSHA256.HashData(key, data, into);
}
