using System.Globalization;
using Openclawssy.Runtime.Storage;

namespace Openclawssy.Runtime.Journal;

/// <summary>The installation's record that the secret store is on disk as this generation, with this MAC.</summary>
public static class SecretsWritten
{
    public const string Event = "secrets.written", Store = "store", Generation = "generation", Mac = "mac";

    /// <summary>The last one in the audit's end; null when there is none in it.</summary>
    /// <param name="within">Bytes that are looked through.</param>
    public static (string Store, long Generation, string Mac)? Last(string stateFolder, long within)
    {
        var folder = Path.Combine(stateFolder, InstallationAudit.Place);
        foreach (var (name, size) in Enumerable.Reverse(SegmentSnapshot.Take(folder)))
        {
            (string, long, string)? last = null;
            using var lines = LineScanner.Open(Path.Combine(folder, name.ToString()), size, last: within);
            while (lines is not null && lines.Next(out var line))
                if (line.IndexOf(Mark) >= 0 && ChainedLine.Parse(line, out var parsed) is null && From(AuditRecord.Read(parsed)) is { } written) last = written;
            if (last is not null) return last;
            if ((within -= size) <= 0) break;
        }
        return null;
    }

    static ReadOnlySpan<byte> Mark => "\"event\":\"secrets.written\""u8;

    static (string, long, string)? From(AuditRecord record) =>
        record.Event == Event && record.Text(Store) is { } store && long.TryParse(record.Text(Generation), CultureInfo.InvariantCulture, out var generation) && record.Text(Mac) is { } mac
            ? (store, generation, mac) : null;
}
