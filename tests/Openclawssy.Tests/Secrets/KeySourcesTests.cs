using System.Text;
using Openclawssy.Runtime.Secrets;
using Openclawssy.Runtime.Storage;
using Xunit;

namespace Openclawssy.Tests.Secrets;

[System.Runtime.Versioning.SupportedOSPlatform("linux")]
public sealed class KeySourcesTests : IDisposable
{
    readonly SecretHouse house = new();
    public void Dispose() => house.Dispose();

    [Fact]
    public void The_first_key_is_made_with_the_first_secret()
    {
        house.Set("one", "first value");
        Assert.Equal(32, Convert.FromBase64String(File.ReadAllText(house.KeyPath).Trim()).Length);
        Assert.Equal(KeyOrigin.KeyFile, OriginNow());
    }

    [Fact]
    public void The_credential_comes_before_the_environment_and_that_before_the_key_file()
    {
        var (credential, variable) = (SecretHouse.RandomKey(), SecretHouse.RandomKey());
        house.Variable = Convert.ToBase64String(variable);
        house.Set("one", "first value");
        Assert.False(File.Exists(house.KeyPath));
        Assert.Equal(KeyOrigin.Variable, OriginNow());

        // A key file of another store does not matter, a credential of another store does.
        DurableFile.Replace(house.KeyPath, Encoding.ASCII.GetBytes(Convert.ToBase64String(SecretHouse.RandomKey())));
        Assert.Equal(KeyOrigin.Variable, OriginNow());
        File.WriteAllBytes(house.CredentialPath, credential);
        Assert.Equal(SecretErrorCodes.WrongKey, Assert.Throws<SecretException>(() => OriginNow()).Code);
        File.WriteAllBytes(house.CredentialPath, variable);
        Assert.Equal(KeyOrigin.Credential, OriginNow());
    }

    [Fact]
    public void A_store_without_its_key_is_locked_and_says_where_one_is_looked_for()
    {
        house.Set("one", "first value");
        File.Delete(house.KeyPath);
        var locked = Assert.Throws<SecretException>(() => OriginNow());
        Assert.Equal(SecretErrorCodes.NoKey, locked.Code);
        Assert.Contains(house.KeyPath, locked.Message);
        // Nor is a new key made that would make the old values look lost for good.
        Assert.Throws<SecretException>(() => house.Set("two", "second value"));
        Assert.False(File.Exists(house.KeyPath));
    }

    [Fact]
    public void A_key_is_read_in_the_forms_people_keep_it_in()
    {
        var key = SecretHouse.RandomKey();
        string Id(byte[] text)
        {
            using var read = MasterKey.Read(text, KeyOrigin.Given, "a test");
            return read.IdFor("store");
        }
        var id = Id(key);
        foreach (var text in (string[])[Convert.ToBase64String(key), Convert.ToBase64String(key) + "\n", $" {Convert.ToHexString(key)}\r\n", Convert.ToHexStringLower(key)])
            Assert.Equal(id, Id(Encoding.ASCII.GetBytes(text)));
    }

    [Theory]
    [InlineData("")]
    [InlineData("short")]
    [InlineData("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=")]
    [InlineData("0000000000000000000000000000000000000000000000000000000000000000")]
    [InlineData("0001020304050600010203040506000102030405060001020304050600010203")]
    [InlineData("zz01020304050607000102030405060700010203040506070001020304050607")]
    [InlineData("not base64 at all, but long enough to be one")]
    [InlineData("AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8g")]
    public void A_key_that_is_none_is_refused_without_being_shown(string text)
    {
        var refused = Assert.Throws<SecretException>(() => MasterKey.Read(Encoding.ASCII.GetBytes(text), KeyOrigin.Given, "a test"));
        Assert.Equal(SecretErrorCodes.NoKey, refused.Code);
        if (text.Length > 0) Assert.DoesNotContain(text, refused.Message + refused.NextStep);
    }

    [Fact]
    public void A_header_that_asks_for_a_ruinous_stretching_is_not_obeyed()
    {
        house.Set("one", "first value");
        house.Store.Rekey(new(null, "four words nobody knows"u8.ToArray()), _ => { });
        house.Passphrase = "four words nobody knows";
        File.WriteAllText(house.StorePath, File.ReadAllText(house.StorePath).Replace("\"memory_kib\":65536", "\"memory_kib\":65536000"));
        Assert.Equal(SecretErrorCodes.Altered, Assert.Throws<SecretException>(() => OriginNow()).Code);
        Assert.Equal(0, house.Asked);
    }

    // The test vector of the reference implementation (phc-winner-argon2, test.c).
    [Fact]
    public void A_passphrase_is_stretched_with_argon2id()
    {
        var how = new Stretching("argon2id", 64 * 1024, 2, 1, "somesalt"u8.ToArray());
        Assert.Equal("09316115d5cf24ed5a15a31a3ba326e5cf32edc24702987c02b6566f61913cf7", Convert.ToHexStringLower(Passphrases.Stretch("password"u8.ToArray(), how)));
    }

    KeyOrigin? OriginNow()
    {
        using var vault = house.Store.Unlock();
        return vault.Origin;
    }
}
