using System.Text;
using Openclawssy.Runtime.Storage;
using Openclawssy.Runtime.Text;

namespace Openclawssy.Runtime.Journal;

/// <summary>
/// Says whether the audit is what was written: the installation's chain against its anchor, every agent's chain against the
/// checkpoints in it, and on request one run's journal against its agent's audit. Reads only, needs nothing else.
/// </summary>
public sealed class AuditVerifier
{
    const int MaxFindings = 100;

    readonly string stateFolder;
    readonly IAuditAnchor? anchor;
    readonly RunId? run;
    readonly HeadKeys keys;
    readonly List<AuditFinding> findings = [];
    readonly Dictionary<string, List<AuditCheckpoint>> checkpoints = [];
    long records, installationRecords;
    int segments;
    string mac = "not checked: nothing outside remembers the audit's end";

    AuditVerifier(string stateFolder, IAuditAnchor? anchor, RunId? run, HeadKeys keys) => (this.stateFolder, this.anchor, this.run, this.keys) = (stateFolder, anchor, run, keys);

    /// <param name="stateFolder">The installation's <c>.openclawssy</c>, or a copy of it.</param>
    /// <param name="run">A run whose journal is compared with the audit as well.</param>
    /// <param name="keys">What the anchored head's MAC is checked with.</param>
    public static AuditVerdict Verify(string stateFolder, IAuditAnchor? anchor = null, RunId? run = null, HeadKeys? keys = null) => new AuditVerifier(stateFolder, anchor, run, keys ?? HeadKeys.None).Verify();

    AuditVerdict Verify()
    {
        // Oldest knowledge first: the anchor, then the chain it saw the end of, then the chains that one has checkpoints of. What is appended meanwhile only adds.
        var (seen, unreadable) = ReadAnchor();
        var vouched = seen is null ? null : LookAtMac(seen);
        WalkInstallation(seen, vouched);
        var agents = SegmentSnapshot.FoldersIn(Path.Combine(stateFolder, "agents"));
        var recorded = new List<RunRecord>();
        foreach (var agent in agents) WalkAgent(agent, recorded);
        foreach (var (path, remembered) in checkpoints)
            if (!agents.Any(agent => path.StartsWith(AuditLog.PlaceOf(agent) + "/", StringComparison.Ordinal)))
                Found(new(AuditVerdict.Truncated, path, null, remembered.Max(c => c.Seq), "is missing, but the installation's audit has a checkpoint of it"));
        if (run is { } id) RunCheck.Compare(stateFolder, agents, id.ToString(), recorded, Found);
        return Judge(seen is not null, unreadable);
    }

    (AnchoredHead? Seen, bool Unreadable) ReadAnchor()
    {
        try { return (anchor?.Read(), false); }
        catch (IOException fault)
        {
            Found(new(AuditVerdict.Altered, anchor!.Place, null, null, fault.Message));
            return (null, true);
        }
    }

    // The record a MAC vouches for. Without a MAC or a key the verdict says so; it never passes for checked.
    HeadMac? LookAtMac(AnchoredHead seen)
    {
        var vouching = HeadMacs.Vouching(seen, keys);
        if (HeadMacs.Fault(seen, keys) is { } fault)
        {
            Found(new(AuditVerdict.Altered, anchor!.Place, null, seen.Seq, $"{fault}: whoever wrote this head could not open the secret store"));
            mac = "wrong";
            return vouching;
        }
        mac = vouching is null ? keys.Keys.Count > 0 ? "none: heads carry one from the next change of a secret on" : seen.Macs is null ? $"none ({keys.Missing})" : $"not checked: {keys.Missing}"
            : $"holds up to record {vouching.Seq}{(vouching.Kept > 1 ? $", kept since record {vouching.Kept}" : "")}{(vouching.Seq < seen.Seq ? $"; the {seen.Seq - vouching.Seq} after it were written where the secret store was locked" : "")}";
        return vouching;
    }

