using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using Openclawssy.Runtime.Config;
using Openclawssy.Runtime.Storage;
using Openclawssy.Runtime.Text;

namespace Openclawssy.Discord;

/// <summary>What was taken in and what is owed, kept beyond the process. Each change is on disk when its method returns.</summary>
interface IDiscordLedger
{
    /// <summary>True for what was taken in before, answered or not.</summary>
    bool Knows(string id);

    /// <summary>Everything that is owed, the oldest first.</summary>
    IReadOnlyList<Owed> Open { get; }

    /// <summary>Writes down how something that is owed stands now.</summary>
    ValueTask PutAsync(Owed owed);

    /// <summary>It is answered, or there is no answer to it.</summary>
    ValueTask DoneAsync(string id);
}

/// <summary>The ledger as a file of lines, each the whole of one entry; the last one counts. Made small again at each start and after many lines.</summary>
sealed class DiscordLedger : IDiscordLedger, IDisposable
{
    /// <summary>Ids of what was answered that are remembered. Discord repeats what a connection lost, never what is days old.</summary>
    public const int MaxRemembered = 10_000;

    const int MaxBytes = 64 * 1024 * 1024;
    const int MaxLines = 100_000;

    static readonly JsonWriterOptions options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    readonly string path;
    readonly SemaphoreSlim turn = new(1, 1);
    readonly Lock gate = new();
    readonly OrderedDictionary<string, Owed> open = new(StringComparer.Ordinal);
    readonly HashSet<string> done = new(StringComparer.Ordinal);
    readonly Queue<string> doneInOrder = new();
    AppendFile? file;
    int lines;

    /// <param name="path">The file; its folder is made when it is missing.</param>
    /// <exception cref="IOException">It cannot be read or written.</exception>
    public DiscordLedger(string path)
    {
        this.path = path;
        DurableFile.EnsureFolder(Path.GetDirectoryName(path)!);
        Read(path);
        Shrink();
    }

    // One that only reads.
    DiscordLedger() => path = "";

    /// <summary>Where the channel keeps it in its own folder.</summary>
    public static string PathIn(string folder) => Path.Combine(folder, "owed.jsonl");

    /// <summary>The runs whose answers are owed as the file says now, whether or not the channel is on. Nothing is written, so it may be asked beside the ledger itself.</summary>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static IReadOnlyList<RunId> RunsOwedIn(string path)
    {
        using var read = new DiscordLedger();
        read.Read(path);
        return [.. read.Open.Select(owed => owed.Run).OfType<RunId>()];
    }

    void Read(string from)
    {
        foreach (var line in Lines(DurableFile.ReadOrNull(from, MaxBytes) ?? [])) Take(line);
    }

    public bool Knows(string id) { lock (gate) return open.ContainsKey(id) || done.Contains(id); }

    public IReadOnlyList<Owed> Open { get { lock (gate) return [.. open.Values]; } }

    public ValueTask PutAsync(Owed owed) => WriteAsync(Line(owed), () => open[owed.Id] = owed);

    public ValueTask DoneAsync(string id) => WriteAsync(DoneLine(id), () => Finish(id));

    async ValueTask WriteAsync(byte[] line, Action apply)
    {
        await turn.WaitAsync();
        try
        {
            if (lines >= MaxLines) Shrink();
            await file!.SyncAsync(file.Append(line));
            lines++;
            lock (gate) apply();
        }
        finally { turn.Release(); }
    }

    void Finish(string id)
    {
        open.Remove(id);
        if (!done.Add(id)) return;
        doneInOrder.Enqueue(id);
        if (doneInOrder.Count > MaxRemembered) done.Remove(doneInOrder.Dequeue());
    }

    void Shrink()
    {
        using var bytes = new MemoryStream();
        int kept;
        lock (gate)
        {
            foreach (var id in doneInOrder) bytes.Write(DoneLine(id));
            foreach (var owed in open.Values) bytes.Write(Line(owed));
            kept = doneInOrder.Count + open.Count;
        }
        DurableFile.Replace(path, bytes.ToArray());
        // The old one until the new one is there.
        var old = file;
        file = AppendFile.Open(path);
        lines = kept;
        old?.Dispose();
    }

    // A last line without its end was never acknowledged.
    static IEnumerable<ReadOnlyMemory<byte>> Lines(byte[] content)
    {
        for (int start = 0, end; (end = Array.IndexOf(content, (byte)'\n', start)) >= 0; start = end + 1) yield return content.AsMemory(start, end - start);
    }

    void Take(ReadOnlyMemory<byte> line)
    {
        try
        {
            using var json = JsonDocument.Parse(line);
            var root = json.RootElement;
            if (Text(root, "done") is { } over) Finish(over);
            else if (Text(root, "id") is { } id && Text(root, "channel") is { } channel && Text(root, "user") is { } user && Enum.TryParse<OwedFor>(Text(root, "for"), ignoreCase: true, out var kind))
                open[id] = new(id, channel, user, kind, RunId.TryParse(Text(root, "run"), out var run) ? run : null,
                    Text(root, "thinking") is { } word && ConfigWords.TryParse(word, out var mode) ? mode : null, Text(root, "text"), Text(root, "progress"), root.GetProperty("sent").GetInt32());
        }
        // Not a line of ours; the others still count.
        catch (Exception damaged) when (damaged is JsonException or KeyNotFoundException or InvalidOperationException or FormatException) { }
    }

    static string? Text(JsonElement json, string name) => json.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    static byte[] Line(Owed owed) => Compose(json =>
    {
        json.WriteString("id", owed.Id);
        json.WriteString("channel", owed.Channel);
        json.WriteString("user", owed.User);
        json.WriteString("for", owed.For switch { OwedFor.Message => "message", OwedFor.Command => "command", _ => "job" });
        if (owed.Run is { } run) json.WriteString("run", run.ToString());
        if (owed.Thinking is { } thinking) json.WriteString("thinking", thinking.Word());
        if (owed.Text is not null) json.WriteString("text", owed.Text);
        if (owed.Progress is not null) json.WriteString("progress", owed.Progress);
        json.WriteNumber("sent", owed.Sent);
    });

    static byte[] DoneLine(string id) => Compose(json => json.WriteString("done", id));

    static byte[] Compose(Action<Utf8JsonWriter> write)
    {
        var bytes = new ArrayBufferWriter<byte>(256);
        using (var json = new Utf8JsonWriter(bytes, options))
        {
            json.WriteStartObject();
            write(json);
            json.WriteEndObject();
        }
        bytes.Write("\n"u8);
        return bytes.WrittenSpan.ToArray();
    }

    public void Dispose()
    {
        file?.Dispose();
        turn.Dispose();
    }
}
