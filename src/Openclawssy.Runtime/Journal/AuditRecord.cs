using System.Text.Json;
using Openclawssy.Runtime.Storage;

namespace Openclawssy.Runtime.Journal;

/// <summary>The parts of an audit record that readers of the chain ask for.</summary>
sealed record AuditRecord(string? Event, string? RunId, string? AgentId, string? EventHash, JsonElement Payload)
{
    public static AuditRecord Read(in ParsedLine line)
    {
        using var fields = JsonDocument.Parse(line.FieldsAsObject());
        var root = fields.RootElement;
        return new(Text(root, "event"), Text(root, "run_id"), Text(root, "agent_id"), Text(root, "event_hash"),
            root.TryGetProperty("payload", out var payload) ? payload.Clone() : default);
    }

    public string? Text(string name) => Text(Payload, name);

    public long? Number(string name) =>
        Payload.ValueKind == JsonValueKind.Object && Payload.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out var number) ? number : null;

    static string? Text(JsonElement of, string name) =>
        of.ValueKind == JsonValueKind.Object && of.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}

/// <summary>What the installation's audit remembers of another chain: this record was there, and the segment was that long with it.</summary>
sealed record AuditCheckpoint(string Segment, long Seq, string Hash, long Bytes)
{
    /// <summary>Found in the bytes of a checkpoint's line; other lines need not be read closely.</summary>
    public static ReadOnlySpan<byte> Mark => "\"event\":\"audit.checkpoint\""u8;

    public static AuditCheckpoint? From(AuditRecord record) =>
        record.Event == AuditRecords.Checkpoint && record.Text("segment") is { } segment && record.Number("seq") is { } seq && record.Text("hash") is { } hash && record.Number("bytes") is { } bytes
            ? new(segment, seq, hash, bytes) : null;
}
