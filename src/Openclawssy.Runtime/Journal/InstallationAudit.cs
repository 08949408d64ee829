using System.Text;
using Openclawssy.Runtime.Storage;
using Openclawssy.Runtime.Text;

namespace Openclawssy.Runtime.Journal;

/// <summary>
/// The installation's own audit: what operators did, and checkpoints of every other chain. Each record is on disk, and its
/// hash in the anchor, when a method returns. Opening costs nothing; the first record reads the chain's end.
/// </summary>
public sealed class InstallationAudit : IDisposable
{
    internal const string Place = "audit";

    readonly string folder;
    readonly TimeProvider clock;
    readonly Ids ids;
    readonly IAuditAnchor? anchor;
    readonly Func<HeadKeys> headKeys;
    readonly Func<string, (string Text, int Redactions)> redact;
    readonly ChainedSegments segments;
    (string Id, string? Replaces)? identity;

    /// <param name="stateFolder">The installation's <c>.openclawssy</c>.</param>
    /// <param name="anchor">Where the chain's end is remembered outside; null if nowhere.</param>
    /// <param name="headKeys">What this process can say about the MAC of heads, now. Asked before the chain is held: it may wait for the secret store.</param>
    public InstallationAudit(string stateFolder, TimeProvider clock, Ids ids, IAuditAnchor? anchor, Func<string, (string Text, int Redactions)> redact, Func<HeadKeys>? headKeys = null)
    {
        this.headKeys = headKeys ?? (static () => HeadKeys.None);
        folder = Path.Combine(stateFolder, Place);
        (this.clock, this.ids, this.anchor, this.redact) = (clock, ids, anchor, redact);
        segments = new(folder, clock, torn => AuditLog.TailQuarantined(redact, null, Place, torn), FirstRecord);
    }

    /// <summary>Writes down what an operator did (or the program on their behalf). To be called before the act.</summary>
    /// <param name="actor">Who: <c>operator uid=1000 tty=pts/3</c>, <c>gateway</c>, <c>runtime</c>.</param>
    /// <param name="happened">What, as a dotted word: <c>policy.granted</c>, <c>config.changed</c>, <c>login.failed</c>.</param>
    /// <param name="payload">Particulars; masked and bounded like every audit text. A null value is left out.</param>
    /// <exception cref="IOException">It is not on disk, so the act must not happen.</exception>
    public void Record(string actor, string happened, params ReadOnlySpan<(string Name, string? Value)> payload) => Record(null, actor, happened, payload);

    /// <summary>The same for who holds the secret store: it cannot be asked for its keys meanwhile.</summary>
    public void Record(HeadKeys? keys, string actor, string happened, params ReadOnlySpan<(string Name, string? Value)> payload)
    {
        using var fields = new AuditFields(redact, actor, null, null, happened);
        foreach (var (name, value) in payload) fields.Text(name, value);
        Append(fields.Finish(null), keys);
    }

    internal void Checkpoint(string agentId, string segment, ChainHead head)
    {
        using var fields = new AuditFields(redact, "runtime", null, agentId, AuditRecords.Checkpoint);
        fields.Word("segment", segment).Number("seq", head.Seq).Word("hash", head.Hash).Number("bytes", head.Bytes);
        Append(fields.Finish(null));
    }

    // One at a time over all processes: the anchor must never go back. A store that was rekeyed between the look at its keys and
    // the hold of the chain has another key than the anchor's MAC by then; one more look tells that from a false one.
    void Append(ReadOnlySpan<byte> fields, HeadKeys? given = null)
    {
        for (var again = given is null; ; again = false)
        {
            var keys = given ?? headKeys();
            try
            {
                segments.Append(fields, before: end => DemandAnchored(end, keys), held: after => Settle(after, keys, exactly: given is not null));
                return;
            }
            catch (HeadRefusedException) when (again) { }
        }
    }

    /// <summary>Begins the chain if it is new. What is checkpointed in it comes after.</summary>
    internal void Begin()
    {
        if (SegmentName.In(folder).Count > 0) return;
        var keys = headKeys();
        DemandAnchored(null, keys);
        segments.Begin(after => Settle(after, keys, exactly: false));
    }

    void Settle(ChainHead after, HeadKeys keys, bool exactly)
    {
        segments.SyncHeld();
        if (anchor is null) return;
        var id = Identity().Id;
        var earlier = anchor.Read();
        var macs = HeadMacs.After(earlier?.Installation == id ? earlier.Macs ?? [] : [], keys, id, earlier is null ? after.Seq : 1, after.Seq, after.Hash, exactly);
        anchor.Write(new(id, $"{Place}/{after.Segment}", after.Seq, after.Hash, clock.GetUtcNow(), keys.Keys.Count == 0 ? AnchoredHead.NoMac : AnchoredHead.MacMade, macs.Count == 0 ? null : macs));
    }

