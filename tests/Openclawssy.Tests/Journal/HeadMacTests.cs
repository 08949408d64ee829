using System.Security.Cryptography;
using Openclawssy.Runtime.Journal;
using Openclawssy.Runtime.Storage;
using Openclawssy.TestKit;
using Xunit;

namespace Openclawssy.Tests.Journal;

/// <summary>The MAC of the audit's head: who can write every file, but not open the secret store, is seen.</summary>
public sealed class HeadMacTests : IDisposable
{
    readonly Stories stories = new();
    readonly HeadKey key = new("k1", RandomNumberGenerator.GetBytes(32));

    public HeadMacTests() => stories.Keys = Demanding(key);

    public void Dispose()
    {
        stories.Keys = HeadKeys.None;
        stories.Anchor.Write(stories.Anchor.Read()! with { Macs = null });
        stories.Dispose();
    }

    static HeadKeys Demanding(params HeadKey[] keys) => new(keys, Demanded: true);

    AuditVerdict VerifyWith(HeadKeys keys) => AuditVerifier.Verify(stories.State, stories.Anchor, null, keys);

    async Task SomethingHappensAsync()
    {
        for (var day = 0; day < 2; day++)
        {
            await stories.RunAsync($"run_{day}a", 3);
            stories.Close();
            stories.Clock.Advance(TimeSpan.FromDays(1));
        }
    }

    List<string> Segments() => [.. Directory.GetFiles(stories.State, "*.jsonl", SearchOption.AllDirectories).Where(path => path.Contains("/audit/", StringComparison.Ordinal)).Order()];

    [Fact]
    public async Task A_head_is_checked_by_who_has_the_key_and_says_so_to_who_has_not()
    {
        await SomethingHappensAsync();
        var checkedOne = VerifyWith(stories.Keys);
        Assert.Equal((0, "intact"), (checkedOne.ExitCode, checkedOne.Summary));
        Assert.Equal($"holds up to record {stories.Anchor.Read()!.Seq}", checkedOne.Mac);
        Assert.Equal("not checked: the store is locked", VerifyWith(HeadKeys.Locked("the store is locked")).Mac);
    }

    public static TheoryData<string> Forgeries => ["the old MAC", "no MAC", "the anchor of an earlier format", "a MAC of another key under the true name", "a MAC of another key", "the MAC of an earlier record"];

    // The control ignores the MAC: it is what verifying was before there was one.
    [Theory]
    [MemberData(nameof(Forgeries))]
    public async Task Who_rewrites_chains_checkpoints_and_anchor_is_seen_unless_they_have_the_key(string forgery)
    {
        await SomethingHappensAsync();
        var seen = stories.Anchor.Read()!;
        var (hash, seq) = Tampering.RewriteEverything(new(Campaign.Seed), Segments(), stories.State);
        Assert.NotEqual(seen.Hash, hash);
        var rewritten = seen with { Hash = hash, Seq = seq };
        var other = RandomNumberGenerator.GetBytes(32);
        stories.Anchor.Write(forgery switch
        {
            "the old MAC" => rewritten,
            "no MAC" => rewritten with { Mac = AnchoredHead.NoMac, Macs = [] },
            "the anchor of an earlier format" => rewritten with { Mac = AnchoredHead.NoMac, Macs = null },
            "a MAC of another key under the true name" => rewritten with { Macs = [new HeadKey("k1", other).Mac(seen.Installation, 1, seq, hash)] },
            "a MAC of another key" => rewritten with { Macs = [new HeadKey("k2", other).Mac(seen.Installation, 1, seq, hash)] },
            _ => rewritten with { Mac = AnchoredHead.NoMac, Macs = [seen.Macs![0] with { Seq = 2 }] },
        });

        var verdict = VerifyWith(stories.Keys);
        Assert.Equal(AuditVerdict.Altered, verdict.ExitCode);
        Assert.Equal((0, "intact"), (AuditVerifier.Verify(stories.State, stories.Anchor).ExitCode, AuditVerifier.Verify(stories.State, stories.Anchor).Summary));

        // Nor does anybody who has the key go on from it and make it true.
        Assert.Throws<HeadRefusedException>(() => stories.Installation.Record("operator", "login.failed"));
        Assert.Equal(AuditVerdict.Altered, VerifyWith(stories.Keys).ExitCode);
        // Who is locked out must be able to go on; that vouches for nothing.
        stories.Keys = HeadKeys.Locked("the store is locked");
        stories.Installation.Record("operator", "login.failed");
        Assert.Equal(AuditVerdict.Altered, VerifyWith(Demanding(key)).ExitCode);
        Assert.DoesNotContain("holds", VerifyWith(stories.Keys).Mac);
    }

