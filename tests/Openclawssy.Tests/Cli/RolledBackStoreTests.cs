using Openclawssy.Cli;
using Openclawssy.Runtime.Journal;
using Openclawssy.Runtime.Secrets;
using Openclawssy.TestKit;
using Xunit;

namespace Openclawssy.Tests.Cli;

/// <summary>An older secret store put back, with everything that stands beside it.</summary>
public sealed class RolledBackStoreTests : IAsyncLifetime
{
    readonly TempFolder folder = new();

    string Store => folder[".openclawssy/secrets.enc"];
    string Marks => folder["user/openclawssy/marks"];

    CliHouse House() => new CliHouse().With("XDG_STATE_HOME", folder["user"]);

    public async ValueTask InitializeAsync()
    {
        await DoneAsync(House(), "init");
        await DoneAsync(House().Typing("first value of one"), "secrets", "set", "one");
    }

    public ValueTask DisposeAsync()
    {
        folder.Dispose();
        return default;
    }

    async Task<CliHouse> DoneAsync(CliHouse house, params string[] argv)
    {
        Assert.True(await house.RunAsync([.. argv, "--root", folder.Path]) == 0, house.Error);
        return house;
    }

    async Task<string> RefusedAsync(params string[] argv)
    {
        var house = House();
        Assert.Equal(ExitCodes.Failed, await house.RunAsync([.. argv, "--root", folder.Path]));
        return house.Error + house.Out;
    }

    async Task<(byte[] Store, byte[] Mark)> BeforeAsync()
    {
        var before = (File.ReadAllBytes(Store), File.ReadAllBytes(Directory.GetFiles(Marks).Single()));
        await DoneAsync(House().Typing("second value of one"), "secrets", "set", "one");
        return before;
    }

    [Fact]
    public async Task An_old_store_put_back_with_its_old_mark_is_seen_by_the_audit()
    {
        var (store, mark) = await BeforeAsync();
        File.WriteAllBytes(Store, store);
        File.WriteAllBytes(Directory.GetFiles(Marks).Single(), mark);

        Assert.Contains("generation 1, and it had come to 2, says the installation's audit", await RefusedAsync("secrets", "list"));
        Assert.Contains("secrets accept", await RefusedAsync("doctor"));
        Assert.Contains("generation 1", await RefusedAsync("secrets", "remove", "one"));

        // The control looks at the mark alone, as was done before.
        using var keys = new KeySources(new(null, null, folder[".openclawssy/master.key"], _ => null, Passphrases.Stretch));
        using var vault = new SecretStore(Store, keys, new FileGenerationMark(Directory.GetFiles(Marks).Single()), TimeProvider.System, Installation.Chance).Unlock();
        Assert.Equal(1, vault.Generation);
    }

    [Fact]
    public async Task A_store_that_is_gone_with_its_mark_is_missed()
    {
        File.Delete(Store);
        File.Delete(Directory.GetFiles(Marks).Single());
        Assert.Contains("is gone (it had come to generation 1)", await RefusedAsync("secrets", "list"));
        Assert.Contains("there is no secret store from now on", (await DoneAsync(House(), "secrets", "accept")).Out);
        Assert.Empty((await DoneAsync(House(), "secrets", "list")).Out);
        await DoneAsync(House().Typing("value of a new store"), "secrets", "set", "two");
    }

    [Fact]
    public async Task What_was_put_back_on_purpose_is_accepted_by_the_operator_and_the_audit_says_so()
    {
        var (store, mark) = await BeforeAsync();
        File.WriteAllBytes(Store, store);
        File.WriteAllBytes(Directory.GetFiles(Marks).Single(), mark);
        await DoneAsync(House(), "secrets", "accept");
        Assert.Contains("one v1", string.Join(' ', (await DoneAsync(House(), "secrets", "list")).Out.Split(' ', StringSplitOptions.RemoveEmptyEntries)));
        var last = Directory.GetFiles(folder[".openclawssy/audit"], "*.jsonl").Order().SelectMany(File.ReadAllLines).Last();
        Assert.Contains("\"event\":\"secrets.written\"", last);
        Assert.Contains("\"action\":\"accept\"", last);
        await DoneAsync(House(), "audit", "verify");
    }

    [Fact]
    public async Task The_audits_head_carries_a_MAC_from_the_first_secret_on_and_after_a_rekeying()
    {
        Assert.Contains("MAC of its head: holds up to record", (await DoneAsync(House(), "audit", "verify")).Out);
        await DoneAsync(House(), "secrets", "rekey", "--key-file");
        Assert.Contains("MAC of its head: holds up to record", (await DoneAsync(House(), "audit", "verify")).Out);
        await DoneAsync(House(), "policy", "grant", "default", "http.request");
        Assert.Contains("MAC of its head: holds up to record", (await DoneAsync(House(), "audit", "verify")).Out);

        // Without the key nothing is said to be checked, and the operator's commands still work.
        File.Move(folder[".openclawssy/master.key"], folder["key"]);
        Assert.Contains("MAC of its head: not checked: the secret store is locked", (await DoneAsync(House(), "audit", "verify")).Out);
        await DoneAsync(House(), "policy", "revoke", "default", "http.request");
        File.Move(folder["key"], folder[".openclawssy/master.key"]);
        Assert.Contains("the 1 after it were written where the secret store was locked", (await DoneAsync(House(), "audit", "verify")).Out);
    }

    [Fact]
    public async Task An_anchor_without_the_MAC_it_had_is_an_altered_audit()
    {
        var anchor = Directory.GetFiles(folder["user/openclawssy/anchors"]).Single();
        var file = new FileAnchor(anchor);
        file.Write(file.Read()! with { Mac = AnchoredHead.NoMac, Macs = null });
        var house = House();
        Assert.Equal(AuditVerdict.Altered, await house.RunAsync("audit", "verify", "--root", folder.Path));
        Assert.Contains("heads carried one before", house.Out);
        Assert.NotEqual(0, await House().RunAsync("policy", "grant", "default", "http.request", "--root", folder.Path));
    }

    // The kill falls between the store and what is written after it.
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_rekeying_killed_before_or_after_the_store_was_written_leaves_a_true_head(bool written)
    {
        using var keys = new KeySources(new(null, null, folder[".openclawssy/master.key"], _ => null, Passphrases.Stretch));
        var state = Openclawssy.Runtime.Storage.StateFolder.Open(folder.Path);
        var store = new SecretStore(Store, keys, new FileGenerationMark(Directory.GetFiles(Marks).Single()), TimeProvider.System, Installation.Chance, new AuditedMark(state, AuditedMark.Everything));
        using (var audit = new InstallationAudit(state.Path, TimeProvider.System, new(TimeProvider.System, Installation.Chance), new FileAnchor(Directory.GetFiles(folder["user/openclawssy/anchors"]).Single()), text => (text, 0)))
            Assert.Throws<IOException>(() => store.Rekey(NewKey.InFile, change =>
            {
                if (change.Written is not null == written) throw new IOException("killed");
                AuditedMark.Record(audit, "operator", change);
            }));
        await DoneAsync(House(), "secrets", "list");
        await DoneAsync(House().Typing("another value"), "secrets", "set", "two");
        Assert.Contains("MAC of its head: holds up to record", (await DoneAsync(House(), "audit", "verify")).Out);
    }
}