    // A chain that does not go through what the anchor saw was cut or replaced. Appending would paper over it.
    void DemandAnchored(ChainHead? end, HeadKeys keys)
    {
        if ((end is null && !keys.Demanded) || anchor?.Read() is not { } seen) return;
        // The store outlived the audit it was kept with: the audit was taken away.
        if (end is null) throw Refuse("the chain is gone");
        var (id, replaces) = Identity();
        // The crash of a first start can leave the anchor with the installation that was here before.
        if (seen.Installation == replaces && !keys.Demanded) return;
        if (seen.Installation != id) throw Refuse($"it belongs to installation {seen.Installation}");
        if (seen.Seq > end.Seq) throw Refuse($"it has seen record {seen.Seq}, but the chain ends at {end.Seq}");
        if ((seen.Seq == end.Seq ? end.Hash : HashOf(seen.Segment, seen.Seq)) != seen.Hash) throw Refuse($"its record {seen.Seq} is not the chain's");
        if (HeadMacs.Fault(seen, keys) is { } fault) throw Refuse(fault);
        if (HeadMacs.Vouching(seen, keys) is { } mac && mac.Seq != seen.Seq && HashOf(null, mac.Seq) != mac.Hash) throw Refuse($"record {mac.Seq}, which a MAC vouches for, is not the chain's");
    }

    HeadRefusedException Refuse(string why) => new(
        $"the installation's audit does not go on from what its anchor {anchor!.Place} remembers: {why}. Run `openclawssy audit verify`; if you restored a backup on purpose, move the anchor away");

    string? HashOf(string? segment, long seq)
    {
        foreach (var name in segment is null ? Enumerable.Reverse(SegmentName.In(folder)).Select(each => each.ToString()) : [Path.GetFileName(segment)])
        {
            using var lines = LineScanner.Open(Path.Combine(folder, name));
            while (lines is not null && lines.Next(out var line))
                if (ChainedLine.Parse(line, out var parsed) is null && parsed.Seq == seq) return Encoding.ASCII.GetString(parsed.Hash);
        }
        return null;
    }

    byte[] FirstRecord()
    {
        // An anchor of an installation that was here before is not hidden by the new one.
        var (id, replaces) = (ids.NewName(), anchor?.Read()?.Installation);
        identity = (id, replaces);
        using var fields = new AuditFields(redact, "runtime", null, null, AuditRecords.InstallationCreated);
        fields.Word("installation_id", id).Word("replaces", replaces);
        return fields.Finish(null).ToArray();
    }

    (string Id, string? Replaces) Identity() => identity ??= ReadIdentity() ?? throw new ChainBrokenException(folder, 1, 1, "does not begin with the installation's creation");

    (string, string?)? ReadIdentity()
    {
        if (SegmentName.In(folder) is not [var oldest, ..]) return null;
        using var lines = LineScanner.Open(Path.Combine(folder, oldest.ToString()), upTo: 64 * 1024);
        if (lines is null || !lines.Next(out var line) || ChainedLine.Parse(line, out var parsed) is not null || parsed.Seq != 1) return null;
        var record = AuditRecord.Read(parsed);
        return record.Event == AuditRecords.InstallationCreated && record.Text("installation_id") is { } id ? (id, record.Text("replaces")) : null;
    }

    /// <summary>The latest checkpoint of a chain among the recent records; null when there is none among them.</summary>
    internal AuditCheckpoint? LastCheckpoint(string place)
    {
        if (SegmentName.In(folder) is not [.., var newest]) return null;
        var path = Path.Combine(folder, newest.ToString());
        AuditCheckpoint? latest = null;
        using var lines = LineScanner.Open(path, last: Recent);
        while (lines is not null && lines.Next(out var line))
            if (line.IndexOf(AuditCheckpoint.Mark) >= 0 && ChainedLine.Parse(line, out var parsed) is null
                && AuditCheckpoint.From(AuditRecord.Read(parsed)) is { } checkpoint && checkpoint.Segment.StartsWith(place + "/", StringComparison.Ordinal)
                && checkpoint.Seq > (latest?.Seq ?? 0)) latest = checkpoint;
        return latest;
    }

    // Bytes of the newest segment that are looked through; a checkpoint further back is simply made again.
    const long Recent = 64 * 1024;

    public void Dispose() => segments.Dispose();
}

/// <summary>The chain does not go on from what its anchor remembers.</summary>
public sealed class HeadRefusedException(string message) : IOException(message);
