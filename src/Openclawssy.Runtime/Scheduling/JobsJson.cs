using System.Buffers;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Openclawssy.Runtime.Text;

namespace Openclawssy.Runtime.Scheduling;

/// <summary>The bytes of <c>jobs.json</c>. Names of the earlier program's members are kept as they were; what is unknown is kept too, what is wrong is refused with its place.</summary>
static class JobsJson
{
    static readonly JsonDocumentOptions strict = new() { MaxDepth = 32, AllowDuplicateProperties = false };

    public static JobBook Read(byte[]? bytes)
    {
        // The earlier program took an empty file for no jobs.
        if (bytes is null || bytes.AsSpan().IndexOfAnyExcept(" \t\r\n"u8) < 0) return JobBook.Empty;
        try
        {
            using var document = JsonDocument.Parse(bytes, strict);
            return Book(document.RootElement);
        }
        catch (JsonException problem)
        {
            throw Invalid(problem.LineNumber is { } line ? string.Create(CultureInfo.InvariantCulture, $"line {line + 1}, byte {problem.BytePositionInLine + 1}: it is no valid JSON") : OneLine.Escape(problem.Message, 300), problem);
        }
        catch (FormatException problem) { throw Invalid(OneLine.Escape(problem.Message, 400), problem); }
        catch (InvalidOperationException problem) { throw Invalid("it contains text that is not valid Unicode", problem); }
    }

    static InvalidDataException Invalid(string what, Exception problem) => new($"{JobsFile.WrittenAt} is not valid: {what}. Nothing is started and nothing written until it is repaired", problem);

    static JobBook Book(JsonElement root)
    {
        var members = new JobMembers(root, "$");
        var book = new JobBook { Paused = members.Flag("paused", false) };
        var at = 0;
        foreach (var element in members.Array("jobs"))
        {
            var job = Job(new(element, string.Create(CultureInfo.InvariantCulture, $"$.jobs[{at++}]")));
            if (book.Find(job.Id) is not null) throw new FormatException($"job \"{job.Id}\" is listed twice");
            book = book.With(job);
        }
        return book with { Unknown = members.Rest() };
    }

    static Job Job(JobMembers members) => new(
        members.Parsed("id", JobId.Parse) ?? throw members.Missing("id"), members.Text("schedule") ?? throw members.Missing("schedule"),
        // The earlier program let it be blank.
        members.Text("agentID") is { Length: > 0 } ? members.Parsed("agentID", AgentId.Parse)!.Value : AgentId.Parse("default"), members.Text("message") ?? "")
    {
        TimeZone = members.Text("time_zone"),
        Enabled = members.Flag("enabled", true),
        CatchUp = members.MaybeFlag("catch_up"),
        Overlap = members.Flag("overlap", false),
        When = members.Object("when") is { } when ? new(when.Text("tool") ?? throw when.Missing("tool"), when.Raw("input") ?? "{}") : null,
        Channel = members.Text("channel"),
        User = members.Text("user_id"),
        Room = members.Text("room_id"),
        Session = members.Text("session_id") is { Length: > 0 } ? members.Parsed("session_id", SessionId.Parse) : null,
        Maker = members.Texts("maker"),
        CreatedAt = members.Instant("created_at"),
        LastRun = members.Instant("lastRun"),
        PlannedUntil = members.Instant("planned_until"),
        LastResult = members.Object("last_result") is { } result ? Result(result) : null,
        Seen = members.Text("when_seen"),
        Unknown = members.Rest(),
    };

    static JobResult Result(JobMembers members) => new(
        members.Text("state") ?? throw members.Missing("state"), members.Instant("instant") ?? throw members.Missing("instant"), members.Instant("at") ?? throw members.Missing("at"),
        members.Parsed("run_id", RunId.Parse), members.Text("detail"));

    public static byte[] Write(JobBook book)
    {
        var bytes = new ArrayBufferWriter<byte>();
        // Relaxed: the reader is a person or a JSON parser, never a page.
        using (var into = new Utf8JsonWriter(bytes, new() { Indented = true, IndentSize = 2, NewLine = "\n", Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            into.WriteStartObject();
            into.WriteBoolean("paused", book.Paused);
            into.WriteStartArray("jobs");
            foreach (var job in book.Jobs) Write(into, job);
            into.WriteEndArray();
            Write(into, book.Unknown);
            into.WriteEndObject();
        }
        bytes.Write("\n"u8);
        return bytes.WrittenSpan.ToArray();
    }

    static void Write(Utf8JsonWriter into, Job job)
    {
        into.WriteStartObject();
        into.WriteString("id", job.Id.ToString());
        into.WriteString("schedule", job.Schedule);
        Text(into, "time_zone", job.TimeZone);
        into.WriteString("agentID", job.Agent.ToString());
        into.WriteString("message", job.Message);
        Text(into, "channel", job.Channel);
        Text(into, "user_id", job.User);
        Text(into, "room_id", job.Room);
        Text(into, "session_id", job.Session?.ToString());
        into.WriteBoolean("enabled", job.Enabled);
        if (job.CatchUp is { } catchUp) into.WriteBoolean("catch_up", catchUp);
        if (job.Overlap) into.WriteBoolean("overlap", true);
        if (job.When is { } when)
        {
            into.WriteStartObject("when");
            into.WriteString("tool", when.Tool);
            into.WritePropertyName("input");
            into.WriteRawValue(when.InputJson);
            into.WriteEndObject();
        }
        into.WriteStartArray("maker");
        foreach (var name in job.Maker) into.WriteStringValue(name);
        into.WriteEndArray();
        Instant(into, "created_at", job.CreatedAt);
        // Always there: the earlier program wrote an empty text for never.
        into.WriteString("lastRun", job.LastRun is { } ran ? Rfc3339.Format(ran) : "");
        Instant(into, "planned_until", job.PlannedUntil);
        if (job.LastResult is { } result)
        {
            into.WriteStartObject("last_result");
            into.WriteString("state", result.State);
            Instant(into, "instant", result.Instant);
            Instant(into, "at", result.At);
            Text(into, "run_id", result.Run?.ToString());
            Text(into, "detail", result.Detail);
            into.WriteEndObject();
        }
        Text(into, "when_seen", job.Seen);
        Write(into, job.Unknown);
        into.WriteEndObject();
    }

    static void Write(Utf8JsonWriter into, IReadOnlyList<KeyValuePair<string, JsonNode?>> unknown)
    {
        foreach (var (name, value) in unknown)
        {
            into.WritePropertyName(name);
            if (value is null) into.WriteNullValue();
            else value.WriteTo(into);
        }
    }

    static void Text(Utf8JsonWriter into, string name, string? text)
    {
        if (text is not null) into.WriteString(name, text);
    }

    static void Instant(Utf8JsonWriter into, string name, DateTimeOffset? instant)
    {
        if (instant is { } known) into.WriteString(name, Rfc3339.Format(known));
    }
}
