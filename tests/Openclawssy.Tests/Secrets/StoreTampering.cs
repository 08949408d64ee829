using System.Text.Json.Nodes;

namespace Openclawssy.Tests.Secrets;

/// <summary>What somebody with write access to the store's file, but without its key, might do to it.</summary>
static class StoreTampering
{
    static readonly string[] sealedParts = ["salt", "nonce", "ciphertext", "tag"];

    /// <summary>The file with one bit turned over.</summary>
    public static byte[] FlipBit(byte[] file, Random random)
    {
        byte[] changed = [.. file];
        changed[random.Next(changed.Length)] ^= (byte)(1 << random.Next(8));
        return changed;
    }

    /// <summary>Every other way, by its name. The file keeps its form, and the MAC it had.</summary>
    public static IEnumerable<(string Kind, byte[] File)> Others(byte[] file)
    {
        yield return ("values swapped", Change(file, secrets => Swap(secrets, sealedParts)));
        yield return ("bindings swapped", Change(file, secrets => Swap(secrets, ["hosts", "header"])));
        yield return ("names swapped", Change(file, secrets => Swap(secrets, ["name"])));
        yield return ("binding widened", Change(file, secrets => secrets[0]!["hosts"]!.AsArray().Add((JsonNode)"evil.example")));
        yield return ("binding exchanged", Change(file, secrets => secrets[0]!["hosts"] = new JsonArray("evil.example")));
        yield return ("header exchanged", Change(file, secrets => secrets[0]!["header"] = "X-Evil"));
        yield return ("version raised", Change(file, secrets => secrets[0]!["version"] = 99));
        yield return ("date changed", Change(file, secrets => secrets[0]!["created_at"] = "2030-01-01T00:00:00+00:00"));
        yield return ("record deleted", Change(file, secrets => secrets.RemoveAt(1)));
        yield return ("all records deleted", Change(file, secrets => secrets.Clear()));
        yield return ("record doubled", Change(file, secrets => secrets.Add(secrets[0]!.DeepClone())));
        yield return ("order changed", Change(file, secrets => { var first = secrets[0]!; secrets.RemoveAt(0); secrets.Add(first); }));
        yield return ("generation raised", Change(file, (root, _) => root["generation"] = 1000));
        yield return ("store renamed", Change(file, (root, _) => root["store"] = new string('0', 32)));
        yield return ("member added", Change(file, (root, _) => root["note"] = "made up"));
        yield return ("cut short", file[..^1]);
        yield return ("grown", [.. file, (byte)'\n']);
        yield return ("emptied", []);
    }

    static byte[] Change(byte[] file, Action<JsonArray> change) => Change(file, (_, secrets) => change(secrets));

    static byte[] Change(byte[] file, Action<JsonObject, JsonArray> change)
    {
        var root = JsonNode.Parse(file)!.AsObject();
        change(root, root["secrets"]!.AsArray());
        // The MAC stays the last member, as the program writes it.
        if (root["mac"] is { } mac) { root.Remove("mac"); root["mac"] = mac.DeepClone(); }
        return System.Text.Encoding.UTF8.GetBytes(root.ToJsonString() + "\n");
    }

    static void Swap(JsonArray secrets, string[] members)
    {
        foreach (var member in members)
        {
            var (one, other) = (secrets[0]![member]?.DeepClone(), secrets[1]![member]?.DeepClone());
            (secrets[0]![member], secrets[1]![member]) = (other, one);
        }
    }
}
