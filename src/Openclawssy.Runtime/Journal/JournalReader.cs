using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Openclawssy.Runtime.Storage;

namespace Openclawssy.Runtime.Journal;

/// <summary>Reads a run's journal and believes nothing: every number, link and hash is checked on the way.</summary>
public static class JournalReader
{
    public const string FileName = "events.jsonl";

    /// <summary>Every event of the journal in order, while it is read. A last line that a crash cut off is left out and told to <paramref name="torn"/>.</summary>
    /// <param name="torn">Given the offset and the number of torn bytes.</param>
    /// <exception cref="ChainBrokenException">Anything else is wrong; names the line.</exception>
    /// <exception cref="FileNotFoundException">There is no such journal.</exception>
    public static IEnumerable<JournalEntry> Read(string path, Action<long, long>? torn = null)
    {
        using var lines = LineScanner.Open(path) ?? throw new FileNotFoundException($"there is no journal at {path}", path);
        var prev = ChainedLine.Genesis;
        while (NextEntry(lines, path, prev) is { } entry)
        {
            prev = entry.Hash;
            yield return entry;
        }
        if (lines.TornBytes > 0) torn?.Invoke(lines.End, lines.TornBytes);
    }

    /// <summary>An event's own fields as it was written, its name among them as <c>event</c>.</summary>
    public static JsonObject FieldsOf(JournalEntry entry)
    {
        if (entry.Event is UnknownEvent unknown) return JsonNode.Parse(unknown.Fields)!.AsObject();
        using var fields = new LineFields();
        return JsonNode.Parse(RunEventJson.Write(fields, entry.Event))!.AsObject();
    }

    static JournalEntry? NextEntry(LineScanner lines, string path, string prev)
    {
        if (!lines.Next(out var line)) return null;
        Check(line, path, lines.Number, prev, out var parsed);
        return Entry(parsed);
    }

    /// <summary>Demands that a line is the record with that number, and follows the record with the hash <paramref name="prev"/>.</summary>
    internal static void Check(ReadOnlySpan<byte> line, string path, long number, string prev, out ParsedLine parsed)
    {
        var fault = ChainedLine.Parse(line, out parsed);
        if (fault is null && parsed.Seq != number) fault = $"is numbered {parsed.Seq}";
        if (fault is null && !parsed.Prev.SequenceEqual(Encoding.ASCII.GetBytes(prev))) fault = "does not follow the line before it";
        if (fault is not null) throw new ChainBrokenException(path, number, number, fault);
    }

    internal static JournalEntry Entry(in ParsedLine line) => new(line.Seq, line.Ts, Event(line.FieldsAsObject()), Encoding.ASCII.GetString(line.Hash));

    // The hash is right, so what cannot be understood was written by another version of this program.
    static RunEvent Event(byte[] json)
    {
        try
        {
            if (JsonSerializer.Deserialize(json, RunEventJson.Default.RunEvent) is { } known) return known;
        }
        catch (JsonException) { }
        catch (NotSupportedException) { }
        using var fields = JsonDocument.Parse(json);
        var name = fields.RootElement.TryGetProperty("event", out var value) && value.ValueKind == JsonValueKind.String ? value.GetString()! : "";
        return new UnknownEvent(name, Encoding.UTF8.GetString(json));
    }
}