    void WalkInstallation(AnchoredHead? seen, HeadMac? vouched)
    {
        const string place = InstallationAudit.Place;
        var walk = new ChainWalk(stateFolder, place, new Dictionary<string, List<AuditCheckpoint>>(), Found);
        string? id = null;
        var met = false;
        var before = findings.Count;
        walk.Go((in ParsedLine line, ReadOnlySpan<byte> whole, string file) =>
        {
            if (line.Seq == 1) id = AuditRecord.Read(line) is { Event: AuditRecords.InstallationCreated } first ? first.Text("installation_id") : null;
            if (line.Seq == vouched?.Seq && line.Seq != seen?.Seq && !line.Hash.SequenceEqual(Encoding.ASCII.GetBytes(vouched.Hash)))
                Found(new(AuditVerdict.Altered, file, null, line.Seq, "is not the record a MAC vouches for"));
            if (line.Seq == seen?.Seq)
            {
                met = true;
                if (!line.Hash.SequenceEqual(Encoding.ASCII.GetBytes(seen.Hash))) Found(new(AuditVerdict.Altered, file, null, line.Seq, "is not the record its anchor saw"));
            }
            if (whole.IndexOf(AuditCheckpoint.Mark) >= 0 && AuditCheckpoint.From(AuditRecord.Read(line)) is { } checkpoint)
            {
                if (!checkpoints.TryGetValue(checkpoint.Segment, out var list)) checkpoints[checkpoint.Segment] = list = [];
                if (!list.Exists(c => c.Seq == checkpoint.Seq)) list.Add(checkpoint);
            }
        });
        (records, segments) = (records + walk.Records, segments + walk.Segments);
        installationRecords = walk.Records;
        if (walk.Records > 0 && id is null && findings.Count == before) Found(new(AuditVerdict.Altered, place, 1, 1, "the chain does not begin with the installation's creation"));
        if (seen is null || findings.Count > before) return;
        if (walk.Records == 0) Found(new(AuditVerdict.Truncated, seen.Segment, null, seen.Seq, $"the installation's audit is missing; the anchor {anchor!.Place} has seen {seen.Seq} records"));
        else if (id != seen.Installation) Found(new(AuditVerdict.Truncated, place, 1, 1, $"the anchor {anchor!.Place} remembers another installation ({seen.Installation}), which is gone"));
        else if (!met) Found(new(AuditVerdict.Truncated, seen.Segment, null, walk.LastSeq + 1, $"the chain ends with record {walk.LastSeq}, but the anchor {anchor!.Place} has seen record {seen.Seq}"));
    }

    void WalkAgent(string agent, List<RunRecord> recorded)
    {
        var mark = run is { } id ? Encoding.UTF8.GetBytes($"\"run_id\":\"{id}\"") : null;
        var walk = new ChainWalk(stateFolder, AuditLog.PlaceOf(agent), checkpoints, Found);
        walk.Go((in ParsedLine line, ReadOnlySpan<byte> whole, string file) =>
        {
            if (mark is null || whole.IndexOf(mark) < 0 || AuditRecord.Read(line) is not { } record || record.RunId != run.ToString()) return;
            recorded.Add(new(agent, file, line.Seq, record));
        });
        (records, segments) = (records + walk.Records, segments + walk.Segments);
        // It is always begun first.
        if (walk.Records > 0 && installationRecords == 0)
            Found(new(AuditVerdict.Truncated, InstallationAudit.Place, null, 1, "the installation's audit is missing, but there are agents' audits"));
    }

    void Found(AuditFinding finding)
    {
        if (findings.Count < MaxFindings) findings.Add(finding);
    }

    AuditVerdict Judge(bool anchored, bool unreadable)
    {
        int[] worstFirst = [AuditVerdict.Altered, AuditVerdict.Truncated, AuditVerdict.Torn];
        var code = worstFirst.FirstOrDefault(code => findings.Exists(f => f.Code == code));
        var summary = code switch
        {
            AuditVerdict.Altered => "altered",
            AuditVerdict.Truncated => "truncated or missing",
            AuditVerdict.Torn => "torn last line",
            _ => anchored ? "intact" : "consistent, unanchored",
        };
        return new(code, summary, anchored && !unreadable, mac, records, segments, findings);
    }
}

/// <summary>An audit record that names the run in question.</summary>
sealed record RunRecord(string Agent, string File, long Seq, AuditRecord Record);
