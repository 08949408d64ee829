using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Openclawssy.Runtime.Storage;

/// <summary>
/// The key the audit's heads carry a MAC of. It comes from the secret store's master key, so that who can rewrite every file
/// but not open the store cannot make a head that passes.
/// </summary>
/// <param name="name">Names the key without telling anything about it.</param>
public sealed class HeadKey(string name, byte[] key)
{
    public string Name => name;

    /// <param name="kept">The record from which on the head was kept without a break.</param>
    public HeadMac Mac(string installation, long kept, long seq, string hash) => new(name, kept, seq, hash, Of(installation, kept, seq, hash));

    public bool Made(HeadMac mac, string installation) =>
        mac.Key == name && CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(mac.Mac), Encoding.UTF8.GetBytes(Of(installation, mac.Kept, mac.Seq, mac.Hash)));

    // One part a line; none of them can hold a line feed unseen, because a hash is hexadecimal and numbers are numbers.
    string Of(string installation, long kept, long seq, string hash) => Convert.ToHexStringLower(HMACSHA256.HashData(key,
        Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"openclawssy/audit/head/v1\n{installation}\n{kept}\n{seq}\n{hash}"))));
}

/// <summary>One MAC of a head as the anchor keeps it.</summary>
/// <param name="Key">Name of the key it was made with.</param>
/// <param name="Kept">The record from which on the head was kept without a break; later than the first one when an anchor was lost or its key is younger than the audit.</param>
/// <param name="Seq">The record it vouches for, with every one before it.</param>
public sealed record HeadMac(string Key, long Kept, long Seq, string Hash, string Mac);

/// <summary>What a process can say about the MAC of heads.</summary>
/// <param name="Keys">Every one a head shall carry a MAC of; two while a store goes from one key to another. Empty when the store cannot be opened, or there is none.</param>
/// <param name="Demanded">The store itself says that heads carry the MAC: one without is not the head that was written.</param>
/// <param name="Missing">Why there is no key, for a person.</param>
public sealed record HeadKeys(IReadOnlyList<HeadKey> Keys, bool Demanded, string Missing = "")
{
    public static HeadKeys None { get; } = new([], false, "there is no secret store");

    public static HeadKeys Locked(string why) => new([], false, why);

    internal HeadKey? Of(HeadMac mac) => Keys.FirstOrDefault(key => key.Name == mac.Key);
}
