using Openclawssy.Runtime.Secrets;
using Openclawssy.Runtime.Storage;
using Openclawssy.Runtime.Text;
using Xunit;

namespace Openclawssy.Tests.Secrets;

[System.Runtime.Versioning.SupportedOSPlatform("linux")]
public sealed class SecretStoreTests : IDisposable
{
    static readonly SecretBinding example = SecretBinding.Of(["api.example.com"], "X-Key");
    static readonly SecretName one = SecretName.Parse("one");

    readonly SecretHouse house = new();
    public void Dispose() => house.Dispose();

    [Fact]
    public void Without_a_store_there_are_no_secrets_and_nothing_is_made()
    {
        using (var vault = house.Store.Unlock()) Assert.Empty(vault.Secrets);
        Assert.Empty(Directory.GetFileSystemEntries(house.Root));
    }

    [Fact]
    public void What_is_set_is_there_for_the_next_process_with_its_facts()
    {
        house.Set("one", "first value", example);
        house.Clock.Advance(TimeSpan.FromHours(1));
        house.Set("two", "another value");
        house.Set("one", "second value");

        using var vault = house.Store.Unlock();
        Assert.Equal([new(one, 2, house.Clock.GetUtcNow(), example), new(SecretName.Parse("two"), 1, house.Clock.GetUtcNow(), null)], vault.Secrets);
        Assert.Equal(3, vault.Generation);
        Assert.Equal("second value", vault.Use(one, new("api.example.com", "x-key"))!.Reveal());
        Assert.Null(vault.Use(SecretName.Parse("three"), new("api.example.com", "X-Key")));
    }

    [Fact]
    public void A_value_goes_only_where_it_is_bound()
    {
        house.Set("one", "first value", example);
        house.Set("free", "other value");
        using var vault = house.Store.Unlock();
        foreach (var elsewhere in (SecretDestination[])[new("evil.example", "X-Key"), new("x.api.example.com", "X-Key"), new("api.example.com:8443", "X-Key"), new("api.example.com", "Authorization")])
            Assert.Equal(SecretErrorCodes.NotBound, Assert.Throws<SecretException>(() => vault.Use(one, elsewhere)).Code);
        var refused = Assert.Throws<SecretException>(() => vault.Use(SecretName.Parse("free"), new("api.example.com", "X-Key")));
        Assert.Equal("if it belongs there, run `openclawssy secrets bind free --host api.example.com --header X-Key`", refused.NextStep);
    }

    [Fact]
    public void Binding_anew_keeps_value_and_version_and_replaces_the_hosts()
    {
        house.Set("one", "first value", example);
        house.Store.Bind(one, SecretBinding.Of(["other.example:81"], "Authorization"), house.Witnessed.Add);
        using var vault = house.Store.Unlock();
        Assert.Equal(1, vault.Find(one)!.Version);
        Assert.Equal("first value", vault.Use(one, new(new Uri("http://other.example:81/v1"), "authorization"))!.Reveal());
        Assert.Throws<SecretException>(() => vault.Use(one, new("api.example.com", "X-Key")));
    }

    [Fact]
    public void What_is_removed_is_gone_and_the_empty_store_stays()
    {
        house.Set("one", "first value");
        house.Store.Remove(one, house.Witnessed.Add);
        Assert.Empty(house.Values());
        Assert.True(File.Exists(house.StorePath));
        Assert.Equal(SecretErrorCodes.NotFound, Assert.Throws<SecretException>(() => house.Store.Remove(one, house.Witnessed.Add)).Code);
    }

