using System.Text.Json;
using Openclawssy.Runtime.Secrets;
using Openclawssy.TestKit;
using Xunit;

namespace Openclawssy.Tests.Secrets;

/// <summary>The vectors of Project Wycheproof, through the methods the store itself uses.</summary>
public sealed class SealingVectorsTests
{
    [Fact]
    public void Aes_gcm_agrees_with_every_vector()
    {
        var accepted = 0;
        foreach (var (group, test) in Vectors("wycheproof-aes_gcm.json"))
        {
            var (message, sealedText) = (Hex(test, "msg"), Hex(test, "ct"));
            var opened = new byte[sealedText.Length];
            var opens = Sealing.TryOpen(Hex(test, "key"), Hex(test, "iv"), sealedText, Hex(test, "tag"), Hex(test, "aad"), opened);
            // Nonces of another length than 96 bits are sound in themselves and refused here.
            Assert.True(opens == (IsValid(test) && group.GetProperty("ivSize").GetInt32() == 8 * Sealing.NonceBytes), Name(test));
            if (!opens) continue;
            accepted++;
            Assert.Equal(message, opened);
            var (again, tag) = (new byte[message.Length], new byte[Sealing.TagBytes]);
            Sealing.Seal(Hex(test, "key"), Hex(test, "iv"), message, Hex(test, "aad"), again, tag);
            Assert.Equal(sealedText, again);
            Assert.Equal(Hex(test, "tag"), tag);
        }
        Assert.True(accepted > 100, $"only {accepted} vectors were opened");
    }

    [Fact]
    public void Hkdf_agrees_with_every_vector()
    {
        var derived = 0;
        foreach (var (_, test) in Vectors("wycheproof-hkdf_sha256.json"))
        {
            var key = new byte[test.GetProperty("size").GetInt32()];
            if (!IsValid(test))
            {
                Assert.ThrowsAny<ArgumentException>(() => Sealing.Derive(Hex(test, "ikm"), Hex(test, "salt"), Hex(test, "info"), key));
                continue;
            }
            Sealing.Derive(Hex(test, "ikm"), Hex(test, "salt"), Hex(test, "info"), key);
            Assert.Equal(Hex(test, "okm"), key);
            derived++;
        }
        Assert.True(derived > 50, $"only {derived} keys were derived");
    }

    [Fact]
    public void Hmac_agrees_with_every_vector()
    {
        var agreed = 0;
        foreach (var (_, test) in Vectors("wycheproof-hmac_sha256.json"))
        {
            var (mac, tag) = (new byte[Sealing.MacBytes], Hex(test, "tag"));
            Sealing.Mac(Hex(test, "key"), Hex(test, "msg"), mac);
            Assert.True(mac.AsSpan(0, tag.Length).SequenceEqual(tag) == IsValid(test), Name(test));
            agreed++;
        }
        Assert.True(agreed > 100, $"only {agreed} vectors were looked at");
    }

    static bool IsValid(JsonElement test) => test.GetProperty("result").GetString() == "valid";

    static string Name(JsonElement test) => $"vector {test.GetProperty("tcId")}: {test.GetProperty("comment")}";

    static byte[] Hex(JsonElement test, string name) => Convert.FromHexString(test.GetProperty(name).GetString()!);

    static IEnumerable<(JsonElement Group, JsonElement Test)> Vectors(string file)
    {
        var folder = Corpora.Find("crypto");
        if (folder is null) Assert.Skip(Corpora.Absent);
        var vectors = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(folder, file))).RootElement;
        return from @group in vectors.GetProperty("testGroups").EnumerateArray()
               from test in @group.GetProperty("tests").EnumerateArray()
               select (@group, test);
    }
}
