using System.Text;
using System.Text.Json;
using Openclawssy.Runtime.Storage;

namespace Openclawssy.Runtime.Journal;

/// <summary>What records of the audit are looked for; null means any.</summary>
/// <param name="Text">Somewhere in the record, in any case.</param>
public sealed record AuditQuery(string? Event = null, string? RunId = null, string? Actor = null, string? Text = null);

/// <summary>One record, as the chain has it.</summary>
/// <param name="Chain">Path of its folder below the state folder.</param>
/// <param name="Json">The record's fields as one JSON object.</param>
public sealed record FoundRecord(string Chain, string Segment, long Seq, string Json);

/// <summary>Looks through one chain of the audit, the newest record first. It shows; whether the chain is sound is for the verifier.</summary>
public static class AuditSearch
{
    /// <summary>Records that are looked at in one search: what lies further back is asked for with another one.</summary>
    public const int MaxLooked = 50_000;

    const int MaxLine = 1024 * 1024;

    /// <param name="folder">Below the state folder: <c>audit</c> or <c>agents/ID/audit</c>.</param>
    /// <param name="before">Only records with a lower number; null begins at the newest.</param>
    /// <returns>What was found, and the number to go on before; null when the chain's beginning was reached.</returns>
    public static (IReadOnlyList<FoundRecord> Records, long? Next) Find(string stateFolder, string folder, AuditQuery query, long? before, int limit)
    {
        var path = Path.Combine(stateFolder, folder);
        var found = new List<FoundRecord>();
        if (!SegmentSnapshot.HasFolder(path)) return (found, null);
        var looked = 0;
        long? last = null;
        foreach (var (name, _) in Enumerable.Reverse(SegmentSnapshot.Take(path)))
        {
            using var lines = ReverseLines.Open(Path.Combine(path, name.ToString()), Path.Combine(path, ChainedSegments.LockName), MaxLine);
            while (lines is not null && lines.Next(out var line))
            {
                if (ChainedLine.Parse(line, out var parsed) is not null || before is { } end && parsed.Seq >= end) continue;
                if (found.Count == limit || ++looked > MaxLooked) return (found, last);
                last = parsed.Seq;
                if (Matches(query, parsed, line)) found.Add(new(folder, name.ToString(), parsed.Seq, Encoding.UTF8.GetString(line)));
            }
        }
        return (found, null);
    }

    static bool Matches(AuditQuery query, in ParsedLine parsed, ReadOnlySpan<byte> line)
    {
        if (query is { Event: null, RunId: null, Actor: null, Text: null }) return true;
        if (query.Text is { } text && !Encoding.UTF8.GetString(line).Contains(text, StringComparison.OrdinalIgnoreCase)) return false;
        using var fields = JsonDocument.Parse(parsed.FieldsAsObject());
        return Is(fields, "event", query.Event) && Is(fields, "run_id", query.RunId) && (query.Actor is not { } actor || Text(fields, "actor")?.Contains(actor, StringComparison.OrdinalIgnoreCase) == true);
    }

    static bool Is(JsonDocument fields, string name, string? wanted) => wanted is null || Text(fields, name) == wanted;

    static string? Text(JsonDocument fields, string name) => fields.RootElement.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
