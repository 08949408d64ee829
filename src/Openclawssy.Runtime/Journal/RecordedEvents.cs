using System.Text;
using Openclawssy.Runtime.Storage;
using Openclawssy.Runtime.Text;

namespace Openclawssy.Runtime.Journal;

/// <summary>Which events of a run an audit has. Where runs were announced, each segment is read once for all of them.</summary>
/// <param name="folder">The audit's segments.</param>
sealed class RecordedEvents(string folder)
{
    readonly Lock gate = new();
    HashSet<string> expected = [];
    Look? shared;

    /// <summary>Segments that were read, again or for the first time.</summary>
    public int SegmentsRead { get; private set; }

    /// <summary>Reads nothing yet: who has nothing to catch up needs no audit.</summary>
    public void Expect(IReadOnlySet<string> runs)
    {
        lock (gate) (expected, shared) = (new(runs, StringComparer.Ordinal), null);
    }

    /// <param name="began">No record of the run is older, but for a day by which clocks may be wrong.</param>
    /// <returns>The hashes of the run's events that have a record.</returns>
    public IReadOnlySet<string> EventsOf(string run, DateTimeOffset began)
    {
        var oldest = DateOnly.FromDateTime(began.UtcDateTime).AddDays(-1);
        lock (gate)
        {
            if (expected.Contains(run))
            {
                shared ??= new(this, expected);
                // Once only: whoever was told adds records, which this look has not seen.
                if (shared.Take(run, oldest) is { } hashes) return hashes;
            }
            return new Look(this, new HashSet<string> { run }).Take(run, oldest)!;
        }
    }

    /// <summary>Goes through the segments as they were at one time, the newest first, and only as far back as it is asked.</summary>
    sealed class Look
    {
        readonly RecordedEvents all;
        readonly Stack<(SegmentName Name, long Size)> unread;
        readonly Dictionary<string, Found> found;
        DateOnly readBackTo = DateOnly.MaxValue;

        public Look(RecordedEvents all, IReadOnlySet<string> runs)
        {
            this.all = all;
            unread = new(SegmentSnapshot.Take(all.Folder));
            found = runs.ToDictionary(run => run, _ => new Found(), StringComparer.Ordinal);
        }

        /// <summary>Null when it was taken before.</summary>
        public HashSet<string>? Take(string run, DateOnly oldest)
        {
            if (!found.TryGetValue(run, out var sought)) return null;
            while (!sought.Began && readBackTo >= oldest && unread.TryPop(out var segment)) Read(segment.Name, segment.Size);
            found.Remove(run);
            return sought.Hashes;
        }

        void Read(SegmentName name, long size)
        {
            all.SegmentsRead++;
            readBackTo = name.Date;
            var byId = found.GetAlternateLookup<ReadOnlySpan<char>>();
            Span<char> id = stackalloc char[IdentifierRule.MaxLength];
            using var lines = LineScanner.Open(Path.Combine(all.Folder, name.ToString()), size);
            while (lines is not null && lines.Next(out var line))
            {
                // Most lines are of other runs, and need not be read closely. Inside a text quotation marks are escaped.
                if (RunIdIn(line, id) is not { Length: > 0 } named || !byId.ContainsKey(named) || ChainedLine.Parse(line, out var parsed) is not null) continue;
                var record = AuditRecord.Read(parsed);
                if (record.EventHash is null || record.RunId is null || !found.TryGetValue(record.RunId, out var of)) continue;
                of.Hashes.Add(record.EventHash);
                of.Began |= record.Event == "run.start";
            }
        }

        static ReadOnlySpan<char> RunIdIn(ReadOnlySpan<byte> line, Span<char> into)
        {
            var mark = "\"run_id\":\""u8;
            var at = line.IndexOf(mark);
            if (at < 0) return default;
            var rest = line[(at + mark.Length)..];
            var length = rest.IndexOf((byte)'"');
            return length >= 0 && length <= into.Length && Encoding.UTF8.TryGetChars(rest[..length], into, out var written) ? into[..written] : default;
        }
    }

    string Folder => folder;

    sealed class Found
    {
        public HashSet<string> Hashes { get; } = new(StringComparer.Ordinal);
        public bool Began { get; set; }
    }
}
