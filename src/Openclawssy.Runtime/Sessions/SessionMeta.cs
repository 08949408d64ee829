using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Openclawssy.Runtime.Storage;
using Openclawssy.Runtime.Text;

namespace Openclawssy.Runtime.Sessions;

/// <summary>
/// A conversation's <c>meta.json</c>. It is written when the conversation is made and when it is closed, not with each message:
/// <c>updated_at</c> is what it was then, and a reader takes the last message's time.
/// </summary>
static class SessionMeta
{
    const int MaxBytes = 64 * 1024;
    static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false };
    static readonly JsonWriterOptions Readable = new() { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static byte[] Compose(Session session)
    {
        var meta = new JsonObject
        {
            ["session_id"] = session.Id.ToString(),
            ["agent_id"] = session.Agent.ToString(),
            ["channel"] = session.Place.Channel,
            ["user_id"] = session.Place.User,
            ["room_id"] = session.Place.Room,
        };
        if (session.Title is not null) meta["title"] = session.Title;
        meta["created_at"] = session.CreatedAt.UtcDateTime;
        meta["updated_at"] = session.UpdatedAt.UtcDateTime;
        return Bytes(meta);
    }

    /// <summary>Null when there is no such conversation.</summary>
    /// <exception cref="SessionException"><see cref="SessionErrorCodes.Damaged"/>: it is there, but not what this program writes.</exception>
    public static Session? Read(SessionFolder folder)
    {
        if (DurableFile.ReadOrNull(folder.Meta, MaxBytes) is not { } bytes) return null;
        try
        {
            using var json = JsonDocument.Parse(bytes, Strict);
            var meta = json.RootElement;
            if (Text(meta, "session_id") != folder.Id.ToString() || Text(meta, "agent_id") != folder.Agent.ToString()) throw new FormatException("it names another conversation");
            var created = Time(meta, "created_at") ?? throw new FormatException("it has no created_at");
            return new(folder.Id, folder.Agent, new(Demand(meta, "channel"), Demand(meta, "user_id"), Demand(meta, "room_id")), Text(meta, "title"),
                created, Time(meta, "updated_at") ?? created, Time(meta, "closed_at"));
        }
        catch (Exception fault) when (fault is JsonException or FormatException or InvalidOperationException or SessionException)
        {
            throw SessionException.Damaged(folder.Meta, "does not describe its conversation", fault);
        }
    }

    /// <summary>Writes the end into the file and keeps what this program does not know in it.</summary>
    public static void WriteClosed(SessionFolder folder, DateTimeOffset updated, DateTimeOffset closed)
    {
        var meta = JsonNode.Parse(DurableFile.ReadOrNull(folder.Meta, MaxBytes))!.AsObject();
        meta["updated_at"] = updated.UtcDateTime;
        meta["closed_at"] = closed.UtcDateTime;
        DurableFile.SweepLeftovers(folder.Path);
        DurableFile.Replace(folder.Meta, Bytes(meta));
    }

    static byte[] Bytes(JsonObject meta)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer, Readable)) meta.WriteTo(writer);
        buffer.Write("\n"u8);
        return buffer.WrittenSpan.ToArray();
    }

    static string Demand(JsonElement meta, string name) => Text(meta, name) ?? throw new FormatException($"it has no {name}");

    static string? Text(JsonElement meta, string name) =>
        meta.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null ? value.GetString() : null;

    // The earlier program wrote the year 1 for "never".
    static DateTimeOffset? Time(JsonElement meta, string name) =>
        Text(meta, name) is not null && meta.GetProperty(name).GetDateTimeOffset() is { Year: > 1 } time ? time : null;
}
