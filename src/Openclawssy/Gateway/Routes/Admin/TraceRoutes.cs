using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Openclawssy.Gateway.Wire;
using Openclawssy.Runtime.Journal;
using Openclawssy.Runtime.Policy;
using Openclawssy.Runtime.Records;
using Openclawssy.Runtime.Storage;
using Openclawssy.Runtime.Text;

namespace Openclawssy.Gateway.Routes.Admin;

/// <summary>A run's journal as a page shows it, and its bundle as a file.</summary>
sealed class TraceRoutes(GatewayRooms rooms)
{
    const int NormalPage = 500, LargestPage = 2000;

    /// <summary>Longest text of one field that is shown, in UTF-16 units; the bundle has all of it.</summary>
    const int MaxText = 16 * 1024;

    static readonly string[] bundle = ["input.json", "prompt.md", "toolcalls.jsonl", "output.md", "meta.json", "events.jsonl"];

    public IEnumerable<Route> All =>
    [
        new("GET", "/api/admin/debug/runs/{id}/trace", "Shows a run's journal, masked, one page of events.", TraceAsync)
        {
            Gives = GatewayJson.Default.TraceReply, Refusals = [404], Query = [new("after", "Leave out the events up to this number.", "integer"), new("limit", "1 to 2000; 500 when left out.", "integer")],
        },
        new("GET", "/api/admin/runs/{id}/bundle", "Downloads a run's bundle as it is on disk, unmasked: it holds what the model saw.", BundleAsync) { GivesType = "application/zip", Refusals = [404] },
    ];

    Task TraceAsync(GatewayCall call)
    {
        var (run, place) = Find(call);
        var (after, limit) = (call.Number("after", 0, 0, int.MaxValue), call.Number("limit", NormalPage, 1, LargestPage));
        var path = Path.Combine(rooms.Archive.FolderOf(place), JournalReader.FileName);
        RunCreated? created = null;
        var events = new List<JsonElement>();
        var total = 0L;
        long? next = null;
        try
        {
            foreach (var entry in JournalReader.Read(path))
            {
                created ??= entry.Event as RunCreated;
                total = entry.Seq;
                if (entry.Seq <= after) continue;
                if (events.Count == limit) next ??= events.Count + after;
                else events.Add(Masked(entry));
            }
        }
        catch (FileNotFoundException) { throw RunRoutes.NoRun(); }
        catch (ChainBrokenException broken) { throw new RequestRefused(409, "run.altered", $"the run's journal was altered ({broken.Message}); `openclawssy audit verify --run {run}` says more"); }
        if (created is null) throw RequestRefused.NotFound("run.trace_not_found", "trace not available for run");
        var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(created.Message)));
        return call.AnswerAsync(new(run.ToString(), new(run.ToString(), created.Source, hash, total, events, created.SessionId, next)), GatewayJson.Default.TraceReply);
    }

    async Task BundleAsync(GatewayCall call)
    {
        var (run, place) = Find(call);
        var folder = rooms.Archive.FolderOf(place);
        rooms.Record(call.Holder.Credential, "run.bundle", ("run_id", run.ToString()));
        var response = call.Http.Response;
        response.ContentType = "application/zip";
        response.Headers.ContentDisposition = $"attachment; filename=\"{run}.zip\"";
        // The archive is written while it is sent; its writer is not asynchronous throughout.
        await using var archive = await ZipArchive.CreateAsync(response.BodyWriter.AsStream(), ZipArchiveMode.Create, leaveOpen: true, entryNameEncoding: null, call.Gone);
        foreach (var name in bundle)
        {
            var path = Path.Combine(folder, name);
            if (!File.Exists(path)) continue;
            await using var from = File.OpenRead(path);
            await using var into = await archive.CreateEntry(name, CompressionLevel.Fastest).OpenAsync(call.Gone);
            await from.CopyToAsync(into, call.Gone);
        }
    }

    (RunId, RunPlace) Find(GatewayCall call) => call.Run() is var run && rooms.Archive.Find(run) is { } place ? (run, place) : throw RunRoutes.NoRun();

    static JsonElement Masked(JournalEntry entry)
    {
        var json = JournalReader.FieldsOf(entry);
        json["seq"] = entry.Seq;
        json["ts"] = entry.Ts;
        Mask(json);
        using var document = JsonDocument.Parse(json.ToJsonString());
        return document.RootElement.Clone();
    }

    static void Mask(JsonNode? node)
    {
        switch (node)
        {
            case JsonObject members:
                foreach (var (name, value) in members.ToList())
                    if (Shown(value) is { } shown) members[name] = shown;
                    else Mask(value);
                break;
            case JsonArray items:
                for (var i = 0; i < items.Count; i++)
                    if (Shown(items[i]) is { } shown) items[i] = shown;
                    else Mask(items[i]);
                break;
            default: break;
        }
    }

    // Masked before it is cut: half a credential would not look like one.
    static string? Shown(JsonNode? node) =>
        node is JsonValue value && value.TryGetValue<string>(out var text) ? WellFormed.Of(Truncation.Chars(Redactor.Redact(text).Text, MaxText)) : null;
}
