using Openclawssy.Runtime.Secrets;
using Openclawssy.Runtime.Storage;
using Openclawssy.Runtime.Text;
using Openclawssy.TestKit;
using Xunit;

namespace Openclawssy.Tests.Secrets;

/// <summary>S31: whatever is done to the file without its key is noticed.</summary>
public sealed class StoreTamperingTests : IDisposable
{
    readonly SecretHouse house = new();
    public void Dispose() => house.Dispose();

    [Fact]
    public void Every_flipped_bit_is_noticed()
    {
        var file = TwoSecrets();
        var random = new Random(Campaign.Seed);
        for (var i = 0; i < Campaign.Scale(2_000, 10_000); i++)
        {
            var changed = StoreTampering.FlipBit(file, random);
            Assert.False(Opens(changed), $"flip {i} of seed {Campaign.Seed} was not noticed");
        }
        Assert.True(Opens(file));
    }

    [Fact]
    public void Every_other_change_is_noticed_without_the_mark_too()
    {
        var file = TwoSecrets();
        house.HasMark = false;
        foreach (var (kind, changed) in StoreTampering.Others(file)) Assert.False(Opens(changed), $"{kind} was not noticed");
        Assert.True(Opens(file));
    }

    [Fact]
    public void The_same_changes_to_a_naive_store_go_unnoticed()
    {
        var file = NaiveStore.Write(("one", "api.example.com", "first value"), ("two", "other.example", "second value"));
        Assert.True(NaiveStore.Opens(file));
        var missed = StoreTampering.Others(file).Where(change => NaiveStore.Opens(change.File)).Select(change => change.Kind).ToList();
        foreach (var kind in (string[])["values swapped", "bindings swapped", "binding exchanged", "record deleted", "all records deleted"]) Assert.Contains(kind, missed);
        var random = new Random(Campaign.Seed);
        Assert.Contains(Enumerable.Range(0, 500), _ => NaiveStore.Opens(StoreTampering.FlipBit(file, random)));
    }

    // Beneath the MAC: a record that is moved does not open even for somebody who could make one.
    [Fact]
    public void A_record_opens_only_under_its_own_name_version_date_binding_and_store()
    {
        using var key = new MasterKey(SecretHouse.RandomKey(), KeyOrigin.Given, "a test");
        using var value = SecretValue.Of("first value"u8);
        var binding = SecretBinding.Of(["api.example.com"], "Authorization");
        var record = StoredSecret.Seal(key, "store", new(SecretName.Parse("one"), 1, house.Clock.GetUtcNow(), binding), value, bytes => Random.Shared.NextBytes(bytes));
        record.Open(key, "store").Dispose();
        foreach (var moved in (StoredSecret[])[record with { Name = "two" }, record with { Version = 2 }, record with { CreatedAt = record.CreatedAt.AddTicks(1) },
            record with { Hosts = ["evil.example"] }, record with { Hosts = [.. record.Hosts, "evil.example"] }, record with { Header = "X-Key" }])
            Assert.Equal(SecretErrorCodes.Altered, Assert.Throws<SecretException>(() => moved.Open(key, "store")).Code);
        Assert.Throws<SecretException>(() => record.Open(key, "other store"));
        using var other = new MasterKey(SecretHouse.RandomKey(), KeyOrigin.Given, "a test");
        Assert.Throws<SecretException>(() => record.Open(other, "store"));
    }

    [Fact]
    public void An_old_copy_is_noticed_by_the_mark_and_by_it_alone()
    {
        house.Set("one", "first value");
        var old = File.ReadAllBytes(house.StorePath);
        house.Set("one", "second value");
        DurableFile.Replace(house.StorePath, old);
        var refused = Assert.Throws<SecretException>(house.Values);
        Assert.Equal(SecretErrorCodes.RolledBack, refused.Code);
        Assert.Contains("generation 1, and it had come to 2", refused.Message);
        Assert.Contains(house.MarkPath, refused.Message);
        Assert.Contains("secrets accept", refused.NextStep);
        // A writer does not build on it either.
        Assert.Throws<SecretException>(() => house.Set("two", "third value"));

        // The negative control: an old copy is sound in itself.
        house.HasMark = false;
        Assert.Equal("first value", house.Values()["one"]);
    }

    [Fact]
    public void A_store_that_is_gone_or_another_is_noticed()
    {
        house.Set("one", "first value");
        var own = File.ReadAllBytes(house.StorePath);
        File.Delete(house.StorePath);
        Assert.Equal(SecretErrorCodes.RolledBack, Assert.Throws<SecretException>(house.Values).Code);
        Assert.Throws<SecretException>(() => house.Set("two", "third value"));

        house.HasMark = false;
        house.Set("one", "made up by somebody who took the key");
        house.HasMark = true;
        Assert.Contains("another store", Assert.Throws<SecretException>(house.Values).Message);

        // Another future from the same past.
        DurableFile.Replace(house.StorePath, own);
        house.Set("two", "second value");
        DurableFile.Replace(house.StorePath, own);
        house.HasMark = false;
        house.Set("two", "another value");
        house.HasMark = true;
        Assert.Equal(SecretErrorCodes.RolledBack, Assert.Throws<SecretException>(house.Values).Code);
    }

    [Fact]
    public void A_crash_between_the_store_and_its_mark_is_no_harm()
    {
        house.Set("one", "first value");
        var mark = File.ReadAllBytes(house.MarkPath);
        house.Set("two", "second value");
        File.WriteAllBytes(house.MarkPath, mark);
        Assert.Equal(2, house.Values().Count);
        house.Set("three", "third value");
        Assert.Equal(3, new FileGenerationMark(house.MarkPath).Read()!.Generation);
    }

    byte[] TwoSecrets()
    {
        house.Set("one", "first value", SecretBinding.Of(["api.example.com"], "Authorization"));
        house.Set("two", "other value", SecretBinding.Of(["other.example"], "X-Key"));
        return File.ReadAllBytes(house.StorePath);
    }

    bool Opens(byte[] file)
    {
        // Not durably: these are thousands.
        DurableFile.ReplaceUnsynced(house.StorePath, file);
        try
        {
            house.Store.Unlock().Dispose();
            return true;
        }
        catch (SecretException) { return false; }
    }
}
