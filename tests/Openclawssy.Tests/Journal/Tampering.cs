using System.Text;
using System.Text.Json.Nodes;
using Openclawssy.Runtime.Storage;

namespace Openclawssy.Tests.Journal;

/// <summary>What somebody with write access to the state folder, but not to the anchor, might do to the audit.</summary>
/// <param name="Line">Where it must be noticed at the latest, when that is one certain line.</param>
sealed record Tampering(string Kind, string File, long? Line)
{
    public static Tampering? Apply(Random random, IReadOnlyList<string> segments, string state)
    {
        var path = segments[random.Next(segments.Count)];
        var bytes = System.IO.File.ReadAllBytes(path);
        var lines = System.IO.File.ReadAllLines(path).ToList();
        var at = random.Next(lines.Count);
        switch (random.Next(9))
        {
            case 0:
                lines.RemoveAt(at);
                Save(path, lines);
                // The last line of a segment is missed at the end, which is where the next segment or a checkpoint says so.
                return new("delete", path, at < lines.Count ? at + 1 : null);
            case 1:
                lines.Insert(at, lines[random.Next(lines.Count)]);
                Save(path, lines);
                // A line doubled is the second of the two.
                return new("insert", path, lines[at] == lines[at + 1] ? at + 2 : at + 1);
            case 2:
                lines.Insert(at, "{\"v\":1,\"seq\":1,\"note\":\"made up\"}");
                Save(path, lines);
                return new("invent", path, at + 1);
            case 3:
                var with = random.Next(lines.Count);
                if (with == at) return null;
                (lines[at], lines[with]) = (lines[with], lines[at]);
                Save(path, lines);
                return new("reorder", path, Math.Min(at, with) + 1);
            case 4:
                var bit = random.Next(bytes.Length);
                bytes[bit] ^= (byte)(1 << random.Next(8));
                System.IO.File.WriteAllBytes(path, bytes);
                return new("edit", path, null);
            case 5:
                System.IO.File.WriteAllBytes(path, bytes[..random.Next(bytes.Length)]);
                return new("truncate", path, null);
            case 6:
                System.IO.File.Delete(path);
                return new("remove", path, null);
            case 7:
                Rechain(random, path, segments, fixCheckpoints: null);
                return new("recompute", path, null);
            default:
                Rechain(random, path, segments, Path.Combine(state, "audit"));
                return new("recompute with checkpoints", path, null);
        }
    }

    static void Save(string path, List<string> lines) => System.IO.File.WriteAllText(path, string.Concat(lines.Select(line => line + "\n")));

    // Changes one record and computes everything after it anew, as the format is no secret; on request also the checkpoints
    // that speak of the changed chain, and the installation's chain after them.
    static void Rechain(Random random, string path, IReadOnlyList<string> segments, string? fixCheckpoints)
    {
        var folder = Path.GetDirectoryName(path)!;
        var own = segments.Where(s => Path.GetDirectoryName(s) == folder).ToList();
        var target = random.Next(System.IO.File.ReadAllLines(path).Length);
        var changed = WriteAnew(own, (file, line, record) =>
        {
            if (file == path && line == target) record["actor"] = "somebody else";
        });
        if (fixCheckpoints is null || folder == fixCheckpoints) return;
        var place = Path.GetRelativePath(Path.GetDirectoryName(fixCheckpoints)!, folder);
        WriteAnew([.. segments.Where(s => Path.GetDirectoryName(s) == fixCheckpoints)], (_, _, record) =>
        {
            if (record["event"]!.GetValue<string>() != "audit.checkpoint" || record["payload"]!["segment"]!.GetValue<string>() is not { } segment) return;
            if (!segment.StartsWith(place + "/", StringComparison.Ordinal)) return;
            var (hash, end) = changed[(Path.GetFileName(segment), record["payload"]!["seq"]!.GetValue<long>())];
            (record["payload"]!["hash"], record["payload"]!["bytes"]) = (hash, end);
        });
    }

    /// <summary>One record of an agent changed, its chain, the checkpoints and the installation's chain computed anew. Gives the installation's last record, for the anchor.</summary>
    public static (string Hash, long Seq) RewriteEverything(Random random, IReadOnlyList<string> segments, string state)
    {
        var installation = Path.Combine(state, "audit");
        Rechain(random, segments.First(path => Path.GetDirectoryName(path) != installation), segments, installation);
        var last = JsonNode.Parse(System.IO.File.ReadAllLines(segments.Last(path => Path.GetDirectoryName(path) == installation))[^1])!;
        return (last["hash"]!.GetValue<string>(), last["seq"]!.GetValue<long>());
    }

    static Dictionary<(string, long), (string Hash, long End)> WriteAnew(List<string> chain, Action<string, int, JsonObject> change)
    {
        var writer = new ChainedLineWriter();
        var ends = new Dictionary<(string, long), (string, long)>();
        foreach (var file in chain)
        {
            var content = new List<byte>();
            var lines = System.IO.File.ReadAllLines(file);
            for (var i = 0; i < lines.Length; i++)
            {
                var record = JsonNode.Parse(lines[i])!.AsObject();
                var ts = DateTimeOffset.Parse(record["ts"]!.GetValue<string>());
                foreach (var name in new[] { "v", "seq", "ts", "prev", "hash" }) record.Remove(name);
                change(file, i, record);
                content.AddRange(writer.Compose(ts, Encoding.UTF8.GetBytes(record.ToJsonString())));
                writer.Commit();
                ends[(Path.GetFileName(file), writer.Seq)] = (writer.Hash, content.Count);
            }
            System.IO.File.WriteAllBytes(file, [.. content]);
        }
        return ends;
    }
}
