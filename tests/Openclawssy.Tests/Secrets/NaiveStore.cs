using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Openclawssy.Tests.Secrets;

/// <summary>
/// The store one writes first: every value sealed with AES-GCM under the one key, names and bindings beside it, nothing that
/// ties them together. The tampering tests must catch it.
/// </summary>
static class NaiveStore
{
    static readonly byte[] key = RandomNumberGenerator.GetBytes(32);

    public static byte[] Write(params (string Name, string Host, string Value)[] secrets)
    {
        var list = new JsonArray();
        foreach (var (name, host, value) in secrets)
        {
            var (nonce, plain) = (RandomNumberGenerator.GetBytes(12), Encoding.UTF8.GetBytes(value));
            var (sealedText, tag) = (new byte[plain.Length], new byte[16]);
            using var aes = new AesGcm(key, 16);
            aes.Encrypt(nonce, plain, sealedText, tag);
            list.Add(new JsonObject
            {
                ["name"] = name,
                ["version"] = 1,
                ["created_at"] = "2026-11-24T12:00:00+00:00",
                ["hosts"] = new JsonArray(host),
                ["header"] = "Authorization",
                ["salt"] = "",
                ["nonce"] = Convert.ToBase64String(nonce),
                ["ciphertext"] = Convert.ToBase64String(sealedText),
                ["tag"] = Convert.ToBase64String(tag),
            });
        }
        return Encoding.UTF8.GetBytes(new JsonObject { ["store"] = "s", ["generation"] = 1, ["secrets"] = list }.ToJsonString() + "\n");
    }

    /// <summary>True when it opens, whatever it then says.</summary>
    public static bool Opens(byte[] file)
    {
        try
        {
            foreach (var secret in JsonDocument.Parse(file).RootElement.GetProperty("secrets").EnumerateArray())
            {
                using var aes = new AesGcm(key, 16);
                var sealedText = secret.GetProperty("ciphertext").GetBytesFromBase64();
                aes.Decrypt(secret.GetProperty("nonce").GetBytesFromBase64(), sealedText, secret.GetProperty("tag").GetBytesFromBase64(), new byte[sealedText.Length]);
            }
            return true;
        }
        catch (Exception refused) when (refused is CryptographicException or JsonException or KeyNotFoundException or FormatException or InvalidOperationException or ArgumentException) { return false; }
    }
}