    [Fact]
    public void Every_change_is_witnessed_with_its_generation_before_it_happens()
    {
        house.Set("one", "first value", example);
        house.Store.Bind(one, example, house.Witnessed.Add);
        house.Store.Rekey(NewKey.InFile, house.Witnessed.Add);
        house.Store.Remove(one, house.Witnessed.Add);
        Assert.Equal([("set", one, 1, example), ("bind", one, 2, example), ("rekey", null, 3, null), ("remove", one, 4, null)],
            house.Witnessed.Select(change => (change.Action, change.Name, change.Generation, change.Binding)));

        house.Set("one", "first value");
        var before = File.ReadAllBytes(house.StorePath);
        Assert.Throws<IOException>(() => house.Store.Remove(one, _ => throw new IOException("the audit is full")));
        Assert.Throws<IOException>(() => house.Store.Rekey(NewKey.InFile, _ => throw new IOException("the audit is full")));
        Assert.Equal(before, File.ReadAllBytes(house.StorePath));
        Assert.Equal("first value", house.Values()["one"]);
    }

    [Fact]
    public void Rekeying_changes_the_key_and_every_byte_that_depends_on_it()
    {
        house.Set("one", "first value", example);
        var (oldKey, oldStore) = (File.ReadAllBytes(house.KeyPath), File.ReadAllBytes(house.StorePath));
        house.Store.Rekey(NewKey.InFile, house.Witnessed.Add);
        Assert.NotEqual(oldKey, File.ReadAllBytes(house.KeyPath));
        using (var vault = house.Store.Unlock()) Assert.Equal(new(one, 1, house.Clock.GetUtcNow(), example), Assert.Single(vault.Secrets));
        Assert.Equal("first value", house.Values()["one"]);
        Assert.DoesNotContain(Directory.GetFiles(house.Root), file => file.EndsWith(".next", StringComparison.Ordinal));

        // The old key is of no use for the new store; the old store is noticed even with its own key.
        File.WriteAllBytes(house.KeyPath, oldKey);
        Assert.Equal(SecretErrorCodes.WrongKey, Assert.Throws<SecretException>(house.Values).Code);
        File.WriteAllBytes(house.StorePath, oldStore);
        Assert.Equal(SecretErrorCodes.RolledBack, Assert.Throws<SecretException>(house.Values).Code);
    }

    [Fact]
    public void A_passphrase_is_asked_for_once_and_a_wrong_one_opens_nothing()
    {
        house.Set("one", "first value");
        house.Passphrase = "four words nobody knows";
        house.Store.Rekey(new(null, "four words nobody knows"u8.ToArray()), house.Witnessed.Add);
        Assert.Equal(0, house.Asked);
        File.Delete(house.KeyPath);
        var store = house.Store;
        store.Unlock().Dispose();
        store.Unlock().Dispose();
        Assert.Equal(1, house.Asked);
        house.Set("two", "second value");
        Assert.Equal(2, house.Values().Count);

        house.Passphrase = "four other words";
        Assert.Equal(SecretErrorCodes.WrongKey, Assert.Throws<SecretException>(house.Values).Code);
        house.Passphrase = null;
        Assert.Equal(SecretErrorCodes.NoKey, Assert.Throws<SecretException>(house.Values).Code);
    }

    [Fact]
    public void Every_file_is_private_and_one_that_is_not_is_refused()
    {
        house.Set("one", "first value");
        foreach (var file in (string[])[house.StorePath, house.KeyPath, house.MarkPath, house.StorePath + ".lock"])
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));

        foreach (var file in (string[])[house.KeyPath, house.StorePath])
        {
            File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead);
            Assert.Contains("0640", Assert.Throws<NotPrivateException>(house.Values).Message);
            File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }
        File.SetUnixFileMode(house.Root, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.OtherWrite);
        Assert.Throws<NotPrivateException>(house.Values);
    }

    [Fact]
    public void A_store_that_grows_too_long_is_refused_before_it_is_written()
    {
        using var value = SecretValue.Of(Enumerable.Repeat((byte)'x', SecretValue.MaxBytes).ToArray());
        var (store, set) = (house.Store, 0);
        var refused = Assert.Throws<SecretException>(() =>
        {
            for (; set < 1000; set++) store.Set(SecretName.Parse($"n{set}"), value, bound => bound, _ => { });
        });
        Assert.Equal(SecretErrorCodes.Invalid, refused.Code);
        Assert.Equal(set, house.Values().Count);
    }
}
