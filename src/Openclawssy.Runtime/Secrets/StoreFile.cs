using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Openclawssy.Runtime.Secrets;

/// <summary>What the file says before its MAC.</summary>
/// <param name="Store">The store's random id.</param>
/// <param name="Generation">1 with the first change, one more with each.</param>
/// <param name="KeyId">Names the master key.</param>
/// <param name="Passphrase">How the key is made from a passphrase; null when it is a key of its own.</param>
/// <param name="Secrets">In the order of their names, none twice.</param>
/// <param name="MarksHeads">True once the audit's heads carry a MAC of this store's key: from then on one without is a false one. Under the store's own MAC, so nobody else can take it back.</param>
sealed record StoreBody(int V, string Store, long Generation, string KeyId, Stretching? Passphrase, IReadOnlyList<StoredSecret> Secrets, bool? MarksHeads = null)
{
    public const int Version = 1;
}

/// <summary>
/// The bytes of <c>secrets.enc</c>: one JSON object whose last member is the HMAC of every byte before it. A MAC over the
/// bytes, not over their meaning, leaves nothing in the file that could be changed unseen.
/// </summary>
static class StoreFile
{
    public const int MaxBytes = 4 * 1024 * 1024;

    static readonly int tailBytes = Tail(new string('0', 2 * Sealing.MacBytes)).Length;

    static byte[] Tail(string mac) => Encoding.ASCII.GetBytes($",\"mac\":\"{mac}\"}}\n");

    public static byte[] Write(StoreBody body, MasterKey key, out string mac)
    {
        var json = JsonSerializer.SerializeToUtf8Bytes(body, StoreJson.Default.StoreBody);
        var covered = json.AsSpan(..^1);
        mac = MacOf(covered, body, key);
        byte[] file = [.. covered, .. Tail(mac)];
        if (file.Length > MaxBytes) throw new SecretException(SecretErrorCodes.Invalid, $"the secret store would be longer than {MaxBytes} bytes", "remove secrets nobody needs");
        return file;
    }

    /// <summary>Reads without believing: what is needed to find the key, and the records, still sealed.</summary>
    /// <exception cref="SecretException"><c>secrets.altered</c>.</exception>
    public static StoreBody Parse(ReadOnlySpan<byte> file)
    {
        if (file.Length <= tailBytes) throw Altered("its end");
        byte[] json = [.. file[..^tailBytes], (byte)'}'];
        try
        {
            if (JsonSerializer.Deserialize(json, StoreJson.Default.StoreBody) is { Store: not null, KeyId: not null, Secrets: not null } body && body.V == StoreBody.Version
                && body.Passphrase is null or { IsSound: true } && body.Secrets.All(IsWhole)) return body;
        }
        catch (JsonException) { }
        throw Altered("its form");
    }

    static bool IsWhole(StoredSecret? secret) => secret is { Name: not null, Hosts: not null, Salt: not null, Nonce: not null, Ciphertext: not null, Tag: not null };

    /// <exception cref="SecretException"><c>secrets.altered</c>.</exception>
    public static string Verify(ReadOnlySpan<byte> file, StoreBody body, MasterKey key)
    {
        var mac = MacOf(file[..^tailBytes], body, key);
        if (!CryptographicOperations.FixedTimeEquals(file[^tailBytes..], Tail(mac))) throw Altered("its MAC");
        return mac;
    }

    static string MacOf(ReadOnlySpan<byte> covered, StoreBody body, MasterKey key)
    {
        Span<byte> mac = stackalloc byte[Sealing.MacBytes];
        key.Mac(body.Store, covered, mac);
        return Convert.ToHexStringLower(mac);
    }

    public static SecretException Altered(string what) => new(SecretErrorCodes.Altered, $"the secret store is not what was written ({what} is wrong)",
        "restore it from a backup, or move it away and set the secrets again; the backup must not be older than the last change");
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow, AllowDuplicateProperties = false,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, RespectRequiredConstructorParameters = false)]
[JsonSerializable(typeof(StoreBody))]
sealed partial class StoreJson : JsonSerializerContext;
