using Openclawssy.Runtime.Storage;

namespace Openclawssy.Runtime.Journal;

/// <summary>Compares a run's journal with what its agent's audit says of it: the same events in the same order, and the same end.</summary>
static class RunCheck
{
    public static void Compare(string stateFolder, IReadOnlyList<string> agents, string run, IReadOnlyList<RunRecord> recorded, Action<AuditFinding> found)
    {
        var agent = agents.FirstOrDefault(a => SegmentSnapshot.HasFolder(Path.Combine(stateFolder, "agents", a, "runs", run))) ?? recorded.Select(r => r.Agent).FirstOrDefault();
        if (agent is null)
        {
            found(new(AuditVerdict.Truncated, $"agents/*/runs/{run}", null, null, "there is neither a journal nor an audit record of this run"));
            return;
        }
        var file = $"agents/{agent}/runs/{run}/{JournalReader.FileName}";
        var story = ReadStory(Path.Combine(stateFolder, file), file, found);
        if (story is null) return;

        var told = story.Where(e => AuditRecords.NameOf(e.Event) is not null).ToList();
        for (var i = 0; i < Math.Max(told.Count, recorded.Count); i++)
        {
            if (i >= told.Count)
            {
                found(new(AuditVerdict.Truncated, file, story.Count + 1, story.Count + 1, $"ends before the event that audit record {recorded[i].Seq} ({recorded[i].Record.Event}) speaks of"));
                return;
            }
            if (i >= recorded.Count)
            {
                // The last events of a run that goes on, or whose audit failed, may not be in the audit. It says so itself.
                if (story[^1].Event is not RunEnded || story[^1].Event is RunEnded { Reason: "audit_lost" }) return;
                found(new(AuditVerdict.Altered, file, told[i].Seq, told[i].Seq, $"its event {AuditRecords.NameOf(told[i].Event)} is not in the audit"));
                return;
            }
            if (told[i].Hash == recorded[i].Record.EventHash && AuditRecords.NameOf(told[i].Event) == recorded[i].Record.Event) continue;
            found(new(AuditVerdict.Altered, file, told[i].Seq, told[i].Seq, $"is not the event that audit record {recorded[i].Seq} ({recorded[i].Record.Event}) speaks of"));
            return;
        }
        CompareEnds(story, recorded, file, found);
    }

    static List<JournalEntry>? ReadStory(string path, string file, Action<AuditFinding> found)
    {
        var story = new List<JournalEntry>();
        try
        {
            foreach (var entry in JournalReader.Read(path, (_, bytes) => found(new(AuditVerdict.Torn, file, story.Count + 1, story.Count + 1, $"the last line is torn ({bytes} bytes)"))))
                story.Add(entry);
            return story;
        }
        catch (FileNotFoundException)
        {
            found(new(AuditVerdict.Truncated, file, null, null, "the journal is missing, but the audit speaks of this run"));
        }
        catch (ChainBrokenException broken)
        {
            found(new(AuditVerdict.Altered, file, broken.Line, broken.Seq, broken.What));
        }
        catch (IOException unreadable)
        {
            found(new(AuditVerdict.Altered, file, null, null, unreadable.Message));
        }
        return null;
    }

    static void CompareEnds(List<JournalEntry> story, IReadOnlyList<RunRecord> recorded, string file, Action<AuditFinding> found)
    {
        if (recorded is not [.., { Record: { Event: AuditRecords.RunEnd } end } record]) return;
        var (seq, hash) = (end.Number("journal_seq"), end.Text("journal_hash"));
        if (story[^1].Seq != seq || story[^1].Hash != hash)
            found(new(AuditVerdict.Altered, file, story[^1].Seq, story[^1].Seq, $"the journal does not end with the event {seq} that audit record {record.Seq} names as its last"));
    }
}
