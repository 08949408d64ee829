using Openclawssy.Runtime.Storage;

namespace Openclawssy.Runtime.Journal;

/// <summary>What the MACs of an anchored head are worth to who has these keys.</summary>
static class HeadMacs
{
    /// <summary>Why this is not a head that who has the key wrote; null when nothing speaks against it.</summary>
    public static string? Fault(AnchoredHead seen, HeadKeys keys)
    {
        if (keys.Keys.Count == 0) return null;
        if ((seen.Macs ?? []).Any(mac => keys.Of(mac) is { } key && !key.Made(mac, seen.Installation))) return "its MAC is wrong";
        var vouching = Vouching(seen, keys);
        if (vouching is null) return keys.Demanded ? "it has no MAC of the secret store's key, and heads carried one before" : null;
        return vouching.Seq > seen.Seq || (vouching.Seq == seen.Seq && vouching.Hash != seen.Hash) ? "its MAC is another record's" : null;
    }

    /// <summary>
    /// What a new head carries: its own MACs, and those made with keys this process does not have. Who cannot open the store leaves
    /// them all as they are, for they still vouch for everything up to their record; and who saw the store before a rekeying must not
    /// drop what was made with the new key.
    /// </summary>
    /// <param name="begun">The record from which the head is kept, if no MAC says so yet.</param>
    /// <param name="exactly">The writer holds the store: no other key counts.</param>
    public static IReadOnlyList<HeadMac> After(IReadOnlyList<HeadMac> earlier, HeadKeys keys, string installation, long begun, long seq, string hash, bool exactly)
    {
        var kept = earlier.FirstOrDefault(mac => keys.Of(mac) is not null)?.Kept ?? begun;
        var own = keys.Keys.Select(key => key.Mac(installation, kept, seq, hash));
        return exactly && keys.Keys.Count > 0 ? [.. own] : [.. own, .. earlier.Where(mac => keys.Of(mac) is null).Take(MostCarried)];
    }

    const int MostCarried = 2;

    /// <summary>The MAC that holds under one of the keys; null when there is none.</summary>
    public static HeadMac? Vouching(AnchoredHead seen, HeadKeys keys) => seen.Macs?.FirstOrDefault(mac => keys.Of(mac)?.Made(mac, seen.Installation) == true);
}
