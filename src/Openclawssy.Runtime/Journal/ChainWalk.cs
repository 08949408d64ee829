using System.Text;
using Openclawssy.Runtime.Storage;

namespace Openclawssy.Runtime.Journal;

/// <summary>Walks one chain through its segments and notes where it is not what its links, its numbers or its checkpoints say.</summary>
/// <param name="place">The chain's folder below the state folder.</param>
/// <param name="checkpoints">What the installation remembers of this chain's segments, by segment path.</param>
sealed class ChainWalk(string stateFolder, string place, IReadOnlyDictionary<string, List<AuditCheckpoint>> checkpoints, Action<AuditFinding> found)
{
    /// <summary>Sees every sound record.</summary>
    public delegate void Visit(in ParsedLine line, ReadOnlySpan<byte> whole, string file);

    readonly byte[] prev = Encoding.ASCII.GetBytes(ChainedLine.Genesis);
    long seq;

    public long Records { get; private set; }

    /// <summary>Number of the last sound record.</summary>
    public long LastSeq => seq;

    public int Segments { get; private set; }

    public void Go(Visit visit)
    {
        var segments = SegmentSnapshot.Take(Path.Combine(stateFolder, place));
        Segments = segments.Count;
        var number = 0;
        foreach (var (name, size) in segments)
        {
            var file = $"{place}/{name}";
            var isLast = name == segments[^1].Name;
            if (name.Number == number)
            {
                found(new(AuditVerdict.Altered, file, null, null, $"there are two segments with number {number}"));
                return;
            }
            var follows = name.Number == number + 1;
            if (!follows) found(new(AuditVerdict.Truncated, file, null, seq + 1, $"segment {number + 1} is missing before it"));
            number = name.Number;
            // After a break the rest of the chain hangs on nothing; one finding says where it is.
            if (!WalkSegment(file, size, isLast, follows, visit)) return;
        }
        foreach (var (path, remembered) in checkpoints)
            if (path.StartsWith(place + "/", StringComparison.Ordinal) && !segments.Any(s => $"{place}/{s.Name}" == path))
                found(new(AuditVerdict.Truncated, path, null, remembered.Max(c => c.Seq), "is missing, but the installation's audit has a checkpoint of it"));
    }

    bool WalkSegment(string file, long size, bool isLast, bool follows, Visit visit)
    {
        var open = checkpoints.TryGetValue(file, out var remembered) ? remembered.ToDictionary(c => c.Seq) : [];
        try
        {
            using var lines = LineScanner.Open(Path.Combine(stateFolder, file), size) ?? throw new FileNotFoundException("vanished while the audit was verified");
            while (lines.Next(out var line))
            {
                var fault = ChainedLine.Parse(line, out var parsed);
                if (fault is null && follows)
                    fault = parsed.Seq != seq + 1 ? $"is record {parsed.Seq} where {seq + 1} was expected" : !parsed.Prev.SequenceEqual(prev) ? "does not follow the record before it" : null;
                if (fault is null && open.Remove(parsed.Seq, out var checkpoint) && (lines.End != checkpoint.Bytes || !parsed.Hash.SequenceEqual(Encoding.ASCII.GetBytes(checkpoint.Hash))))
                    fault = "is not the record its checkpoint saw";
                if (fault is not null)
                {
                    found(new(AuditVerdict.Altered, file, lines.Number, follows ? seq + 1 : null, fault));
                    return false;
                }
                follows = true;
                seq = parsed.Seq;
                parsed.Hash.CopyTo(prev);
                Records++;
                visit(parsed, line, file);
            }
            if (lines.TornBytes > 0)
                found(isLast
                    ? new(AuditVerdict.Torn, file, lines.Number + 1, seq + 1, $"the last line is torn ({lines.TornBytes} bytes); the next record moves it to quarantine")
                    : new(AuditVerdict.Altered, file, lines.Number + 1, seq + 1, "is torn, but another segment follows it"));
            foreach (var missed in open.Values.OrderBy(c => c.Seq).TakeLast(1))
                found(new(AuditVerdict.Truncated, file, lines.Number + 1, seq + 1, $"ends with record {seq}, but a checkpoint saw record {missed.Seq} at byte {missed.Bytes}"));
            return lines.TornBytes == 0 || isLast;
        }
        catch (IOException unreadable)
        {
            found(new(AuditVerdict.Altered, file, null, seq + 1, unreadable.Message));
            return false;
        }
    }
}