    [Fact]
    public async Task A_process_that_is_locked_out_goes_on_and_the_verdict_says_how_far_the_MAC_reaches()
    {
        await SomethingHappensAsync();
        var vouched = stories.Anchor.Read()!.Seq;
        stories.Keys = HeadKeys.Locked("nobody knows the passphrase");
        stories.Installation.Record("operator", "login.failed");
        Assert.Equal(AnchoredHead.NoMac, stories.Anchor.Read()!.Mac);
        Assert.Equal($"holds up to record {vouched}; the 1 after it were written where the secret store was locked", VerifyWith(Demanding(key)).Mac);
        stories.Keys = Demanding(key);
        stories.Installation.Record("operator", "login.failed");
        Assert.Equal($"holds up to record {vouched + 2}", VerifyWith(Demanding(key)).Mac);
    }

    [Fact]
    public async Task The_audit_taken_away_is_not_begun_again_beside_a_store_that_remembers_it()
    {
        await SomethingHappensAsync();
        Directory.Delete(Path.Combine(stories.State, "audit"), recursive: true);
        stories.Close();
        Assert.Throws<HeadRefusedException>(() => stories.Installation.Record("operator", "login.failed"));
        Assert.Equal(AuditVerdict.Truncated, VerifyWith(stories.Keys).ExitCode);
    }

    [Fact]
    public async Task An_anchor_made_anew_says_from_where_on_it_was_kept()
    {
        await SomethingHappensAsync();
        File.Delete(stories.Anchor.Place);
        stories.Installation.Record("operator", "login.failed");
        var head = stories.Anchor.Read()!.Seq;
        stories.Installation.Record("operator", "login.failed");
        Assert.Equal($"holds up to record {head + 1}, kept since record {head}", VerifyWith(stories.Keys).Mac);
    }

    // Whoever looked at the store before a rekeying may write after it, and a kill may come at any place.
    [Fact]
    public async Task Between_two_keys_every_order_of_writers_leaves_a_head_the_stores_key_vouches_for()
    {
        await SomethingHappensAsync();
        var next = new HeadKey("k2", RandomNumberGenerator.GetBytes(32));
        stories.Installation.Record(Demanding(key, next), "operator", "secrets.changed");
        Assert.Equal(0, VerifyWith(Demanding(key)).ExitCode);
        Assert.Equal(0, VerifyWith(Demanding(next)).ExitCode);
        stories.Installation.Record("operator", "login.failed");
        Assert.Equal(0, VerifyWith(Demanding(key)).ExitCode);
        Assert.Equal(0, VerifyWith(Demanding(next)).ExitCode);
        stories.Installation.Record(Demanding(next), "operator", "secrets.written");
        Assert.Equal(0, VerifyWith(Demanding(next)).ExitCode);
        // One that still holds the old key looks again, and is refused when nothing has changed.
        Assert.Throws<HeadRefusedException>(() => stories.Installation.Record("operator", "login.failed"));
        var asked = 0;
        using var late = new InstallationAudit(stories.State, stories.Clock, new(stories.Clock, RandomNumberGenerator.Fill), stories.Anchor, text => (text, 0), () => asked++ == 0 ? Demanding(key) : Demanding(next));
        late.Record("operator", "login.failed");
        Assert.Equal(2, asked);
        Assert.Equal(0, VerifyWith(Demanding(next)).ExitCode);
        stories.Keys = Demanding(next);
    }
}
