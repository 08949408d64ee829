using System.Buffers.Text;
using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;
using Openclawssy.Runtime.Storage;

namespace Openclawssy.Runtime.Secrets;

/// <summary>Where a master key came from.</summary>
public enum KeyOrigin { Credential, Variable, KeyFile, Passphrase, Given }

/// <summary>The key every other key of a store is derived from: 32 bytes in memory that is never moved, overwritten at the end.</summary>
public sealed class MasterKey : IDisposable
{
    /// <summary>Different byte values a random key of 32 bytes has at least (fewer has a chance below 1 in 10^26): less is a mistake or a joke.</summary>
    const int FewestDistinct = 8;

    [DebuggerBrowsable(DebuggerBrowsableState.Never)]
    readonly byte[] bytes = GC.AllocateArray<byte>(Sealing.KeyBytes, pinned: true);

    /// <param name="place">What messages call its source.</param>
    /// <exception cref="SecretException"><c>secrets.no_key</c>: too few, too many or too plain.</exception>
    public MasterKey(ReadOnlySpan<byte> key, KeyOrigin origin, string place)
    {
        if (key.Length != bytes.Length) throw Unusable(place);
        Span<bool> seen = stackalloc bool[256];
        foreach (var value in key) seen[value] = true;
        if (seen.Count(true) < FewestDistinct)
            throw new SecretException(SecretErrorCodes.NoKey, $"the master key from {place} is no random key", "take 32 random bytes, for example from `head -c 32 /dev/urandom | base64`");
        key.CopyTo(bytes);
        (Origin, Place) = (origin, place);
    }

    public KeyOrigin Origin { get; }
    public string Place { get; }

    /// <summary>True when it stands in the file a killed rekeying left beside the key file; the next writer puts it in place.</summary>
    internal bool IsNext { get; init; }

    /// <summary>Reads what people and systemd keep keys as: 64 hexadecimal digits, base64 of 32 bytes, or the 32 bytes themselves.</summary>
    /// <exception cref="SecretException"><c>secrets.no_key</c>.</exception>
    public static MasterKey Read(ReadOnlySpan<byte> text, KeyOrigin origin, string place, bool isNext = false)
    {
        Span<byte> key = stackalloc byte[Sealing.KeyBytes + 4];
        var length = 0;
        var trimmed = text.Trim(" \t\r\n"u8);
        try
        {
            if (text.Length == Sealing.KeyBytes) { text.CopyTo(key); length = Sealing.KeyBytes; }
            else if (trimmed.Length == 2 * Sealing.KeyBytes) { if (Convert.FromHexString(trimmed, key, out _, out length) != System.Buffers.OperationStatus.Done) length = 0; }
            else if (trimmed.Length <= Base64.GetMaxEncodedToUtf8Length(Sealing.KeyBytes) && Base64.DecodeFromUtf8(trimmed, key, out _, out length) != System.Buffers.OperationStatus.Done) length = 0;
            return new(key[..length], origin, place) { IsNext = isNext };
        }
        finally { CryptographicOperations.ZeroMemory(key); }
    }

    /// <summary>Names the key without telling anything about it, so that a wrong key is told from an altered store.</summary>
    internal string IdFor(string store)
    {
        Span<byte> id = stackalloc byte[16];
        Derive(store, "openclawssy/secrets/key-id/v1"u8, id);
        return Convert.ToHexStringLower(id);
    }

    internal void Mac(string store, ReadOnlySpan<byte> data, Span<byte> into)
    {
        Span<byte> key = stackalloc byte[Sealing.KeyBytes];
        Derive(store, "openclawssy/secrets/mac/v1"u8, key);
        Sealing.Mac(key, data, into);
        CryptographicOperations.ZeroMemory(key);
    }

    /// <summary>The key the audit's heads carry a MAC of; it opens nothing.</summary>
    internal HeadKey ForHeads(string store)
    {
        var key = new byte[Sealing.KeyBytes];
        Derive(store, "openclawssy/audit/head-mac/v1"u8, key);
        return new(IdFor(store), key);
    }

    /// <summary>The key of one record, by its random salt.</summary>
    internal void DeriveRecordKey(ReadOnlySpan<byte> salt, Span<byte> into) => Sealing.Derive(bytes, salt, "openclawssy/secret/v1"u8, into);

    /// <summary>As a key file keeps it: base64 and a line feed, in memory to be overwritten.</summary>
    internal byte[] ToFile()
    {
        var text = GC.AllocateArray<byte>(Base64.GetMaxEncodedToUtf8Length(bytes.Length) + 1, pinned: true);
        Base64.EncodeToUtf8(bytes, text, out _, out var length);
        text[length] = (byte)'\n';
        return text;
    }

    void Derive(string store, ReadOnlySpan<byte> info, Span<byte> into) => Sealing.Derive(bytes, Encoding.UTF8.GetBytes(store), info, into);

    public override string ToString() => $"[master key from {Place}]";

    public void Dispose() => CryptographicOperations.ZeroMemory(bytes);

    static SecretException Unusable(string place) => new(SecretErrorCodes.NoKey, $"the master key from {place} is not 32 bytes in base64 or hexadecimal",
        "`head -c 32 /dev/urandom | base64` makes one for a new store; an existing store needs the key it was written with");
}
