using System.Buffers;
using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Openclawssy.Runtime.Text;

namespace Openclawssy.Runtime.Secrets;

/// <summary>
/// One record as the store's file has it. The value is sealed under a key of its own, together with the store, the name, the
/// version, the time and the binding: none of them can be exchanged with another record's, or another store's.
/// </summary>
/// <param name="Hosts">Everything it is bound to: hosts, and variables of commands with their mark.</param>
sealed record StoredSecret(string Name, int Version, DateTimeOffset CreatedAt, IReadOnlyList<string> Hosts, string? Header, byte[] Salt, byte[] Nonce, byte[] Ciphertext, byte[] Tag)
{
    public static StoredSecret Seal(MasterKey key, string store, SecretFacts facts, SecretValue value, Randomness randomness)
    {
        var record = new StoredSecret(facts.Name.ToString(), facts.Version, facts.CreatedAt, facts.Binding?.Places ?? [], facts.Binding?.Header,
            new byte[Sealing.SaltBytes], new byte[Sealing.NonceBytes], new byte[value.Utf8.Length], new byte[Sealing.TagBytes]);
        randomness(record.Salt);
        randomness(record.Nonce);
        Span<byte> own = stackalloc byte[Sealing.KeyBytes];
        key.DeriveRecordKey(record.Salt, own);
        Sealing.Seal(own, record.Nonce, value.Utf8, record.Associated(store), record.Ciphertext, record.Tag);
        CryptographicOperations.ZeroMemory(own);
        return record;
    }

    /// <exception cref="SecretException"><c>secrets.altered</c>.</exception>
    public SecretValue Open(MasterKey key, string store)
    {
        Span<byte> own = stackalloc byte[Sealing.KeyBytes];
        key.DeriveRecordKey(Salt, own);
        var plain = GC.AllocateArray<byte>(Ciphertext.Length, pinned: true);
        try
        {
            return Sealing.TryOpen(own, Nonce, Ciphertext, Tag, Associated(store), plain) ? SecretValue.Take(plain) : throw StoreFile.Altered($"its secret \"{OneLine.Escape(Name, SecretName.MaxLength)}\"");
        }
        finally
        {
            CryptographicOperations.ZeroMemory(own);
            CryptographicOperations.ZeroMemory(plain);
        }
    }

    public SecretFacts Facts() => new(
        SecretName.TryParse(Name, out var name) ? name : throw StoreFile.Altered("a name in it"), Version, CreatedAt, Hosts.Count > 0 && Header is not null ? SecretBinding.OfPlaces(Hosts, Header) : null);

    // Every part with its length before it, so that no two records have the same bytes.
    byte[] Associated(string store)
    {
        var bytes = new ArrayBufferWriter<byte>(256);
        foreach (var part in (string[])[store, Name, Version.ToString(CultureInfo.InvariantCulture), CreatedAt.ToString("O", CultureInfo.InvariantCulture), Header ?? "", .. Hosts])
        {
            BinaryPrimitives.WriteInt32LittleEndian(bytes.GetSpan(4), Encoding.UTF8.GetByteCount(part));
            bytes.Advance(4);
            bytes.Advance(Encoding.UTF8.GetBytes(part, bytes.GetSpan(Encoding.UTF8.GetMaxByteCount(part.Length))));
        }
        return bytes.WrittenSpan.ToArray();
    }
}
